import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';

/** Partially length-prefixed bytes: how (max) values travel (MS-TDS 2.2.5.2.3). */
export const MAX_LENGTH = 0xffff;
const PLP_NULL = 0xffff_ffff_ffff_ffffn;

export function writePlpNull(writer: ByteWriter): void {
  writer.uint64(PLP_NULL);
}

/** One chunk of a known length, which `body` writes, and the terminator. */
export function writePlp(writer: ByteWriter, length: number, body: () => void): void {
  writer.uint64(BigInt(length));
  if (length > 0) {
    writer.uint32(length);
    body();
  }
  writer.uint32(0);
}

/** The bytes of all chunks, or null. The stated length is not needed: clients may send it as unknown. */
export function readPlp(reader: ByteReader): Buffer | null {
  if (reader.uint64() === PLP_NULL) return null;
  const chunks: Buffer[] = [];
  for (;;) {
    const length = reader.uint32();
    if (length === 0) return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    chunks.push(reader.raw(length));
  }
}
