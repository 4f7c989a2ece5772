import { TYPES } from 'tedious';
import type { DataType } from 'tedious/lib/data-type.js';
import { ActivityError, badDefinition, notImplemented } from '../runtime/activity-error.ts';
import { convert } from '../runtime/parameters.ts';
import type { InterimColumn, InterimType, InterimValue } from './columns.ts';
import type { SqlParameter } from './connectors.ts';

/** A column as the driver describes it. */
export interface DriverColumn {
  readonly colName: string;
  readonly type: { readonly name: string };
  readonly precision?: number | undefined;
  readonly scale?: number | undefined;
  /** Bytes: tells the nullable types of one family apart. */
  readonly dataLength?: number | undefined;
}

const bySize: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  IntN: { 1: 'tinyint', 2: 'smallint', 4: 'int', 8: 'bigint' },
  FloatN: { 4: 'real', 8: 'float' },
  MoneyN: { 4: 'smallmoney', 8: 'money' },
  DateTimeN: { 4: 'smalldatetime', 8: 'datetime' },
};

/** The SQL type's own name. On the wire a nullable `int` is an `IntN` of 4 bytes. */
export function declarationOf({ type: { name }, dataLength }: DriverColumn): string {
  const family = bySize[name];
  if (family !== undefined) return family[dataLength ?? 0] ?? name;
  return name.toLowerCase().replace(/^(bit|decimal|numeric)n$/, '$1');
}

export interface ColumnReader {
  readonly column: InterimColumn;
  readonly read: (value: unknown) => InterimValue;
}

/** SQL Server's types as Data Factory's interim types ("Data type mapping for Azure SQL Database"). */
export function readerOf(driver: DriverColumn): ColumnReader {
  const declaration = declarationOf(driver);
  const reader = (type: InterimType, read: (value: never) => InterimValue): ColumnReader => ({
    column: { name: driver.colName, type },
    read: (value) => (value == null ? null : read(value as never)),
  });
  const same = (value: InterimValue) => value;
  switch (declaration) {
    case 'bit':
      return reader({ kind: 'Boolean' }, same);
    case 'tinyint':
      return reader({ kind: 'Byte' }, same);
    case 'smallint':
      return reader({ kind: 'Int16' }, same);
    case 'int':
      return reader({ kind: 'Int32' }, same);
    case 'bigint':
      // The driver gives text, as 64 bits do not fit a number.
      return reader({ kind: 'Int64' }, (value: string | bigint | number) => BigInt(value));
    case 'real':
      return reader({ kind: 'Single' }, same);
    case 'float':
      return reader({ kind: 'Double' }, same);
    case 'decimal':
    case 'numeric': {
      const precision = driver.precision ?? 18;
      const scale = driver.scale ?? 0;
      return reader({ kind: 'Decimal', precision, scale }, unscaler(driver.colName, precision, scale));
    }
    case 'money':
      return reader({ kind: 'Decimal', precision: 19, scale: 4 }, unscaler(driver.colName, 19, 4));
    case 'smallmoney':
      return reader({ kind: 'Decimal', precision: 10, scale: 4 }, unscaler(driver.colName, 10, 4));
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
    case 'text':
    case 'ntext':
    case 'xml':
      return reader({ kind: 'String' }, same);
    case 'uniqueidentifier':
      return reader({ kind: 'Guid' }, same);
    case 'binary':
    case 'varbinary':
    case 'image':
      return reader({ kind: 'Byte[]' }, same);
    case 'date':
      return reader({ kind: 'Date' }, (value: Date) => Math.round(value.getTime() / 86_400_000));
    case 'time':
      return reader({ kind: 'TimeSpan' }, timeOfDay);
    case 'datetime':
    case 'smalldatetime':
    case 'datetime2':
      return reader({ kind: 'DateTime' }, micros);
    case 'datetimeoffset':
      return reader({ kind: 'DateTimeOffset' }, micros);
    default:
      throw notImplemented(`Copying a column of SQL type '${declaration}' (column '${driver.colName}')`);
  }
}

