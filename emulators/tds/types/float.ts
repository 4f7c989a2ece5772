import { ProtocolError } from '../protocol-error.ts';
import { type Decoder, type Encoder, misfit } from './codec.ts';
import { TypeId } from './type-id.ts';

/** SQL Server has no NaN and no infinities; clients that meet one fail later and worse. */
export const realEncoder: Encoder = {
  typeInfo: (writer) => {
    writer.uint8(TypeId.floatN);
    writer.uint8(4);
  },
  write: (writer, value) => {
    if (value === null) return writer.uint8(0);
    if (typeof value !== 'number' || !Number.isFinite(Math.fround(value))) throw misfit(value, 'real');
    const offset = writer.claim(5);
    writer.bytes[offset] = 4;
    writer.view.setFloat32(offset + 1, value, true);
  },
};

export const floatEncoder: Encoder = {
  typeInfo: (writer) => {
    writer.uint8(TypeId.floatN);
    writer.uint8(8);
  },
  write: (writer, value) => {
    if (value === null) return writer.uint8(0);
    if (typeof value !== 'number' || !Number.isFinite(value)) throw misfit(value, 'float');
    const offset = writer.claim(9);
    writer.bytes[offset] = 8;
    writer.view.setFloat64(offset + 1, value, true);
  },
};

export const realDecoder: Decoder = {
  type: { name: 'real' },
  read: (reader) => reader.view.getFloat32(reader.take(4), true),
};

export const floatDecoder: Decoder = {
  type: { name: 'float' },
  read: (reader) => reader.view.getFloat64(reader.take(8), true),
};

export function floatDecoderOf(bytes: number): Decoder {
  if (bytes === 4) return realDecoder;
  if (bytes === 8) return floatDecoder;
  throw new ProtocolError(`FLTN of ${bytes} bytes`);
}
