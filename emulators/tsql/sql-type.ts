/**
 * SQL Server's data types and the JavaScript values that stand for them between the wire (tds/), the language (tsql/) and the
 * stores. Both sides convert at their own border; nothing else is ever passed.
 */

export type SqlTypeName =
  | 'bit'
  | 'tinyint'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'decimal'
  | 'money'
  | 'smallmoney'
  | 'real'
  | 'float'
  | 'char'
  | 'varchar'
  | 'nchar'
  | 'nvarchar'
  | 'binary'
  | 'varbinary'
  | 'date'
  | 'time'
  | 'smalldatetime'
  | 'datetime'
  | 'datetime2'
  | 'datetimeoffset'
  | 'uniqueidentifier';

/** A type with its facets. `numeric` is read as `decimal`, `rowversion` as `binary(8)`, `sysname` as `nvarchar(128)`. */
export interface SqlType {
  readonly name: SqlTypeName;
  /** Characters (char, varchar, nchar, nvarchar) or bytes (binary, varbinary). */
  readonly length?: number | 'max';
  /** Decimal digits in all: decimal only, 1 to 38. */
  readonly precision?: number;
  /** Digits after the point: decimal; fractions of a second: time, datetime2, datetimeoffset (0 to 7). */
  readonly scale?: number;
}

/**
 * A value, by type:
 * - bit: boolean; tinyint, smallint, int, real, float: number; bigint: bigint
 * - decimal, money, smallmoney: bigint, unscaled (12.34 as decimal(10,2) is 1234n; money has scale 4)
 * - char, varchar, nchar, nvarchar: string; binary, varbinary: Uint8Array; uniqueidentifier: string, upper case
 * - date: number, days since 1970-01-01; time: bigint, microseconds since midnight
 * - smalldatetime, datetime, datetime2: bigint, microseconds since 1970-01-01T00:00:00 (no zone)
 * - datetimeoffset: { micros: bigint (UTC), offset: number (minutes) }
 * - NULL of any type: null
 */
export type SqlValue =
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | { readonly micros: bigint; readonly offset: number }
  | null;

export interface Column {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity?: boolean;
  /** Sent with the rows for the client's own use, and not shown: the row status of a cursor. */
  readonly hidden?: boolean;
}

/** Rows by column: `values[column][row]`. The unit in which rows stream through the emulators. */
export interface ColumnChunk {
  readonly rows: number;
  readonly values: readonly (readonly SqlValue[])[];
}
