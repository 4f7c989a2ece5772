import type { TypeName } from '../ast.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType, SqlTypeName } from '../sql-type.ts';

/**
 * Type rules of Transact-SQL: "Data type precedence" and "Precision, scale, and length" of its reference.
 */

/** From highest to lowest. An operator converts its lower operand to the type of the higher. */
const PRECEDENCE: readonly SqlTypeName[] = [
  'datetimeoffset',
  'datetime2',
  'datetime',
  'smalldatetime',
  'date',
  'time',
  'float',
  'real',
  'decimal',
  'money',
  'smallmoney',
  'bigint',
  'int',
  'smallint',
  'tinyint',
  'bit',
  'uniqueidentifier',
  'nvarchar',
  'nchar',
  'varchar',
  'char',
  'varbinary',
  'binary',
];

const INTEGER_DIGITS: Partial<Record<SqlTypeName, number>> = { bit: 1, tinyint: 3, smallint: 5, int: 10, bigint: 19 };

export const INT: SqlType = { name: 'int' };
export const BIGINT: SqlType = { name: 'bigint' };
export const BIT: SqlType = { name: 'bit' };
export const FLOAT: SqlType = { name: 'float' };
export const DATE: SqlType = { name: 'date' };
export const DATETIME: SqlType = { name: 'datetime' };
export const DATETIME2: SqlType = { name: 'datetime2', scale: 7 };

export function isCharacter(type: SqlType): boolean {
  return type.name.endsWith('char');
}
export function isUnicode(type: SqlType): boolean {
  return type.name === 'nchar' || type.name === 'nvarchar';
}
export function isBinary(type: SqlType): boolean {
  return type.name === 'binary' || type.name === 'varbinary';
}
export function isInteger(type: SqlType): boolean {
  return type.name in INTEGER_DIGITS && type.name !== 'bit';
}
export function isMoney(type: SqlType): boolean {
  return type.name === 'money' || type.name === 'smallmoney';
}
export function isApproximate(type: SqlType): boolean {
  return type.name === 'float' || type.name === 'real';
}
export function isNumeric(type: SqlType): boolean {
  return isInteger(type) || type.name === 'decimal' || isMoney(type) || isApproximate(type);
}
export function isTemporal(type: SqlType): boolean {
  return PRECEDENCE.indexOf(type.name) <= PRECEDENCE.indexOf('time');
}
/** Types DuckDB keeps as TIMESTAMP. */
export function isTimestamp(type: SqlType): boolean {
  return type.name === 'datetime' || type.name === 'datetime2' || type.name === 'smalldatetime';
}

/** Precision and scale of a number as decimal: int is decimal(10,0), money decimal(19,4). */
export function decimalFacets(type: SqlType): { precision: number; scale: number } {
  if (type.name === 'decimal') return { precision: type.precision ?? 18, scale: type.scale ?? 0 };
  if (type.name === 'money') return { precision: 19, scale: 4 };
  if (type.name === 'smallmoney') return { precision: 10, scale: 4 };
  return { precision: INTEGER_DIGITS[type.name] ?? 38, scale: 0 };
}

export function decimal(precision: number, scale: number): SqlType {
  return { name: 'decimal', precision, scale };
}

export function higher(a: SqlType, b: SqlType): SqlType {
  return PRECEDENCE.indexOf(a.name) <= PRECEDENCE.indexOf(b.name) ? a : b;
}

/** The type of a CASE, COALESCE, UNION or comparison over both. Throws 206 when there is none. */
export function unify(a: SqlType, b: SqlType): SqlType {
  const top = higher(a, b);
  const low = top === a ? b : a;
  if (!convertible(low, top)) throw clash(a, b);
  if (top.name === 'decimal') {
    const [x, y] = [decimalFacets(a), isCharacter(low) || isBinary(low) ? decimalFacets(top) : decimalFacets(b)];
    const other = isCharacter(low) || isBinary(low) ? y : decimalFacets(low);
    const mine = top === a ? x : decimalFacets(top);
    const scale = Math.max(mine.scale, other.scale);
    const precision = Math.max(mine.precision - mine.scale, other.precision - other.scale) + scale;
    return capped(precision, scale);
  }
  if (isCharacter(top) || isBinary(top)) {
    if (isCharacter(top) !== isCharacter(low)) return { ...top, length: longer(top.length, low.length) };
    const variable = top.name.includes('var') || low.name.includes('var');
    const length = longer(top.length, low.length);
    if (isBinary(top)) return { name: variable ? 'varbinary' : 'binary', length };
    const name = isUnicode(top) ? (variable ? 'nvarchar' : 'nchar') : variable ? 'varchar' : 'char';
    return { name, length: limited(length, isUnicode(top)) };
  }
  if (top.scale !== undefined && low.scale !== undefined && isTemporal(low)) {
    return { ...top, scale: Math.max(top.scale, low.scale) };
  }
  return top;
}

