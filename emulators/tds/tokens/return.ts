import type { SqlValue } from '../../tsql/sql-type.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { Encoder } from '../types/codec.ts';

/** RETURNSTATUS and RETURNVALUE (MS-TDS 2.2.7.18, 2.2.7.19): a procedure's return code and its OUTPUT parameters. */
const RETURN_STATUS = 0x79;
const RETURN_VALUE = 0xac;
const STATUS_OUTPUT = 0x01;

export function writeReturnStatus(writer: ByteWriter, status: number): void {
  writer.uint8(RETURN_STATUS);
  writer.int32(status);
}

export function writeReturnValue(
  writer: ByteWriter,
  value: { readonly ordinal: number; readonly name: string; readonly value: SqlValue },
  encoder: Encoder,
): void {
  writer.uint8(RETURN_VALUE);
  writer.uint16(value.ordinal);
  writer.shortText(value.name);
  writer.uint8(STATUS_OUTPUT);
  writer.uint32(0); // user type
  writer.uint16(0); // flags
  encoder.typeInfo(writer);
  encoder.write(writer, value.value);
}
