/**
 * Delta's data types, which are Spark's. `void` is the type of an untyped NULL and `interval` that of an INTERVAL literal: expressions have
 * them, tables do not.
 */
export type PrimitiveName =
  | 'string'
  | 'long'
  | 'integer'
  | 'short'
  | 'byte'
  | 'float'
  | 'double'
  | 'boolean'
  | 'binary'
  | 'date'
  | 'timestamp'
  | 'timestamp_ntz'
  | 'void'
  | 'interval';

export type DataType =
  | { readonly kind: PrimitiveName }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'array'; readonly element: DataType }
  | { readonly kind: 'map'; readonly key: DataType; readonly value: DataType }
  | { readonly kind: 'struct'; readonly fields: readonly Field[] };

export interface Field {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  readonly comment?: string;
}

export const primitive = (kind: PrimitiveName): DataType => ({ kind });
export const decimal = (precision: number, scale: number): DataType => ({ kind: 'decimal', precision, scale });

export const STRING = primitive('string');
export const LONG = primitive('long');
export const INTEGER = primitive('integer');
export const SHORT = primitive('short');
export const BYTE = primitive('byte');
export const FLOAT = primitive('float');
export const DOUBLE = primitive('double');
export const BOOLEAN = primitive('boolean');
export const BINARY = primitive('binary');
export const DATE = primitive('date');
export const TIMESTAMP = primitive('timestamp');
export const TIMESTAMP_NTZ = primitive('timestamp_ntz');
export const VOID = primitive('void');
export const INTERVAL = primitive('interval');

export function sameType(left: DataType, right: DataType): boolean {
  return typeName(left) === typeName(right);
}

const sqlNames: Readonly<Record<PrimitiveName, string>> = {
  string: 'STRING',
  long: 'BIGINT',
  integer: 'INT',
  short: 'SMALLINT',
  byte: 'TINYINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  binary: 'BINARY',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  timestamp_ntz: 'TIMESTAMP_NTZ',
  void: 'VOID',
  interval: 'INTERVAL',
};

/** The type as Spark SQL writes it: `DECIMAL(10,2)`, `ARRAY<STRING>`. */
export function typeName(type: DataType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'array':
      return `ARRAY<${typeName(type.element)}>`;
    case 'map':
      return `MAP<${typeName(type.key)}, ${typeName(type.value)}>`;
    case 'struct':
      return `STRUCT<${type.fields.map((field) => `${field.name}: ${typeName(field.type)}`).join(', ')}>`;
    default:
      return sqlNames[type.kind];
  }
}

const duckDbNames: Readonly<Record<PrimitiveName, string>> = {
  string: 'VARCHAR',
  long: 'BIGINT',
  integer: 'INTEGER',
  short: 'SMALLINT',
  byte: 'TINYINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  binary: 'BLOB',
  date: 'DATE',
  // A Spark TIMESTAMP is an instant; Parquet stores it as isAdjustedToUTC=true, which is DuckDB's TIMESTAMPTZ.
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  timestamp_ntz: 'TIMESTAMP',
  void: 'INTEGER',
  interval: 'INTERVAL',
};

/** The type as DuckDB writes it. */
export function duckDbType(type: DataType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'array':
      return `${duckDbType(type.element)}[]`;
    case 'map':
      return `MAP(${duckDbType(type.key)}, ${duckDbType(type.value)})`;
    case 'struct':
      return `STRUCT(${type.fields.map((field) => `${quoteName(field.name)} ${duckDbType(field.type)}`).join(', ')})`;
    default:
      return duckDbNames[type.kind];
  }
}

/** The one function that quotes an identifier for DuckDB. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The one function that quotes a string for DuckDB. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
