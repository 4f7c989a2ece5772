import type { Binary } from '../ast.ts';
import {
  clash,
  decimalArithmetic,
  decimalFacets,
  duckdbType,
  higher,
  INT,
  isApproximate,
  isBinary,
  isCharacter,
  isInteger,
  isMoney,
  isNumeric,
  isUnicode,
  shortName,
} from '../bind/types.ts';
import type { BoundExpression } from '../bound.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { convert, textLength } from './convert.ts';
import { raise } from './raise.ts';

const NAMES: Record<Binary['operator'], string> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'modulo',
  '&': "'&'",
  '|': "'|'",
  '^': "'^'",
  '||': 'concatenate',
};

/** `left operator right` with T-SQL's result type; overflow and division by zero are errors 8115 and 8134. */
export function arithmetic(
  operator: Binary['operator'],
  left: BoundExpression,
  right: BoundExpression,
): BoundExpression {
  let [a, b] = [left, right];
  if (a.untypedNull && b.untypedNull) [a, b] = [convert(a, INT), convert(b, INT)];
  else if (a.untypedNull) a = convert(a, b.type);
  else if (b.untypedNull) b = convert(b, a.type);
  if (operator === '||' || (operator === '+' && isText(a.type) && isText(b.type))) return concatenate(a, b);
  const dated = dateArithmetic(operator, a, b);
  if (dated) return dated;
  const top = higher(a.type, b.type);
  if (!isNumeric(top) && top.name !== 'bit') throw invalid(operator, isNumeric(a.type) ? b.type : a.type);
  // Text, bytes and the lesser number become the type of the greater.
  const nullable = a.nullable || b.nullable;
  if (operator === '&' || operator === '|' || operator === '^') return bitwise(operator, a, b, top, nullable);
  if (top.name === 'bit') throw invalid(operator, top);
  if (top.name === 'decimal' && !isMoney(a.type) && !isMoney(b.type)) return decimalResult(operator, a, b, nullable);
  if (isApproximate(top)) return approximate(operator, a, b, top, nullable);
  if (top.name === 'decimal') return decimalResult(operator, a, b, nullable);
  if (isMoney(top)) return moneyResult(operator, a, b, top, nullable);
  return integerResult(operator, a, b, top, nullable);
}

function isText(type: SqlType): boolean {
  return isCharacter(type) || isBinary(type);
}

function invalid(operator: Binary['operator'], type: SqlType): SqlError {
  return new SqlError(8117, `Operand data type ${shortName(type)} is invalid for ${NAMES[operator]} operator.`);
}

function concatenate(a: BoundExpression, b: BoundExpression): BoundExpression {
  const [x, y] = [textLength(a.type), textLength(b.type)];
  const nullable = a.nullable || b.nullable;
  if (isBinary(a.type) && isBinary(b.type)) {
    const length =
      a.type.length === 'max' || b.type.length === 'max'
        ? 'max'
        : Math.min(8000, (a.type.length ?? 1) + (b.type.length ?? 1));
    return { sql: `(${a.sql} || ${b.sql})`, type: { name: 'varbinary', length }, nullable };
  }
  const unicode = isUnicode(a.type) || isUnicode(b.type);
  const limit = unicode ? 4000 : 8000;
  const length = x === 'max' || y === 'max' ? 'max' : Math.min(limit, x + y);
  const type: SqlType = { name: unicode ? 'nvarchar' : 'varchar', length };
  const text = (value: BoundExpression) =>
    isCharacter(value.type) ? value.sql : convert(value, { ...type, length: 'max' }).sql;
  // DuckDB forgets the type of text joined with a NULL constant.
  const sql = a.literal === null || b.literal === null ? 'CAST(NULL AS VARCHAR)' : `(${text(a)} || ${text(b)})`;
  const folded =
    typeof a.literal === 'string' && typeof b.literal === 'string' && isCharacter(a.type) && isCharacter(b.type);
  const over = x !== 'max' && y !== 'max' && x + y > limit;
  return {
    sql: over ? `left(${sql}, ${limit})` : sql,
    type,
    nullable,
    ...(folded && { literal: `${a.literal}${b.literal}` }),
    ...((a.collation ?? b.collation) !== undefined && { collation: a.collation ?? b.collation }),
  };
}

