import { ProtocolError } from '../protocol-error.ts';
import { type Decoder, type Encoder, misfit } from './codec.ts';
import { TypeId } from './type-id.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Ten-thousandths in 64 bits, the high half first (MS-TDS 2.2.5.5.1.4). */
export const moneyEncoder: Encoder = {
  typeInfo: (writer) => {
    writer.uint8(TypeId.moneyN);
    writer.uint8(8);
  },
  write: (writer, value) => {
    if (value === null) return writer.uint8(0);
    if (typeof value !== 'bigint' || value < INT64_MIN || value > INT64_MAX) throw misfit(value, 'money');
    const offset = writer.claim(9);
    writer.bytes[offset] = 8;
    writer.view.setInt32(offset + 1, Number(value >> 32n), true);
    writer.view.setUint32(offset + 5, Number(value & 0xffff_ffffn), true);
  },
};

export const smallmoneyEncoder: Encoder = {
  typeInfo: (writer) => {
    writer.uint8(TypeId.moneyN);
    writer.uint8(4);
  },
  write: (writer, value) => {
    if (value === null) return writer.uint8(0);
    if (typeof value !== 'bigint' || BigInt.asIntN(32, value) !== value) throw misfit(value, 'smallmoney');
    const offset = writer.claim(5);
    writer.bytes[offset] = 4;
    writer.view.setInt32(offset + 1, Number(value), true);
  },
};

export const moneyDecoder: Decoder = {
  type: { name: 'money' },
  read: (reader) => {
    const offset = reader.take(8);
    return (BigInt(reader.view.getInt32(offset, true)) << 32n) | BigInt(reader.view.getUint32(offset + 4, true));
  },
};

export const smallmoneyDecoder: Decoder = {
  type: { name: 'smallmoney' },
  read: (reader) => BigInt(reader.view.getInt32(reader.take(4), true)),
};

export function moneyDecoderOf(bytes: number): Decoder {
  if (bytes === 4) return smallmoneyDecoder;
  if (bytes === 8) return moneyDecoder;
  throw new ProtocolError(`MONEYN of ${bytes} bytes`);
}
