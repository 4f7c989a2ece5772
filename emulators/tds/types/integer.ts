import type { ByteReader } from '../byte-reader.ts';
import { ProtocolError } from '../protocol-error.ts';
import { type Decoder, type Encoder, misfit } from './codec.ts';
import { TypeId } from './type-id.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

export const bitEncoder: Encoder = {
  typeInfo: (writer) => {
    writer.uint8(TypeId.bitN);
    writer.uint8(1);
  },
  write: (writer, value) => {
    if (value === null) return writer.uint8(0);
    if (typeof value !== 'boolean') throw misfit(value, 'bit');
    const offset = writer.claim(2);
    writer.bytes[offset] = 1;
    writer.bytes[offset + 1] = value ? 1 : 0;
  },
};

export const tinyintEncoder: Encoder = {
  typeInfo: (writer) => {
    writer.uint8(TypeId.intN);
    writer.uint8(1);
  },
  write: (writer, value) => {
    if (value === null) return writer.uint8(0);
    if (typeof value !== 'number' || (value & 0xff) !== value) throw misfit(value, 'tinyint');
    const offset = writer.claim(2);
    writer.bytes[offset] = 1;
    writer.bytes[offset + 1] = value;
  },
};

export const smallintEncoder: Encoder = {
  typeInfo: (writer) => {
    writer.uint8(TypeId.intN);
    writer.uint8(2);
  },
  write: (writer, value) => {
    if (value === null) return writer.uint8(0);
    if (typeof value !== 'number' || (value << 16) >> 16 !== value) throw misfit(value, 'smallint');
    const offset = writer.claim(3);
    writer.bytes[offset] = 2;
    writer.view.setInt16(offset + 1, value, true);
  },
};

export const intEncoder: Encoder = {
  typeInfo: (writer) => {
    writer.uint8(TypeId.intN);
    writer.uint8(4);
  },
  write: (writer, value) => {
    if (value === null) return writer.uint8(0);
    if (typeof value !== 'number' || (value | 0) !== value) throw misfit(value, 'int');
    const offset = writer.claim(5);
    writer.bytes[offset] = 4;
    writer.view.setInt32(offset + 1, value, true);
  },
};

export const bigintEncoder: Encoder = {
  typeInfo: (writer) => {
    writer.uint8(TypeId.intN);
    writer.uint8(8);
  },
  write: (writer, value) => {
    if (value === null) return writer.uint8(0);
    if (typeof value !== 'bigint' || value < INT64_MIN || value > INT64_MAX) throw misfit(value, 'bigint');
    const offset = writer.claim(9);
    writer.bytes[offset] = 8;
    writer.view.setBigInt64(offset + 1, value, true);
  },
};

const readBit = (reader: ByteReader): boolean => reader.uint8() !== 0;
const readTinyint = (reader: ByteReader): number => reader.uint8();
const readSmallint = (reader: ByteReader): number => reader.view.getInt16(reader.take(2), true);
const readInt = (reader: ByteReader): number => reader.view.getInt32(reader.take(4), true);
const readBigint = (reader: ByteReader): bigint => reader.view.getBigInt64(reader.take(8), true);

export const bitDecoder: Decoder = { type: { name: 'bit' }, read: readBit };
export const tinyintDecoder: Decoder = { type: { name: 'tinyint' }, read: readTinyint };
export const smallintDecoder: Decoder = { type: { name: 'smallint' }, read: readSmallint };
export const intDecoder: Decoder = { type: { name: 'int' }, read: readInt };
export const bigintDecoder: Decoder = { type: { name: 'bigint' }, read: readBigint };

export function integerDecoder(bytes: number): Decoder {
  switch (bytes) {
    case 1:
      return tinyintDecoder;
    case 2:
      return smallintDecoder;
    case 4:
      return intDecoder;
    case 8:
      return bigintDecoder;
    default:
      throw new ProtocolError(`INTN of ${bytes} bytes`);
  }
}
