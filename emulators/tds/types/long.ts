import type { ByteReader } from '../byte-reader.ts';
import type { Placement } from './codec.ts';

const NULL_LENGTH = 0xffff_ffff;
const TIMESTAMP_BYTES = 8;

/** text, ntext and image values (MS-TDS 2.2.5.2.2). In rows a text pointer, empty for NULL, and a timestamp come first. */
export function readLong(reader: ByteReader, placement: Placement): Buffer | null {
  if (placement === 'row') {
    const pointer = reader.uint8();
    if (pointer === 0) return null;
    reader.take(pointer + TIMESTAMP_BYTES);
  }
  const length = reader.uint32();
  return length === NULL_LENGTH ? null : reader.raw(length);
}
