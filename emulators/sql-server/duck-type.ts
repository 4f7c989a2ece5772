import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBBlobValue,
  type DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBStructValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBType,
  DuckDBTypeId,
  DuckDBUUIDValue,
  type DuckDBValue,
  FLOAT,
  INTEGER,
  SMALLINT,
  STRUCT,
  TIME,
  TIMESTAMP,
  UTINYINT,
  UUID,
  VARCHAR,
} from '@duckdb/node-api';
import type { ColumnChunk, SqlType, SqlValue } from '../tsql/sql-type.ts';

/** The border to DuckDB: SQL Server's types as DuckDB stores them, and values both ways. */

/** `datetimeoffset`: the instant, and the minutes east of UTC at which it was written. */
const OFFSET = STRUCT({ utc: TIMESTAMP, offset: SMALLINT });

/** The DuckDB type in which a column of this type is stored; agrees with the front end's `duckdbType`. */
export function duckType(type: SqlType): DuckDBType {
  switch (type.name) {
    case 'bit':
      return BOOLEAN;
    case 'tinyint':
      return UTINYINT;
    case 'smallint':
      return SMALLINT;
    case 'int':
      return INTEGER;
    case 'bigint':
      return BIGINT;
    case 'decimal':
      return DECIMAL(type.precision ?? 18, type.scale ?? 0);
    case 'money':
      return DECIMAL(19, 4);
    case 'smallmoney':
      return DECIMAL(10, 4);
    case 'real':
      return FLOAT;
    case 'float':
      return DOUBLE;
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
      return VARCHAR;
    case 'binary':
    case 'varbinary':
      return BLOB;
    case 'date':
      return DATE;
    case 'time':
      return TIME;
    case 'smalldatetime':
    case 'datetime':
    case 'datetime2':
      return TIMESTAMP;
    case 'datetimeoffset':
      return OFFSET;
    case 'uniqueidentifier':
      return UUID;
  }
}

/** That type's name as DDL text. */
export const duckTypeName = (type: SqlType): string => duckType(type).toString();

/** A value as a DuckDB parameter or appender value. */
export function toDuck(value: SqlValue, type: SqlType): DuckDBValue {
  if (value === null) return null;
  switch (type.name) {
    case 'decimal':
      return new DuckDBDecimalValue(value as bigint, type.precision ?? 18, type.scale ?? 0);
    case 'money':
      return new DuckDBDecimalValue(value as bigint, 19, 4);
    case 'smallmoney':
      return new DuckDBDecimalValue(value as bigint, 10, 4);
    case 'binary':
    case 'varbinary':
      return new DuckDBBlobValue(value as Uint8Array);
    case 'date':
      return new DuckDBDateValue(value as number);
    case 'time':
      return new DuckDBTimeValue(value as bigint);
    case 'smalldatetime':
    case 'datetime':
    case 'datetime2':
      return new DuckDBTimestampValue(value as bigint);
    case 'datetimeoffset':
      return new DuckDBStructValue({
        utc: new DuckDBTimestampValue((value as { micros: bigint }).micros),
        offset: (value as { offset: number }).offset,
      });
    case 'uniqueidentifier':
      return DuckDBUUIDValue.fromUint128(BigInt(`0x${(value as string).replaceAll('-', '')}`));
    default:
      return value as DuckDBValue;
  }
}

/** A literal of DuckDB's SQL; the text of strings is quoted. */
export function duckLiteral(value: SqlValue, type: SqlType): string {
  const name = duckTypeName(type);
  if (value === null) return `CAST(NULL AS ${name})`;
  switch (type.name) {
    case 'binary':
    case 'varbinary':
      return `unhex('${Buffer.from(value as Uint8Array).toString('hex')}')`;
    default:
      return `CAST('${String(toDuck(value, type)).replaceAll("'", "''")}' AS ${name})`;
  }
}