/** A Date of the driver's; it adds what does not fit in milliseconds, in seconds. */
type DriverDate = Date & { readonly nanosecondsDelta?: number };

function micros(value: DriverDate): bigint {
  return BigInt(value.getTime()) * 1000n + BigInt(Math.floor((value.nanosecondsDelta ?? 0) * 1e6 + 1e-6));
}

function timeOfDay(value: DriverDate): string {
  const ticks = Math.round((value.nanosecondsDelta ?? 0) * 1e7);
  return `${value.toISOString().slice(11, 23)}${String(ticks).padStart(4, '0')}`;
}

/** The driver gives decimals as doubles: exact up to 15 digits. Beyond, a value that may have lost digits is refused, not rounded. */
function unscaler(name: string, precision: number, scale: number): (value: number) => bigint {
  const factor = 10 ** scale;
  return (value) => {
    const unscaled = Math.round(value * factor);
    if (Number.isSafeInteger(unscaled)) return BigInt(unscaled);
    throw new ActivityError(
      'UserErrorTypeConversion',
      `The value ${value} of column '${name}', decimal(${precision},${scale}), has more digits than the local Data Factory can copy exactly (15); cast it to a string in the query.`,
    );
  };
}

/** A value of a result set as JSON, for Lookup and Script. */
export function toJson(value: unknown, declaration: string): unknown {
  if (value == null) return null;
  if (value instanceof Date) {
    if (declaration === 'time') return timeOfDay(value);
    const text = value.toISOString();
    // The service writes no fraction where there is none.
    return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (declaration === 'bigint') {
    const exact = BigInt(value as string);
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
  }
  return value;
}

export interface BoundParameter {
  readonly type: DataType;
  readonly value: unknown;
  readonly options?: { readonly length?: number; readonly precision?: number; readonly scale?: number };
}

/** The SQL type and value of a parameter, from Data Factory's name of its type. @throws ActivityError */
export function bindParameter({ name, type, value, size }: SqlParameter): BoundParameter {
  const what = `stored procedure parameter '${name}'`;
  const none = value === null || value === undefined;
  const as = (target: string): unknown => (none ? null : convert(value, target, what));
  switch (type.toLowerCase()) {
    case 'string':
      return {
        type: TYPES.NVarChar,
        value: as('String'),
        ...(size === undefined ? {} : { options: { length: size } }),
      };
    case 'int':
    case 'int32':
    case 'int16':
    case 'byte':
      return { type: TYPES.Int, value: as('Int') };
    case 'int64':
      return { type: TYPES.BigInt, value: as('Int') };
    case 'decimal':
      return { type: TYPES.Decimal, value: as('Float'), options: { precision: 38, scale: scaleOf(value) } };
    case 'double':
    case 'single':
      return { type: TYPES.Float, value: as('Float') };
    case 'boolean':
      return { type: TYPES.Bit, value: as('Bool') };
    case 'date':
    case 'datetime':
      return { type: TYPES.DateTime2, value: none ? null : readDate(value, what), options: { scale: 7 } };
    case 'datetimeoffset':
      return { type: TYPES.DateTimeOffset, value: none ? null : readDate(value, what), options: { scale: 7 } };
    case 'guid':
      return { type: TYPES.UniqueIdentifier, value: as('String') };
    default:
      throw badDefinition(
        `The type '${type}' of ${what} is not known; expected String, Int, Int64, Decimal, Double, Boolean, Date, DateTime or Guid.`,
      );
  }
}

function scaleOf(value: unknown): number {
  return Math.min(/\.(\d+)/.exec(String(value ?? ''))?.[1]?.length ?? 0, 15);
}

function readDate(value: unknown, what: string): Date {
  // Without a zone a time is UTC: whatever the machine's own.
  const text = String(value);
  const date = new Date(/(?:Z|[+-]\d{2}:\d{2})$/.test(text) || !text.includes('T') ? text : `${text}Z`);
  if (Number.isNaN(date.getTime())) throw badDefinition(`The value '${text}' of ${what} is not a date.`);
  return date;
}
