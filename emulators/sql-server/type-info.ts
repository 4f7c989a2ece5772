import type { SqlType, SqlTypeName } from '../tsql/sql-type.ts';

/** What sys.types and sys.columns say of a type: https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-types-transact-sql */
export interface TypeInfo {
  readonly id: number;
  /** Bytes; -1 for MAX. */
  readonly bytes: number;
  readonly precision: number;
  readonly scale: number;
}

const IDS: Readonly<Record<SqlTypeName, number>> = {
  uniqueidentifier: 36,
  date: 40,
  time: 41,
  datetime2: 42,
  datetimeoffset: 43,
  tinyint: 48,
  smallint: 52,
  int: 56,
  smalldatetime: 58,
  real: 59,
  money: 60,
  datetime: 61,
  float: 62,
  bit: 104,
  decimal: 106,
  smallmoney: 122,
  bigint: 127,
  varbinary: 165,
  varchar: 167,
  binary: 173,
  char: 175,
  nvarchar: 231,
  nchar: 239,
};

const FIXED: Readonly<Partial<Record<SqlTypeName, readonly [bytes: number, precision: number, scale: number]>>> = {
  uniqueidentifier: [16, 0, 0],
  date: [3, 10, 0],
  tinyint: [1, 3, 0],
  smallint: [2, 5, 0],
  int: [4, 10, 0],
  bigint: [8, 19, 0],
  smalldatetime: [4, 16, 0],
  datetime: [8, 23, 3],
  real: [4, 24, 0],
  float: [8, 53, 0],
  money: [8, 19, 4],
  smallmoney: [4, 10, 4],
  bit: [1, 1, 0],
};

/** Bytes and precision of types with a fraction of a second, by base width and digits before the fraction. */
const FRACTIONAL: Readonly<Partial<Record<SqlTypeName, readonly [bytes: number, digits: number]>>> = {
  time: [3, 8],
  datetime2: [6, 19],
  datetimeoffset: [8, 26],
};

export function typeInfo(type: SqlType): TypeInfo {
  const id = IDS[type.name];
  const fixed = FIXED[type.name];
  if (fixed) return { id, bytes: fixed[0], precision: fixed[1], scale: fixed[2] };
  const fractional = FRACTIONAL[type.name];
  if (fractional) {
    const scale = type.scale ?? 7;
    const extra = scale <= 2 ? 0 : scale <= 4 ? 1 : 2;
    return {
      id,
      bytes: fractional[0] + extra,
      precision: fractional[1] + (scale === 0 ? 0 : scale + 1),
      scale,
    };
  }
  if (type.name === 'decimal') {
    const precision = type.precision ?? 18;
    return {
      id,
      bytes: precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17,
      precision,
      scale: type.scale ?? 0,
    };
  }
  const length = type.length ?? 1;
  const width = type.name === 'nvarchar' || type.name === 'nchar' ? 2 : 1;
  return { id, bytes: length === 'max' ? -1 : length * width, precision: 0, scale: 0 };
}

export const TYPE_NAMES = Object.keys(IDS) as SqlTypeName[];

export const isText = (type: SqlType): boolean =>
  type.name === 'char' || type.name === 'varchar' || type.name === 'nchar' || type.name === 'nvarchar';

export const isBinary = (type: SqlType): boolean => type.name === 'binary' || type.name === 'varbinary';

/** `decimal(10,2)`, `nvarchar(max)`, `int`: the type as T-SQL writes it. */
export function writeType(type: SqlType): string {
  if (type.name === 'decimal') return `decimal(${type.precision ?? 18},${type.scale ?? 0})`;
  if (FRACTIONAL[type.name]) return `${type.name}(${type.scale ?? 7})`;
  if (isText(type) || isBinary(type)) return `${type.name}(${type.length ?? 1})`;
  return type.name;
}
