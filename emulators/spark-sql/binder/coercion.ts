import {
  type DataType,
  DOUBLE,
  decimal,
  duckDbType,
  FLOAT,
  LONG,
  sameType,
  TIMESTAMP,
  typeName,
  VOID,
} from '../../delta/data-type.ts';
import { notImplemented, type Position, SparkError } from '../spark-error.ts';
import type { Bound } from './bound.ts';

/** Type coercion with ANSI mode on: https://docs.databricks.com/sql/language-manual/sql-ref-ansi-compliance.html */

const integralRank: Readonly<Record<string, number>> = { byte: 1, short: 2, integer: 3, long: 4 };

export const isIntegral = (type: DataType): boolean => type.kind in integralRank;
export const isFractional = (type: DataType): boolean => type.kind === 'double' || type.kind === 'float';
export const isNumeric = (type: DataType): boolean => isIntegral(type) || isFractional(type) || type.kind === 'decimal';
const isTemporal = (type: DataType): boolean =>
  type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz';

/** An integral type as the decimal that holds all of it. */
export function asDecimal(type: DataType): { precision: number; scale: number } {
  if (type.kind === 'decimal') return type;
  return { precision: { byte: 3, short: 5, integer: 10, long: 20 }[type.kind as 'byte'] ?? 38, scale: 0 };
}

/** Spark's DecimalType.bounded. */
export const bounded = (precision: number, scale: number): DataType =>
  decimal(Math.min(precision, 38), Math.min(scale, 38));

/** Spark's DecimalType.adjustPrecisionScale: beyond 38 digits the scale gives way, down to 6 digits at the least. */
export function adjusted(precision: number, scale: number): { kind: 'decimal'; precision: number; scale: number } {
  if (precision <= 38) return { kind: 'decimal', precision, scale };
  const integral = precision - scale;
  return { kind: 'decimal', precision: 38, scale: Math.max(38 - integral, Math.min(scale, 6)) };
}

/** The type that holds values of both; undefined when there is none. */
export function commonType(left: DataType, right: DataType): DataType | undefined {
  if (sameType(left, right)) return left;
  if (left.kind === 'void') return right;
  if (right.kind === 'void') return left;
  if (isNumeric(left) && isNumeric(right)) return commonNumeric(left, right);
  if (isTemporal(left) && isTemporal(right))
    return left.kind === 'date' ? right : right.kind === 'date' ? left : left.kind === right.kind ? left : TIMESTAMP;
  // A string gives way to the other type, widened: '1' and 1 are compared as BIGINT.
  if (left.kind === 'string') return fromString(right);
  if (right.kind === 'string') return fromString(left);
  if (left.kind === 'array' && right.kind === 'array') {
    const element = commonType(left.element, right.element);
    return element && { kind: 'array', element };
  }
  return undefined;
}

function fromString(other: DataType): DataType | undefined {
  if (isIntegral(other)) return LONG;
  if (isFractional(other) || other.kind === 'decimal') return DOUBLE;
  if (isTemporal(other) || other.kind === 'boolean' || other.kind === 'binary') return other;
  return undefined;
}

export function commonNumeric(left: DataType, right: DataType): DataType {
  if (left.kind === 'double' || right.kind === 'double') return DOUBLE;
  if (left.kind === 'float' || right.kind === 'float') return left.kind === right.kind ? FLOAT : DOUBLE;
  if (left.kind === 'decimal' || right.kind === 'decimal') {
    const [one, two] = [asDecimal(left), asDecimal(right)];
    const scale = Math.max(one.scale, two.scale);
    return bounded(Math.max(one.precision - one.scale, two.precision - two.scale) + scale, scale);
  }
  return integralRank[left.kind]! >= integralRank[right.kind]! ? left : right;
}

/** Casts all to their common type. */
export function unify(bounds: readonly Bound[], at: Position, what: string): { values: Bound[]; type: DataType } {
  let type: DataType = VOID;
  for (const bound of bounds) {
    const wider = commonType(type, bound.type);
    if (wider === undefined)
      throw new SparkError(
        'DATATYPE_MISMATCH.DATA_DIFF_TYPES',
        `Cannot resolve "${what}" due to data type mismatch: input should all be the same type, but it's ["${typeName(type)}", "${typeName(bound.type)}"].`,
        { at },
      );
    type = wider;
  }
  return { values: bounds.map((bound) => implicitCast(bound, type, at)), type };
}

export function implicitCast(bound: Bound, type: DataType, at: Position): Bound {
  return sameType(bound.type, type) ? bound : cast(bound, type, { safe: false, at });
}

/** Text from JSON-like messages in generated SQL: what a failing cast shows is carried by the engine's own error. */
export const raise = (errorClass: string, messageSql: string, type: DataType): string =>
  `CAST(CAST('[${errorClass}] ' || ${messageSql} AS INTEGER) AS ${duckDbType(type)})`;

interface CastOptions {
  /** TRY_CAST: NULL where a CAST raises. */
  readonly safe: boolean;
  readonly at: Position;
}

