import { DATE, type DataType, DOUBLE, duckDbType, LONG, TIMESTAMP, typeName } from '../../delta/data-type.ts';
import { notImplemented, type Position, SparkError } from '../spark-error.ts';
import type { Bound } from './bound.ts';
import {
  adjusted,
  asDecimal,
  commonNumeric,
  implicitCast,
  isFractional,
  isIntegral,
  isNumeric,
  raise,
} from './coercion.ts';

type Operator = '+' | '-' | '*' | '/' | '%' | 'DIV';

/** Arithmetic of numbers, and of dates with days and intervals. Integers overflow with an error: ANSI mode. */
export function arithmetic(op: Operator, left: Bound, right: Bound, at: Position): Bound {
  if (op === '+' || op === '-') {
    const temporal = temporalArithmetic(op, left, right, at);
    if (temporal !== undefined) return temporal;
  }
  const [one, two] = [numeric(left, right, op, at), numeric(right, left, op, at)];
  const flags = { aggregate: (left.aggregate ?? false) || (right.aggregate ?? false) };
  if (op === '/') return { ...divide(one, two, at), ...flags };
  if (op === 'DIV') return { ...integralDivide(one, two, at), ...flags };
  if (op === '%') return { ...remainder(one, two, at), ...flags };
  if (one.type.kind === 'decimal' || two.type.kind === 'decimal') {
    if (!isFractional(one.type) && !isFractional(two.type)) return { ...decimalArithmetic(op, one, two, at), ...flags };
  }
  const type = commonNumeric(one.type, two.type);
  return { sql: `(${implicitCast(one, type, at).sql} ${op} ${implicitCast(two, type, at).sql})`, type, ...flags };
}

/** A string beside a number is read as one: BIGINT beside an integer, DOUBLE otherwise. NULL takes the other's type. */
function numeric(bound: Bound, other: Bound, op: string, at: Position): Bound {
  if (isNumeric(bound.type)) return bound;
  if (bound.type.kind === 'void') return implicitCast(bound, isNumeric(other.type) ? other.type : DOUBLE, at);
  if (bound.type.kind === 'string') return implicitCast(bound, isIntegral(other.type) ? LONG : DOUBLE, at);
  throw new SparkError(
    'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE',
    `Cannot resolve "(.. ${op} ..)" due to data type mismatch: the binary operator requires the input type "NUMERIC", not "${typeName(bound.type)}".`,
    { at },
  );
}

/** https://docs.databricks.com/sql/language-manual/data-types/decimal-type.html: the result's precision and scale. */
export function decimalResult(
  op: '+' | '-' | '*' | '/',
  left: DataType,
  right: DataType,
): { kind: 'decimal'; precision: number; scale: number } {
  const [one, two] = [asDecimal(left), asDecimal(right)];
  if (op === '*') return adjusted(one.precision + two.precision + 1, one.scale + two.scale);
  if (op === '/') {
    const scale = Math.max(6, one.scale + two.precision + 1);
    return adjusted(one.precision - one.scale + two.scale + scale, scale);
  }
  const scale = Math.max(one.scale, two.scale);
  return adjusted(Math.max(one.precision - one.scale, two.precision - two.scale) + scale + 1, scale);
}

/** An integer literal beside a decimal is as narrow as its digits, so 2 * decimal(10,2) is decimal(12,2). */
function asNarrowDecimal(bound: Bound): DataType {
  if (isIntegral(bound.type) && bound.digits !== undefined)
    return { kind: 'decimal', precision: bound.digits.replace('-', '').replace(/^0+(?=\d)/, '').length, scale: 0 };
  const { precision, scale } = asDecimal(bound.type);
  return { kind: 'decimal', precision, scale };
}

function decimalArithmetic(op: '+' | '-' | '*', left: Bound, right: Bound, at: Position): Bound {
  const [leftType, rightType] = [asNarrowDecimal(left), asNarrowDecimal(right)];
  const type = decimalResult(op, leftType, rightType);
  if (op === '*') {
    const scale = asDecimal(leftType).scale + asDecimal(rightType).scale;
    if (scale > 38)
      throw notImplemented(`the product of ${typeName(leftType)} and ${typeName(rightType)}; cast them narrower`, at);
    return {
      sql: `CAST(${implicitCast(left, leftType, at).sql} * ${implicitCast(right, rightType, at).sql} AS ${duckDbType(type)})`,
      type,
    };
  }
  // Both sides at the result's scale: DuckDB then adds digit by digit and raises where 38 digits do not hold the sum.
  const operand: DataType = { kind: 'decimal', precision: Math.min(38, type.precision), scale: type.scale };
  return {
    sql: `CAST(${implicitCast(left, operand, at).sql} ${op} ${implicitCast(right, operand, at).sql} AS ${duckDbType(type)})`,
    type,
  };
}

/** Guards a divisor: DuckDB would answer NULL or infinity. */
function nonZero(bound: Bound): string {
  if (bound.constant && Number(bound.constant) !== 0) return bound.sql;
  const message = "'Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.'";
  return `CASE WHEN ${bound.sql} = 0 THEN ${raise('DIVIDE_BY_ZERO', message, bound.type)} ELSE ${bound.sql} END`;
}

export function divide(left: Bound, right: Bound, at: Position, safe = false): Bound {
  const guard = (bound: Bound): string => (safe ? `nullif(${bound.sql}, 0)` : nonZero(bound));
  const decimals =
    (left.type.kind === 'decimal' || right.type.kind === 'decimal') &&
    !isFractional(left.type) &&
    !isFractional(right.type);
  if (!decimals) {
    const [one, two] = [implicitCast(left, DOUBLE, at), implicitCast(right, DOUBLE, at)];
    return { sql: `(${one.sql} / ${guard(two)})`, type: DOUBLE };
  }
  const [leftType, rightType] = [asNarrowDecimal(left), asNarrowDecimal(right)];
  const type = decimalResult('/', leftType, rightType);
  return decimalQuotient(
    implicitCast(left, leftType, at),
    { ...implicitCast(right, rightType, at), constant: right.constant },
    type,
    guard,
  );
}

