import type { Column } from '../../tsql/sql-type.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { Encoder } from '../types/codec.ts';

/** COLMETADATA (MS-TDS 2.2.7.4) */
export const COL_METADATA = 0x81;
export const NO_METADATA = 0xffff;
const MAX_NAME = 128;

const TAB_NAME = 0xa4;
const COL_INFO = 0xa5;
const ColumnStatus = { expression: 0x04, hidden: 0x10 } as const;

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
  if (columns.some((each) => each.hidden)) writeColInfo(writer, columns);
}

/** The answer to a call that wants its rows without COLMETADATA, because it has it from an earlier one. */
export function writeNoMetadata(writer: ByteWriter): void {
  writer.uint8(COL_METADATA);
  writer.uint16(NO_METADATA);
}

/** TABNAME and COLINFO (MS-TDS 2.2.7.23, 2.2.7.3): which columns a client does not show. None is traced to its table. */
function writeColInfo(writer: ByteWriter, columns: readonly Column[]): void {
  writer.uint8(TAB_NAME);
  writer.uint16(0);
  writer.uint8(COL_INFO);
  writer.uint16(columns.length * 3);
  columns.forEach((column, i) => {
    writer.uint8((i + 1) & 0xff);
    writer.uint8(0); // table
    writer.uint8(column.hidden ? ColumnStatus.hidden : ColumnStatus.expression);
  });
}
