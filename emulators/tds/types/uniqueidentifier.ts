import { ProtocolError } from '../protocol-error.ts';
import { type Decoder, type Encoder, misfit } from './codec.ts';
import { TypeId } from './type-id.ts';

const BYTES = 16;
/** The first three groups are little-endian on the wire: which text byte each wire byte holds. */
const TEXT_BYTE = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
/** Where in the text each byte's two digits begin, past the hyphens. */
const DIGIT_OF_WIRE = TEXT_BYTE.map((byte) => byte * 2 + [4, 6, 8, 10].filter((group) => byte >= group).length);
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
const PATTERN = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export const uniqueidentifierEncoder: Encoder = {
  typeInfo: (writer) => {
    writer.uint8(TypeId.guid);
    writer.uint8(BYTES);
  },
  write: (writer, value) => {
    if (value === null) return writer.uint8(0);
    if (typeof value !== 'string' || !PATTERN.test(value)) throw misfit(value, 'uniqueidentifier');
    const offset = writer.claim(BYTES + 1);
    const { bytes } = writer;
    bytes[offset] = BYTES;
    for (let i = 0; i < BYTES; i++) {
      const at = DIGIT_OF_WIRE[i]!;
      bytes[offset + 1 + i] = (digit(value.charCodeAt(at)) << 4) | digit(value.charCodeAt(at + 1));
    }
  },
};

export const uniqueidentifierDecoder: Decoder = {
  type: { name: 'uniqueidentifier' },
  read: (reader) => {
    const length = reader.uint8();
    if (length === 0) return null;
    if (length !== BYTES) throw new ProtocolError(`uniqueidentifier of ${length} bytes`);
    const offset = reader.take(BYTES);
    const { bytes } = reader;
    let text = '';
    for (let i = 0; i < BYTES; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
      text += HEX[bytes[offset + TEXT_BYTE[i]!]!];
    }
    return text;
  },
};

/** The value of a hexadecimal digit's character code. */
function digit(code: number): number {
  return code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57;
}