/** What DuckDB computed, read as the SQL type the binder promised for the column. */
function reader(from: DuckDBType, to: SqlType): (value: DuckDBValue) => SqlValue {
  switch (to.name) {
    case 'bit':
      return from.typeId === DuckDBTypeId.BOOLEAN ? (v) => v as boolean : (v) => Number(v) !== 0;
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'real':
    case 'float':
      return from.typeId === DuckDBTypeId.DECIMAL ? (v) => (v as DuckDBDecimalValue).toDouble() : (v) => Number(v);
    case 'bigint':
      return from.typeId === DuckDBTypeId.BIGINT ? (v) => v as bigint : (v) => BigInt(String(v).split('.')[0] ?? '0');
    case 'decimal':
    case 'money':
    case 'smallmoney': {
      const scale = to.name === 'decimal' ? (to.scale ?? 0) : 4;
      if (from.typeId === DuckDBTypeId.DECIMAL) {
        const actual = (from as ReturnType<typeof DECIMAL>).scale;
        return (v) => rescale((v as DuckDBDecimalValue).value, actual, scale);
      }
      return (v) =>
        typeof v === 'number' ? BigInt(Math.round(v * 10 ** scale)) : rescale(BigInt(String(v)), 0, scale);
    }
    case 'binary':
    case 'varbinary':
      return (v) => (v instanceof DuckDBBlobValue ? v.bytes : Buffer.from(String(v), 'utf8'));
    case 'date':
      return (v) =>
        v instanceof DuckDBDateValue
          ? v.days
          : Number(floorDivide((v as DuckDBTimestampValue).micros, 86_400_000_000n));
    case 'time':
      return (v) => (v as DuckDBTimeValue).micros;
    case 'smalldatetime':
    case 'datetime':
    case 'datetime2':
      return (v) =>
        v instanceof DuckDBDateValue ? BigInt(v.days) * 86_400_000_000n : (v as DuckDBTimestampValue).micros;
    case 'datetimeoffset':
      return (v) => {
        const { entries } = v as DuckDBStructValue;
        return {
          micros: (entries['utc'] as DuckDBTimestampValue).micros,
          offset: Number(entries['offset']),
        };
      };
    case 'uniqueidentifier':
      return (v) => String(v).toUpperCase();
    default:
      return (v) => (typeof v === 'string' ? v : String(v));
  }
}

function rescale(value: bigint, from: number, to: number): bigint {
  if (from === to) return value;
  if (from < to) return value * 10n ** BigInt(to - from);
  const unit = 10n ** BigInt(from - to);
  const half = value < 0n ? -unit / 2n : unit / 2n;
  return (value + half) / unit;
}

function floorDivide(value: bigint, by: bigint): bigint {
  return value >= 0n ? value / by : -((-value + by - 1n) / by);
}

/** A chunk of a DuckDB result as the border's columns. */
export function readChunk(chunk: DuckDBDataChunk, types: readonly SqlType[]): ColumnChunk {
  const rows = chunk.rowCount;
  const values = types.map((type, index) => {
    const vector = chunk.getColumnVector(index);
    const read = reader(vector.type, type);
    const column = new Array<SqlValue>(rows);
    for (let row = 0; row < rows; row += 1) {
      const value = vector.getItem(row);
      column[row] = value === null ? null : read(value);
    }
    return column;
  });
  return { rows, values };
}

/** Quotes an identifier for DuckDB. The one place that does. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Quotes a text literal for DuckDB. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The binder's type for what DuckDB reports, where no declared type is known. */
export function sqlType(type: DuckDBType): SqlType {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return { name: 'bit' };
    case DuckDBTypeId.UTINYINT:
      return { name: 'tinyint' };
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
      return { name: 'smallint' };
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.INTEGER:
      return { name: 'int' };
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.BIGINT:
      return { name: 'bigint' };
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.UHUGEINT:
      return { name: 'decimal', precision: 38, scale: 0 };
    case DuckDBTypeId.DECIMAL: {
      const decimal = type as ReturnType<typeof DECIMAL>;
      return { name: 'decimal', precision: decimal.width, scale: decimal.scale };
    }
    case DuckDBTypeId.FLOAT:
      return { name: 'real' };
    case DuckDBTypeId.DOUBLE:
      return { name: 'float' };
    case DuckDBTypeId.BLOB:
      return { name: 'varbinary', length: 'max' };
    case DuckDBTypeId.DATE:
      return { name: 'date' };
    case DuckDBTypeId.TIME:
      return { name: 'time', scale: 7 };
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
    case DuckDBTypeId.TIMESTAMP_NS:
      return { name: 'datetime2', scale: 7 };
    case DuckDBTypeId.STRUCT:
      return { name: 'datetimeoffset', scale: 7 };
    case DuckDBTypeId.UUID:
      return { name: 'uniqueidentifier' };
    default:
      return { name: 'nvarchar', length: 'max' };
  }
}
