import type { ByteReader } from '../byte-reader.ts';
import { ProtocolError } from '../protocol-error.ts';
import { type Decoder, type Encoder, misfit } from './codec.ts';
import { TypeId } from './type-id.ts';

/** A sign byte (1 is positive) and the magnitude in 4, 8, 12 or 16 bytes by precision (MS-TDS 2.2.5.5.1.6). */
function magnitudeBytes(precision: number): number {
  if (precision <= 9) return 4;
  if (precision <= 19) return 8;
  return precision <= 28 ? 12 : 16;
}

export function decimalEncoder(precision: number, scale: number): Encoder {
  const size = magnitudeBytes(precision);
  const limit = 10n ** BigInt(precision);
  const name = `decimal(${precision},${scale})`;
  return {
    typeInfo: (writer) => {
      writer.uint8(TypeId.decimalN);
      writer.uint8(size + 1);
      writer.uint8(precision);
      writer.uint8(scale);
    },
    write: (writer, value) => {
      if (value === null) return writer.uint8(0);
      if (typeof value !== 'bigint') throw misfit(value, name);
      const magnitude = value < 0n ? -value : value;
      if (magnitude >= limit) throw misfit(value, name);
      const offset = writer.claim(size + 2);
      const { bytes, view } = writer;
      bytes[offset] = size + 1;
      bytes[offset + 1] = value < 0n ? 0 : 1;
      // setBigUint64 takes the low 64 bits.
      if (size === 4) view.setUint32(offset + 2, Number(magnitude), true);
      else view.setBigUint64(offset + 2, magnitude, true);
      if (size === 12) view.setUint32(offset + 10, Number(magnitude >> 64n), true);
      else if (size === 16) view.setBigUint64(offset + 10, magnitude >> 64n, true);
    },
  };
}

export function decimalDecoder(precision: number, scale: number): Decoder {
  if (precision < 1 || precision > 38 || scale > precision) {
    throw new ProtocolError(`decimal of precision ${precision} and scale ${scale}`);
  }
  return {
    type: { name: 'decimal', precision, scale },
    read: (reader) => {
      const length = reader.uint8();
      if (length === 0) return null;
      if (length < 2 || length > 17) throw new ProtocolError(`decimal value of ${length} bytes`);
      const offset = reader.take(length);
      const magnitude = readMagnitude(reader, offset + 1, length - 1);
      return reader.bytes[offset] === 0 ? -magnitude : magnitude;
    },
  };
}

/** Servers send 4, 8, 12 or 16 bytes; the JDBC driver sends as many as the value needs. */
function readMagnitude({ bytes, view }: ByteReader, offset: number, count: number): bigint {
  if (count === 4) return BigInt(view.getUint32(offset, true));
  if (count === 8) return view.getBigUint64(offset, true);
  let magnitude = 0n;
  for (let i = count - 1; i >= 0; i--) magnitude = (magnitude << 8n) | BigInt(bytes[offset + i]!);
  return magnitude;
}