/** datetime and smalldatetime take days by + and -; other dates take nothing. */
function dateArithmetic(
  operator: Binary['operator'],
  a: BoundExpression,
  b: BoundExpression,
): BoundExpression | undefined {
  const dated = (type: SqlType) => /^(date|time)/.test(type.name) || type.name === 'smalldatetime';
  if (!dated(a.type) && !dated(b.type)) return undefined;
  const [date, other] = dated(a.type) ? [a, b] : [b, a];
  const legacy = date.type.name === 'datetime' || date.type.name === 'smalldatetime';
  if (!legacy || (operator !== '+' && operator !== '-') || (operator === '-' && date === b && !dated(a.type))) {
    if (legacy || dated(other.type)) throw invalid(operator, date.type);
    throw clash(date.type, other.type);
  }
  if (dated(other.type)) {
    if (operator === '+') throw invalid(operator, date.type);
    const sql = `(TIMESTAMP '1900-01-01' + (${convert(a, { name: 'datetime' }).sql} - ${convert(b, { name: 'datetime' }).sql}))`;
    return { sql, type: { name: 'datetime' }, nullable: a.nullable || b.nullable };
  }
  const days = isInteger(other.type)
    ? `to_days(CAST(${other.sql} AS INTEGER))`
    : `to_microseconds(CAST(round(${convert(other, { name: 'float' }).sql} * 86400000000) AS BIGINT))`;
  return { sql: `(${date.sql} ${operator} ${days})`, type: date.type, nullable: a.nullable || b.nullable };
}

function bitwise(
  operator: '&' | '|' | '^',
  a: BoundExpression,
  b: BoundExpression,
  top: SqlType,
  nullable: boolean,
): BoundExpression {
  if (top.name === 'bit') {
    const [x, y] = [`CAST(${a.sql} AS UTINYINT)`, `CAST(${b.sql} AS UTINYINT)`];
    const sql = operator === '^' ? `xor(${x}, ${y})` : `(${x} ${operator} ${y})`;
    return { sql: `CAST(${sql} AS BOOLEAN)`, type: top, nullable };
  }
  if (!isInteger(top)) throw invalid(operator, top);
  const [x, y] = [operand(a, top), operand(b, top)];
  return { sql: operator === '^' ? `xor(${x}, ${y})` : `(${x} ${operator} ${y})`, type: top, nullable };
}

/** An operand in the type of the result. A literal or a narrower number that DuckDB widens by itself stays plain. */
function operand(value: BoundExpression, type: SqlType): string {
  if (value.type.name === type.name) return value.sql;
  if (type.name === 'bigint' && value.type.name === 'int') return value.literal === undefined ? value.sql : value.sql;
  return convert(value, type).sql;
}

/** The divisor, checked: zero is error 8134. A literal is checked here. */
function checked(quotient: string, divisor: BoundExpression): string {
  if (divisor.literal !== undefined && divisor.literal !== null && Number(divisor.literal) !== 0) return quotient;
  return `CASE WHEN ${divisor.sql} = 0 THEN ${raise(8134, 'Divide by zero error encountered.')} ELSE ${quotient} END`;
}

function integerResult(
  operator: '+' | '-' | '*' | '/' | '%',
  a: BoundExpression,
  b: BoundExpression,
  type: SqlType,
  nullable: boolean,
): BoundExpression {
  const x = operand(a, type);
  const y = operand(b, type);
  const divisor = { ...b, sql: y };
  const text = `(${x} ${operator === '/' ? '//' : operator} ${y})`;
  const sql = operator === '/' || operator === '%' ? checked(text, divisor) : text;
  // Two literals would be computed by DuckDB in a width of its choice.
  const literals = a.literal !== undefined && b.literal !== undefined;
  return { sql: literals ? `CAST(${sql} AS ${duckdbType(type)})` : sql, type, nullable };
}

function approximate(
  operator: '+' | '-' | '*' | '/' | '%',
  a: BoundExpression,
  b: BoundExpression,
  type: SqlType,
  nullable: boolean,
): BoundExpression {
  if (operator === '%') throw invalid(operator, type);
  const [x, y] = [convert(a, type), convert(b, type)];
  const text = `(${x.sql} ${operator} ${y.sql})`;
  return { sql: operator === '/' ? checked(text, { ...y, literal: b.literal }) : text, type, nullable };
}

function moneyResult(
  operator: '+' | '-' | '*' | '/' | '%',
  a: BoundExpression,
  b: BoundExpression,
  type: SqlType,
  nullable: boolean,
): BoundExpression {
  const [x, y] = [convert(a, type), convert(b, type)];
  if (operator === '/') {
    return { sql: checked(exactQuotient(x, y, { name: 'decimal', precision: 19, scale: 4 }), y), type, nullable };
  }
  const text = `CAST(${x.sql} ${operator} ${y.sql} AS ${duckdbType(type)})`;
  return { sql: operator === '%' ? checked(text, y) : text, type, nullable };
}

