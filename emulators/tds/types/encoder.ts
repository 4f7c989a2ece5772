import type { SqlType } from '../../tsql/sql-type.ts';
import type { Collation } from '../collation.ts';
import { binaryEncoder } from './binary.ts';
import type { Encoder } from './codec.ts';
import { datetimeEncoder, smalldatetimeEncoder } from './datetime.ts';
import { decimalEncoder } from './decimal.ts';
import { floatEncoder, realEncoder } from './float.ts';
import { bigintEncoder, bitEncoder, intEncoder, smallintEncoder, tinyintEncoder } from './integer.ts';
import { moneyEncoder, smallmoneyEncoder } from './money.ts';
import { dateEncoder, datetime2Encoder, datetimeoffsetEncoder, timeEncoder } from './temporal.ts';
import { charEncoder, ncharEncoder } from './text.ts';
import { uniqueidentifierEncoder } from './uniqueidentifier.ts';

/** What T-SQL takes when a declaration leaves a facet out. */
const DEFAULT_PRECISION = 18;
const DEFAULT_SCALE = 7;

/** The encoder of a result column or an output value. */
export function encoderOf(type: SqlType, collation: Collation): Encoder {
  const length = type.length ?? 1;
  switch (type.name) {
    case 'bit':
      return bitEncoder;
    case 'tinyint':
      return tinyintEncoder;
    case 'smallint':
      return smallintEncoder;
    case 'int':
      return intEncoder;
    case 'bigint':
      return bigintEncoder;
    case 'decimal':
      return decimalEncoder(type.precision ?? DEFAULT_PRECISION, type.scale ?? 0);
    case 'money':
      return moneyEncoder;
    case 'smallmoney':
      return smallmoneyEncoder;
    case 'real':
      return realEncoder;
    case 'float':
      return floatEncoder;
    case 'char':
    case 'varchar':
      return charEncoder(type.name, length, collation);
    case 'nchar':
    case 'nvarchar':
      return ncharEncoder(type.name, length, collation);
    case 'binary':
    case 'varbinary':
      return binaryEncoder(type.name, length);
    case 'date':
      return dateEncoder;
    case 'time':
      return timeEncoder(type.scale ?? DEFAULT_SCALE);
    case 'smalldatetime':
      return smalldatetimeEncoder;
    case 'datetime':
      return datetimeEncoder;
    case 'datetime2':
      return datetime2Encoder(type.scale ?? DEFAULT_SCALE);
    case 'datetimeoffset':
      return datetimeoffsetEncoder(type.scale ?? DEFAULT_SCALE);
    case 'uniqueidentifier':
      return uniqueidentifierEncoder;
  }
}
