import { ProtocolError } from '../protocol-error.ts';
import type { Decoder } from './codec.ts';

/** The N form of a fixed-length type: a length byte, 0 for NULL, then the value in its full length. */
export function nullable(decoder: Decoder, bytes: number): Decoder {
  const { type, read } = decoder;
  return {
    type,
    read: (reader) => {
      const length = reader.uint8();
      if (length === 0) return null;
      if (length !== bytes) throw new ProtocolError(`${type.name} value of ${length} bytes, ${bytes} belong`);
      return read(reader);
    },
  };
}
