import type { SqlTypeName } from '../../tsql/sql-type.ts';
import type { ByteReader } from '../byte-reader.ts';
import { type Collation, encodedLength, textDecoder, writeEncoded } from '../collation.ts';
import { type Decoder, type Encoder, misfit, type Placement } from './codec.ts';
import { readLong } from './long.ts';
import { MAX_LENGTH, readPlp, writePlp, writePlpNull } from './plp.ts';
import { TypeId } from './type-id.ts';

const NULL_LENGTH = 0xffff;
const MAX_BYTES = 8000;

/** char and varchar. `length` is in bytes of the collation's encoding, as in SQL Server. */
export function charEncoder(name: 'char' | 'varchar', length: number | 'max', collation: Collation): Encoder {
  const typeInfo: Encoder['typeInfo'] = (writer) => {
    writer.uint8(name === 'char' ? TypeId.bigChar : TypeId.bigVarChar);
    writer.uint16(length === 'max' ? MAX_LENGTH : length);
    writer.raw(collation.bytes);
  };
  if (length === 'max') {
    return {
      typeInfo,
      write: (writer, value) => {
        if (value === null) return writePlpNull(writer);
        if (typeof value !== 'string') throw misfit(value, 'varchar(max)');
        const bytes = encodedLength(value, collation);
        writePlp(writer, bytes, () => writeEncoded(writer, value, bytes, collation));
      },
    };
  }
  return {
    typeInfo,
    write: (writer, value) => {
      if (value === null) return writer.uint16(NULL_LENGTH);
      if (typeof value !== 'string') throw misfit(value, name);
      const bytes = encodedLength(value, collation);
      if (bytes > MAX_BYTES) throw misfit(value, `${name}(${length})`);
      writer.uint16(bytes);
      writeEncoded(writer, value, bytes, collation);
    },
  };
}

/** nchar and nvarchar. `length` is in UTF-16 units. */
export function ncharEncoder(name: 'nchar' | 'nvarchar', length: number | 'max', collation: Collation): Encoder {
  const typeInfo: Encoder['typeInfo'] = (writer) => {
    writer.uint8(name === 'nchar' ? TypeId.nchar : TypeId.nvarchar);
    writer.uint16(length === 'max' ? MAX_LENGTH : length * 2);
    writer.raw(collation.bytes);
  };
  if (length === 'max') {
    return {
      typeInfo,
      write: (writer, value) => {
        if (value === null) return writePlpNull(writer);
        if (typeof value !== 'string') throw misfit(value, 'nvarchar(max)');
        writePlp(writer, value.length * 2, () => writer.utf16(value));
      },
    };
  }
  return {
    typeInfo,
    write: (writer, value) => {
      if (value === null) return writer.uint16(NULL_LENGTH);
      if (typeof value !== 'string') throw misfit(value, name);
      if (value.length * 2 > MAX_BYTES) throw misfit(value, `${name}(${length})`);
      writer.uint16(value.length * 2);
      writer.utf16(value);
    },
  };
}

/** BIGCHAR and BIGVARCHAR: the maximum length and the collation follow the type id. */
export function charDecoder(reader: ByteReader, name: 'char' | 'varchar', server: Collation): Decoder {
  const max = reader.uint16();
  const decode = textDecoder(reader.raw(5), server);
  return sized(name, max, 1, decode);
}

export function ncharDecoder(reader: ByteReader, name: 'nchar' | 'nvarchar'): Decoder {
  const max = reader.uint16();
  reader.take(5);
  return sized(name, max, 2, decodeUtf16);
}

function sized(name: SqlTypeName, max: number, unit: number, decode: (data: Buffer) => string): Decoder {
  if (max === MAX_LENGTH) {
    return {
      type: { name, length: 'max' },
      read: (reader) => {
        const data = readPlp(reader);
        return data === null ? null : decode(data);
      },
    };
  }
  return {
    // A client that declares no length (0) for an empty or NULL value means the least there is.
    type: { name, length: Math.max(1, max / unit) },
    read: (reader) => {
      const length = reader.uint16();
      return length === NULL_LENGTH ? null : decode(reader.raw(length));
    },
  };
}

/** text, read as varchar(max). */
export function longTextDecoder(reader: ByteReader, placement: Placement, server: Collation): Decoder {
  reader.take(4);
  const decode = textDecoder(reader.raw(5), server);
  return longDecoder('varchar', placement, decode);
}

/** ntext, read as nvarchar(max). */
export function longNtextDecoder(reader: ByteReader, placement: Placement): Decoder {
  reader.take(9);
  return longDecoder('nvarchar', placement, decodeUtf16);
}

function longDecoder(name: SqlTypeName, placement: Placement, decode: (data: Buffer) => string): Decoder {
  return {
    type: { name, length: 'max' },
    read: (reader) => {
      const data = readLong(reader, placement);
      return data === null ? null : decode(data);
    },
  };
}

function decodeUtf16(data: Buffer): string {
  return data.toString('utf16le');
}
