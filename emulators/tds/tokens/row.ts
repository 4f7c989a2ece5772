import type { ColumnChunk } from '../../tsql/sql-type.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { Encoder } from '../types/codec.ts';

/** ROW and NBCROW (MS-TDS 2.2.7.19, 2.2.7.15) */
export const ROW = 0xd1;
export const NBC_ROW = 0xd2;

/**
 * Writes rows from `from` on until `limit` bytes are pending or the chunk ends.
 * @returns the next row. When a value does not fit its type it throws, and the row it began is taken back.
 */
export function writeRows(
  writer: ByteWriter,
  encoders: readonly Encoder[],
  chunk: ColumnChunk,
  from: number,
  limit: number,
): number {
  const { rows, values } = chunk;
  const columns = encoders.length;
  let row = from;
  let start = writer.length;
  try {
    while (row < rows && start < limit) {
      writer.uint8(ROW);
      for (let i = 0; i < columns; i++) encoders[i]!.write(writer, values[i]![row]!);
      start = writer.length;
      row++;
    }
  } catch (error) {
    writer.length = start;
    throw error;
  }
  return row;
}