function limited(length: number | 'max' | undefined, unicode: boolean): number | 'max' {
  if (length === 'max' || length === undefined) return length ?? 1;
  return Math.min(length, unicode ? 4000 : 8000);
}

export function longer(a: number | 'max' | undefined, b: number | 'max' | undefined): number | 'max' {
  if (a === 'max' || b === 'max') return 'max';
  return Math.max(a ?? 1, b ?? 1);
}

/** Implicit conversion exists (the matrix of "CAST and CONVERT"). */
function convertible(from: SqlType, to: SqlType): boolean {
  if (from.name === to.name || isCharacter(from)) return true;
  if (from.name === 'uniqueidentifier' || to.name === 'uniqueidentifier')
    return isBinary(from) || isBinary(to) || isCharacter(to);
  if (from.name === 'date') return isTemporal(to) && to.name !== 'time';
  if (from.name === 'time') return isTemporal(to) && to.name !== 'date';
  if (to.name === 'date' || to.name === 'time' || to.name === 'datetime2' || to.name === 'datetimeoffset')
    return isTemporal(from);
  return !(isBinary(from) && isApproximate(to));
}

export function clash(a: SqlType, b: SqlType): SqlError {
  return new SqlError(206, `Operand type clash: ${shortName(a)} is incompatible with ${shortName(b)}`);
}

function capped(precision: number, scale: number): SqlType {
  if (precision <= 38) return decimal(precision, scale);
  return decimal(38, Math.max(0, scale - (precision - 38)));
}

/** Result type of decimal arithmetic; with more than 38 digits the scale gives way, to no less than six where it had them. */
export function decimalArithmetic(operator: '+' | '-' | '*' | '/' | '%', a: SqlType, b: SqlType): SqlType {
  const { precision: p1, scale: s1 } = decimalFacets(a);
  const { precision: p2, scale: s2 } = decimalFacets(b);
  switch (operator) {
    case '+':
    case '-': {
      const scale = Math.max(s1, s2);
      return capped(Math.max(p1 - s1, p2 - s2) + scale + 1, scale);
    }
    case '*':
      return reduced(p1 + p2 + 1, s1 + s2);
    case '/': {
      const scale = Math.max(6, s1 + p2 + 1);
      return reduced(p1 - s1 + s2 + scale, scale);
    }
    case '%': {
      const scale = Math.max(s1, s2);
      return capped(Math.min(p1 - s1, p2 - s2) + scale, scale);
    }
  }
}

function reduced(precision: number, scale: number): SqlType {
  if (precision <= 38) return decimal(precision, scale);
  const integral = precision - scale;
  return decimal(38, integral < 32 ? Math.min(scale, 38 - integral) : Math.min(scale, 6));
}

/** The type without facets, as messages name it: `numeric` for decimal. */
export function shortName(type: SqlType): string {
  return type.name === 'decimal' ? 'numeric' : type.name;
}

export function sameType(a: SqlType, b: SqlType): boolean {
  return a.name === b.name && a.length === b.length && a.precision === b.precision && a.scale === b.scale;
}

/** The DuckDB type that holds values of a SQL Server type. */
export function duckdbType(type: SqlType): string {
  switch (type.name) {
    case 'bit':
      return 'BOOLEAN';
    case 'tinyint':
      return 'UTINYINT';
    case 'smallint':
      return 'SMALLINT';
    case 'int':
      return 'INTEGER';
    case 'bigint':
      return 'BIGINT';
    case 'decimal':
    case 'money':
    case 'smallmoney': {
      const { precision, scale } = decimalFacets(type);
      return `DECIMAL(${precision},${scale})`;
    }
    case 'real':
      return 'FLOAT';
    case 'float':
      return 'DOUBLE';
    case 'char':
    case 'varchar':
    case 'nchar':
    case 'nvarchar':
      return 'VARCHAR';
    case 'binary':
    case 'varbinary':
      return 'BLOB';
    case 'date':
      return 'DATE';
    case 'time':
      return 'TIME';
    case 'smalldatetime':
    case 'datetime':
    case 'datetime2':
      return 'TIMESTAMP';
    // The offset belongs to the value, which TIMESTAMPTZ forgets.
    case 'datetimeoffset':
      return 'STRUCT("utc" TIMESTAMP, "offset" SMALLINT)';
    case 'uniqueidentifier':
      return 'UUID';
  }
}

/** The type a name stands for. Throws 2715 for a name that is no type. */
export function resolveType(name: TypeName): SqlType {
  if (name.type) return name.type;
  throw new SqlError(243, `Type ${name.written} is not a defined system type.`, { line: name.line });
}