function decimalResult(
  operator: '+' | '-' | '*' | '/' | '%',
  a: BoundExpression,
  b: BoundExpression,
  nullable: boolean,
): BoundExpression {
  const [x, y] = [asDecimal(a, b), asDecimal(b, a)];
  const type = decimalArithmetic(operator, x.type, y.type);
  if (operator === '/') return { sql: checked(exactQuotient(x, y, type), y), type, nullable };
  const [p, q] = [decimalFacets(x.type), decimalFacets(y.type)];
  let [left, right] = [x.sql, y.sql];
  if (operator === '*' && p.scale + q.scale > (type.scale ?? 0)) {
    // More digits than DuckDB multiplies: through DOUBLE, as its own DECIMAL would overflow.
    if (p.precision + q.precision > 38 && p.scale + q.scale > 30) {
      left = `CAST(${left} AS DOUBLE)`;
      right = `CAST(${right} AS DOUBLE)`;
    }
  }
  const sql = `CAST(${left} ${operator} ${right} AS ${duckdbType(type)})`;
  return { sql: operator === '%' ? checked(sql, y) : sql, type, nullable };
}

/** A number as decimal: an integer literal counts its own digits, text takes the type of the other operand. */
function asDecimal(value: BoundExpression, other: BoundExpression): BoundExpression {
  if (value.type.name === 'decimal') return value;
  if (isCharacter(value.type)) return convert(value, other.type);
  if (isInteger(value.type) && typeof value.literal === 'string') {
    const digits = value.literal.replace('-', '').length;
    const type: SqlType = { name: 'decimal', precision: digits, scale: 0 };
    return { ...value, sql: `CAST(${value.sql} AS ${duckdbType(type)})`, type };
  }
  const { precision, scale } = decimalFacets(value.type);
  return { ...convert(value, { name: 'decimal', precision, scale }), literal: value.literal };
}

/**
 * a / b to `type.scale` digits, cut off as SQL Server does. DuckDB divides decimals as DOUBLE, so the quotient is taken of the
 * unscaled numbers in 128-bit integers; where those have too few digits, DOUBLE has to do.
 */
export function exactQuotient(a: BoundExpression, b: BoundExpression, type: SqlType): string {
  const [p, q] = [decimalFacets(a.type), decimalFacets(b.type)];
  const scale = type.scale ?? 0;
  const power = scale - p.scale + q.scale;
  const fits = p.precision + Math.max(0, power) <= 38 && scale <= 18 && power >= 0;
  if (!fits) return `CAST(CAST(${a.sql} AS DOUBLE) / CAST(${b.sql} AS DOUBLE) AS ${duckdbType(type)})`;
  const unscaled = (sql: string, digits: number, extra: number) => {
    const integer =
      digits === 0
        ? `CAST(${sql} AS HUGEINT)`
        : `CAST(${sql} * CAST(1${'0'.repeat(digits)} AS DECIMAL(${digits + 1},0)) AS HUGEINT)`;
    return extra > 0 ? `${integer} * 1${'0'.repeat(extra)}::HUGEINT` : integer;
  };
  if (p.precision + p.scale + 1 > 38 || q.precision + q.scale + 1 > 38) {
    return `CAST(CAST(${a.sql} AS DOUBLE) / CAST(${b.sql} AS DOUBLE) AS ${duckdbType(type)})`;
  }
  const quotient = `((${unscaled(a.sql, p.scale, power)}) // (${unscaled(b.sql, q.scale, 0)}))`;
  return rescaled(quotient, type);
}

/** A HUGEINT of units of 10^-scale as a decimal. */
export function rescaled(units: string, type: SqlType): string {
  const scale = type.scale ?? 0;
  if (scale === 0) return `CAST(${units} AS ${duckdbType(type)})`;
  const one = `1${'0'.repeat(scale)}::HUGEINT`;
  const unit = `CAST('0.${'0'.repeat(scale - 1)}1' AS DECIMAL(${scale + 1},${scale}))`;
  const whole = `CAST(${units} // ${one} AS ${duckdbType(type)})`;
  return `CAST(${whole} + CAST(${units} % ${one} AS DECIMAL(${scale},0)) * ${unit} AS ${duckdbType(type)})`;
}
