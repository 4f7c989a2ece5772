import type { Column } from '../../tsql/sql-type.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { Encoder } from '../types/codec.ts';

/** COLMETADATA (MS-TDS 2.2.7.4) */
export const COL_METADATA = 0x81;
export const NO_METADATA = 0xffff;
const MAX_NAME = 128;

export const ColumnFlag = { nullable: 0x01, updateableUnknown: 0x08, identity: 0x10 } as const;

export function writeColMetadata(writer: ByteWriter, columns: readonly Column[], encoders: readonly Encoder[]): void {
  writer.uint8(COL_METADATA);
  writer.uint16(columns.length);
  columns.forEach((column, i) => {
    writer.uint32(0); // user type
    writer.uint16(
      (column.nullable ? ColumnFlag.nullable : 0) |
        // An identity column is read-only: bulk loads that go by these flags leave it out.
        (column.identity ? ColumnFlag.identity : ColumnFlag.updateableUnknown),
    );
    encoders[i]!.typeInfo(writer);
    writer.shortText(column.name.slice(0, MAX_NAME));
  });
}
