import { notImplemented } from '../../tsql/sql-error.ts';
import type { ByteReader } from '../byte-reader.ts';
import type { Collation } from '../collation.ts';
import { ProtocolError } from '../protocol-error.ts';
import { binaryDecoder, imageDecoder } from './binary.ts';
import type { Decoder, Placement } from './codec.ts';
import { datetimeDecoder, datetimeDecoderOf, smalldatetimeDecoder } from './datetime.ts';
import { decimalDecoder } from './decimal.ts';
import { floatDecoder, floatDecoderOf, realDecoder } from './float.ts';
import { bigintDecoder, bitDecoder, intDecoder, integerDecoder, smallintDecoder, tinyintDecoder } from './integer.ts';
import { moneyDecoder, moneyDecoderOf, smallmoneyDecoder } from './money.ts';
import { nullable } from './nullable.ts';
import { dateDecoder, datetime2Decoder, datetimeoffsetDecoder, timeDecoder } from './temporal.ts';
import { charDecoder, longNtextDecoder, longTextDecoder, ncharDecoder } from './text.ts';
import { TypeId } from './type-id.ts';
import { uniqueidentifierDecoder } from './uniqueidentifier.ts';

const UNSUPPORTED: Readonly<Record<number, string>> = {
  [TypeId.variant]: 'values of type sql_variant sent by a client',
  [TypeId.udt]: 'values of CLR user-defined types sent by a client',
  [TypeId.xml]: 'values of type xml sent by a client',
  [TypeId.tableValued]: 'table-valued parameters',
  [TypeId.json]: 'values of type json sent by a client',
  [TypeId.vector]: 'values of type vector sent by a client',
};

/**
 * Reads TYPE_INFO and returns the decoder of the values that follow.
 * @param server the collation that stands in where a client names none.
 * Throws SqlError 40517 for types that are known but not implemented, ProtocolError for others, Shortfall.
 */
export function readTypeInfo(reader: ByteReader, placement: Placement, server: Collation): Decoder {
  const id = reader.uint8();
  switch (id) {
    case TypeId.null:
      // An untyped NULL is an int in SQL Server.
      return { type: { name: 'int' }, read: () => null };
    case TypeId.bit:
      return bitDecoder;
    case TypeId.int1:
      return tinyintDecoder;
    case TypeId.int2:
      return smallintDecoder;
    case TypeId.int4:
      return intDecoder;
    case TypeId.int8:
      return bigintDecoder;
    case TypeId.float4:
      return realDecoder;
    case TypeId.float8:
      return floatDecoder;
    case TypeId.money:
      return moneyDecoder;
    case TypeId.money4:
      return smallmoneyDecoder;
    case TypeId.datetime:
      return datetimeDecoder;
    case TypeId.datetime4:
      return smalldatetimeDecoder;
    case TypeId.bitN:
      reader.take(1);
      return nullable(bitDecoder, 1);
    case TypeId.intN:
      return sized(reader, integerDecoder);
    case TypeId.floatN:
      return sized(reader, floatDecoderOf);
    case TypeId.moneyN:
      return sized(reader, moneyDecoderOf);
    case TypeId.datetimeN:
      return sized(reader, datetimeDecoderOf);
    case TypeId.dateN:
      return nullable(dateDecoder, 3);
    case TypeId.timeN:
      return timeDecoder(reader.uint8());
    case TypeId.datetime2N:
      return datetime2Decoder(reader.uint8());
    case TypeId.datetimeOffsetN:
      return datetimeoffsetDecoder(reader.uint8());
    case TypeId.decimalN:
    case TypeId.numericN:
      reader.take(1);
      return decimalDecoder(reader.uint8(), reader.uint8());
    case TypeId.guid:
      reader.take(1);
      return uniqueidentifierDecoder;
    case TypeId.bigChar:
      return charDecoder(reader, 'char', server);
    case TypeId.bigVarChar:
      return charDecoder(reader, 'varchar', server);
    case TypeId.nchar:
      return ncharDecoder(reader, 'nchar');
    case TypeId.nvarchar:
      return ncharDecoder(reader, 'nvarchar');
    case TypeId.bigBinary:
      return binaryDecoder(reader, 'binary');
    case TypeId.bigVarBinary:
      return binaryDecoder(reader, 'varbinary');
    case TypeId.text:
      return longTextDecoder(reader, placement, server);
    case TypeId.ntext:
      return longNtextDecoder(reader, placement);
    case TypeId.image:
      return imageDecoder(reader, placement);
    default: {
      const construct = UNSUPPORTED[id];
      if (construct !== undefined) throw notImplemented(construct);
      throw new ProtocolError(`data type 0x${id.toString(16)} is not one of TDS 7.4's`);
    }
  }
}

function sized(reader: ByteReader, decoderOf: (bytes: number) => Decoder): Decoder {
  const bytes = reader.uint8();
  return nullable(decoderOf(bytes), bytes);
}

/** text, ntext and image columns are followed by a table name in COLMETADATA. */
export function hasTableName(typeId: number): boolean {
  return typeId === TypeId.text || typeId === TypeId.ntext || typeId === TypeId.image;
}
