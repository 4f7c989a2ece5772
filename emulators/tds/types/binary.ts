import type { ByteReader } from '../byte-reader.ts';
import { type Decoder, type Encoder, misfit, type Placement } from './codec.ts';
import { readLong } from './long.ts';
import { MAX_LENGTH, readPlp, writePlp, writePlpNull } from './plp.ts';
import { TypeId } from './type-id.ts';

const NULL_LENGTH = 0xffff;
const MAX_BYTES = 8000;

export function binaryEncoder(name: 'binary' | 'varbinary', length: number | 'max'): Encoder {
  const typeInfo: Encoder['typeInfo'] = (writer) => {
    writer.uint8(name === 'binary' ? TypeId.bigBinary : TypeId.bigVarBinary);
    writer.uint16(length === 'max' ? MAX_LENGTH : length);
  };
  if (length === 'max') {
    return {
      typeInfo,
      write: (writer, value) => {
        if (value === null) return writePlpNull(writer);
        if (!(value instanceof Uint8Array)) throw misfit(value, 'varbinary(max)');
        writePlp(writer, value.length, () => writer.raw(value));
      },
    };
  }
  return {
    typeInfo,
    write: (writer, value) => {
      if (value === null) return writer.uint16(NULL_LENGTH);
      if (!(value instanceof Uint8Array) || value.length > MAX_BYTES) throw misfit(value, `${name}(${length})`);
      writer.uint16(value.length);
      writer.raw(value);
    },
  };
}

/** Values are copied out of the receive buffer, which is reused. */
export function binaryDecoder(reader: ByteReader, name: 'binary' | 'varbinary'): Decoder {
  const max = reader.uint16();
  if (max === MAX_LENGTH) {
    return { type: { name, length: 'max' }, read: (from) => copyOf(readPlp(from)) };
  }
  return {
    type: { name, length: Math.max(1, max) },
    read: (from) => {
      const length = from.uint16();
      return length === NULL_LENGTH ? null : copyOf(from.raw(length));
    },
  };
}

/** image, read as varbinary(max). */
export function imageDecoder(reader: ByteReader, placement: Placement): Decoder {
  reader.take(4);
  return { type: { name: 'varbinary', length: 'max' }, read: (from) => copyOf(readLong(from, placement)) };
}

function copyOf(bytes: Buffer | null): Uint8Array | null {
  return bytes === null ? null : new Uint8Array(bytes);
}