/**
 * CAST as Databricks defines it: https://docs.databricks.com/sql/language-manual/functions/cast.html. Where DuckDB is laxer (a string such as
 * '2.7' or '1e3' is no integer) or rounds instead of truncating, the SQL says so.
 */
export function cast(bound: Bound, type: DataType, { safe, at }: CastOptions): Bound {
  const from = bound.type;
  const result = (sql: string): Bound => ({
    ...bound,
    digits: undefined,
    sql: safe && from.kind !== 'void' ? `TRY(${sql})` : sql,
    type,
    ...(bound.constant === undefined
      ? {}
      : { constant: type.kind === 'string' || isNumeric(type) ? bound.constant : undefined }),
  });
  const target = duckDbType(type);
  const plain = result(`CAST(${bound.sql} AS ${target})`);
  if (sameType(from, type)) return bound;
  if (from.kind === 'void') return plain;
  const mismatch = (): SparkError =>
    new SparkError(
      'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION',
      `Cannot resolve "CAST(.. AS ${typeName(type)})" due to data type mismatch: cannot cast "${typeName(from)}" to "${typeName(type)}".`,
      { at },
    );
  const text = bound.sql;
  switch (type.kind) {
    case 'string':
      if (isFractional(from)) return result(`spark_double_to_string(${text})`);
      if (from.kind === 'timestamp') return result(`CAST(CAST(${text} AS TIMESTAMP) AS VARCHAR)`);
      if (from.kind === 'binary') return result(`decode(${text})`);
      if (isNumeric(from) || from.kind === 'boolean' || isTemporal(from)) return plain;
      throw notImplemented(`the cast of ${typeName(from)} to STRING`, at);
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      if (from.kind === 'string') return result(`CAST(spark_integer_text(${text}) AS ${target})`);
      if (from.kind === 'decimal' || isFractional(from)) return result(`CAST(trunc(${text}) AS ${target})`);
      if (from.kind === 'timestamp') return result(`CAST(spark_epoch_seconds(${text}) AS ${target})`);
      if (isIntegral(from) || from.kind === 'boolean') return plain;
      throw mismatch();
    case 'decimal':
      // The shortest decimal text of a double is what Java's BigDecimal starts from; its binary value would round otherwise.
      if (isFractional(from)) return result(`CAST(CAST(${text} AS VARCHAR) AS ${target})`);
      if (from.kind === 'string' || isNumeric(from) || from.kind === 'boolean') return plain;
      throw mismatch();
    case 'double':
    case 'float':
      if (from.kind === 'timestamp') return result(`CAST(epoch_us(${text}) AS DOUBLE) / 1000000`);
      if (from.kind === 'string' || isNumeric(from) || from.kind === 'boolean') return plain;
      throw mismatch();
    case 'boolean':
      if (from.kind === 'string') return result(`spark_string_to_boolean(${text})`);
      if (isNumeric(from)) return result(`(${text} <> 0)`);
      throw mismatch();
    case 'date':
      if (from.kind === 'string') return result(`spark_string_to_date(${text})`);
      if (from.kind === 'timestamp') return result(`CAST(CAST(${text} AS TIMESTAMP) AS DATE)`);
      if (from.kind === 'timestamp_ntz') return plain;
      throw mismatch();
    case 'timestamp':
      if (from.kind === 'string') return result(`spark_string_to_timestamp(${text})`);
      if (isIntegral(from)) return result(`make_timestamptz(CAST(${text} AS BIGINT) * 1000000)`);
      if (isTemporal(from)) return plain;
      if (isNumeric(from)) throw notImplemented(`the cast of ${typeName(from)} to TIMESTAMP`, at);
      throw mismatch();
    case 'timestamp_ntz':
      if (from.kind === 'string' || isTemporal(from)) return plain;
      throw mismatch();
    case 'binary':
      if (from.kind === 'string') return result(`encode(${text})`);
      throw mismatch();
    case 'array':
      if (
        from.kind === 'array' &&
        (from.element.kind === 'void' || sameType(from.element, type.element) || isNumeric(from.element))
      )
        return plain;
      throw mismatch();
    default:
      throw mismatch();
  }
}

/** ANSI store assignment: what INSERT, UPDATE and MERGE may put into a column without a CAST. */
export function storeAssign(bound: Bound, type: DataType, column: string, at: Position): Bound {
  const from = bound.type;
  const allowed =
    sameType(from, type) ||
    from.kind === 'void' ||
    type.kind === 'string' ||
    (isNumeric(from) && isNumeric(type)) ||
    (isTemporal(from) && isTemporal(type)) ||
    (from.kind === 'array' && type.kind === 'array');
  if (!allowed)
    throw new SparkError(
      'DELTA_FAILED_TO_MERGE_FIELDS',
      `Failed to merge fields '${column}' and '${column}': cannot safely cast "${typeName(from)}" to "${typeName(type)}". Use CAST.`,
      { at, sqlState: '22005' },
    );
  return implicitCast(bound, type, at);
}