/**
 * left / right, rounded half up to the result's scale, exactly: DuckDB would divide as doubles. Long division on the unscaled integers, in steps of
 * as many digits as surely fit a HUGEINT.
 */
export function decimalQuotient(
  left: Bound,
  right: Bound,
  type: { kind: 'decimal'; precision: number; scale: number },
  guard: (bound: Bound) => string = nonZero,
): Bound {
  const [one, two] = [asDecimal(left.type), asDecimal(right.type)];
  const digits = type.scale - one.scale + two.scale;
  const numerator = unscaled(left.sql, one);
  const denominator = unscaled(guard(right), two);
  const unit =
    type.scale === 0 ? '1' : `CAST('${`0.${'0'.repeat(type.scale - 1)}1`}' AS DECIMAL(${type.scale},${type.scale}))`;
  const power = (exponent: number): string => `CAST('1${'0'.repeat(exponent)}' AS HUGEINT)`;
  const half = Math.floor(digits / 2);
  const quotient =
    two.precision + digits <= 37
      ? `spark_divide(${numerator}, ${denominator}, ${power(digits)})`
      : `spark_divide_wide(${numerator}, ${denominator}, ${power(digits - half)}, ${power(half)})`;
  return { sql: `CAST(CAST(${quotient} AS DECIMAL(38,0)) * ${unit} AS ${duckDbType(type)})`, type };
}

/** A decimal's unscaled integer. By multiplication where that fits in 38 digits, else by its text. */
function unscaled(sql: string, { precision, scale }: { precision: number; scale: number }): string {
  if (scale === 0) return `CAST(${sql} AS HUGEINT)`;
  if (precision + scale < 38)
    return `CAST(${sql} * CAST(${10n ** BigInt(scale)} AS DECIMAL(${scale + 1},0)) AS HUGEINT)`;
  return `CAST(replace(CAST(${sql} AS VARCHAR), '.', '') AS HUGEINT)`;
}

function integralDivide(left: Bound, right: Bound, at: Position): Bound {
  if (isIntegral(left.type) && isIntegral(right.type)) {
    const [one, two] = [implicitCast(left, LONG, at), implicitCast(right, LONG, at)];
    return { sql: `(${one.sql} // ${nonZero({ ...two, constant: right.constant })})`, type: LONG };
  }
  if (isFractional(left.type) || isFractional(right.type)) {
    const [one, two] = [implicitCast(left, DOUBLE, at), implicitCast(right, DOUBLE, at)];
    return { sql: `CAST(trunc(${one.sql} / ${nonZero(two)}) AS BIGINT)`, type: LONG };
  }
  const type = commonNumeric(left.type, right.type);
  const [one, two] = [implicitCast(left, type, at), implicitCast(right, type, at)];
  const whole = asDecimal(type);
  return { sql: `CAST(${unscaled(one.sql, whole)} // ${unscaled(nonZero(two), whole)} AS BIGINT)`, type: LONG };
}

function remainder(left: Bound, right: Bound, at: Position): Bound {
  const type = commonNumeric(left.type, right.type);
  const [one, two] = [implicitCast(left, type, at), implicitCast(right, type, at)];
  if (type.kind !== 'decimal') return { sql: `(${one.sql} % ${nonZero(two)})`, type };
  const [a, b] = [asDecimal(left.type), asDecimal(right.type)];
  const scale = Math.max(a.scale, b.scale);
  const result = adjusted(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
  return { sql: `CAST(${one.sql} % ${nonZero(two)} AS ${duckDbType(result)})`, type: result };
}

function temporalArithmetic(op: '+' | '-', left: Bound, right: Bound, at: Position): Bound | undefined {
  if (
    op === '+' &&
    right.type.kind !== 'interval' &&
    (right.type.kind === 'date' || left.type.kind === 'interval') &&
    left.type.kind !== 'date'
  )
    return temporalArithmetic(op, right, left, at);
  const { kind } = left.type;
  if (right.type.kind === 'interval') {
    if (kind === 'interval')
      return {
        sql: `(${left.sql} ${op} ${right.sql})`,
        type: left.type,
        subDay: (left.subDay ?? false) || (right.subDay ?? false),
      };
    if (kind === 'date' && !right.subDay)
      return { ...left, sql: `CAST(${left.sql} ${op} ${right.sql} AS DATE)`, type: DATE, constant: undefined };
    if (kind === 'timestamp_ntz') return { ...left, sql: `(${left.sql} ${op} ${right.sql})`, constant: undefined };
    if (kind === 'timestamp' || kind === 'date' || kind === 'string') {
      const instant = implicitCast(left, TIMESTAMP, at);
      return { ...instant, sql: `(${instant.sql} ${op} ${right.sql})`, constant: undefined };
    }
  }
  if (kind === 'date' && isIntegral(right.type) && right.type.kind !== 'long')
    return { ...left, sql: `(${left.sql} ${op} CAST(${right.sql} AS INTEGER))`, constant: undefined };
  if (
    op === '-' &&
    ['date', 'timestamp', 'timestamp_ntz'].includes(kind) &&
    ['date', 'timestamp', 'timestamp_ntz'].includes(right.type.kind)
  )
    throw notImplemented('the difference of dates as an interval; use datediff or timestampdiff', at);
  return undefined;
}
