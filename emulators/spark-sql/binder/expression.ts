import { BOOLEAN, INTEGER, INTERVAL, LONG, primitive, quoteName, STRING, typeName } from '../../delta/data-type.ts';
import type { Expression, WindowSpec } from '../ast.ts';
import { bindCall } from '../functions/call.ts';
import { checkPattern } from '../functions/regex.ts';
import { notImplemented, type Position, SparkError } from '../spark-error.ts';
import { arithmetic } from './arithmetic.ts';
import { type Bound, literal } from './bound.ts';
import { cast, commonType, implicitCast, isIntegral, isNumeric, unify } from './coercion.ts';
import { bindQuery } from './query.ts';
import { type Binding, emptyScope, fields, resolveColumn, type Scope } from './scope.ts';

/** Where an expression stands: its names, and the windows that its select defines. */
export interface Place {
  readonly binding: Binding;
  readonly scope: Scope;
  readonly windows: ReadonlyMap<string, WindowSpec>;
}

type Node<K extends Expression['node']> = Extract<Expression, { node: K }>;

/** Whether any part holds an aggregate; what a parent expression inherits. */
export const inherited = (...parts: readonly Bound[]): Pick<Bound, 'aggregate' | 'generator'> => ({
  aggregate: parts.some((part) => part.aggregate),
  generator: parts.some((part) => part.generator),
});

/** Resolves names, works out types, and writes DuckDB SQL that computes what Spark would. */
export function bindExpression(place: Place, expression: Expression): Bound {
  const { at } = expression;
  const bind = (part: Expression): Bound => bindExpression(place, part);
  switch (expression.node) {
    case 'literal':
      return bindLiteral(expression);
    case 'column':
      return bindColumn(place, expression);
    case 'star':
      throw new SparkError('INVALID_USAGE_OF_STAR_OR_REGEX', "Invalid usage of '*' in expression.", {
        at,
        sqlState: '42000',
      });
    case 'parameter': {
      const value = place.binding.environment.parameters.get(expression.name);
      if (value === undefined)
        throw new SparkError(
          'UNBOUND_SQL_PARAMETER',
          `Found the unbound parameter: ${expression.name}. Please, fix \`args\` and provide a mapping of the parameter to a SQL literal.`,
          { at },
        );
      return value;
    }
    case 'call':
      return bindCall(place, expression);
    case 'unary':
      return bindUnary(place, expression);
    case 'binary':
      return bindBinary(place, expression);
    case 'between': {
      const [operand, low, high] = [bind(expression.operand), bind(expression.low), bind(expression.high)];
      const { values } = unify([operand, low, high], at, expression.text);
      const sql = `(${values[0]!.sql} ${expression.negated ? 'NOT ' : ''}BETWEEN ${values[1]!.sql} AND ${values[2]!.sql})`;
      return { sql, type: BOOLEAN, ...inherited(operand, low, high) };
    }
    case 'in': {
      const parts = [bind(expression.operand), ...expression.items.map(bind)];
      const { values } = unify(parts, at, expression.text);
      const list = values.slice(1).map((value) => value.sql);
      return {
        sql: `(${values[0]!.sql} ${expression.negated ? 'NOT ' : ''}IN (${list.join(', ')}))`,
        type: BOOLEAN,
        ...inherited(...parts),
      };
    }
    case 'inQuery':
      return bindInQuery(place, expression);
    case 'exists': {
      const query = bindQuery(place.binding, emptyScope(place.scope), expression.query);
      return { sql: `EXISTS (${query.sql})`, type: BOOLEAN };
    }
    case 'scalarQuery': {
      const query = bindQuery(place.binding, emptyScope(place.scope), expression.query);
      if (query.columns.length !== 1)
        throw new SparkError(
          'INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN',
          `Invalid subquery: Scalar subquery must return only one column, but got ${query.columns.length}.`,
          { at, sqlState: '42823' },
        );
      return { sql: `(${query.sql})`, type: query.columns[0]!.type };
    }
    case 'like':
      return bindLike(place, expression);
    case 'is': {
      const operand = expression.what === 'NULL' ? bind(expression.operand) : asBoolean(bind(expression.operand), at);
      return {
        sql: `(${operand.sql} IS ${expression.negated ? 'NOT ' : ''}${expression.what})`,
        type: BOOLEAN,
        ...inherited(operand),
      };
    }
    case 'case':
      return bindCase(place, expression);
    case 'cast': {
      const operand = bind(expression.operand);
      return cast(operand, expression.type, { safe: expression.safe, at });
    }
    case 'interval': {
      const terms = expression.terms.map(({ amount, unit }) => ({ amount: bind(amount), unit }));
      const sql = terms.map(({ amount, unit }) => {
        const count = implicitCast(
          amount,
          unit === 'SECOND' && !isIntegral(amount.type) ? primitive('double') : LONG,
          at,
        );
        return `to_${intervalFunctions[unit]}(${count.type.kind === 'long' && unit !== 'SECOND' && unit !== 'MICROSECOND' && unit !== 'MILLISECOND' && unit !== 'HOUR' && unit !== 'MINUTE' ? `CAST(${count.sql} AS INTEGER)` : count.sql})`;
      });
      const subDay = terms.some(({ unit }) => !['YEAR', 'MONTH', 'WEEK', 'DAY'].includes(unit));
      return {
        sql: sql.length === 1 ? sql[0]! : `(${sql.join(' + ')})`,
        type: INTERVAL,
        subDay,
        ...inherited(...terms.map((term) => term.amount)),
      };
    }
    case 'subscript':
      return bindSubscript(bind(expression.operand), bind(expression.index), at);
    case 'field':
      return fields(bind(expression.operand), [expression.field], at);
  }
}

const intervalFunctions: Readonly<Record<string, string>> = {
  YEAR: 'years',
  MONTH: 'months',
  WEEK: 'weeks',
  DAY: 'days',
  HOUR: 'hours',
  MINUTE: 'minutes',
  SECOND: 'seconds',
  MILLISECOND: 'milliseconds',
  MICROSECOND: 'microseconds',
};

/** An expression that has to be a condition. */
export function bindCondition(place: Place, expression: Expression): Bound {
  return asBoolean(bindExpression(place, expression), expression.at);
}

function asBoolean(bound: Bound, at: Position): Bound {
  if (bound.type.kind === 'boolean') return bound;
  if (bound.type.kind === 'void' || bound.type.kind === 'string') return implicitCast(bound, BOOLEAN, at);
  throw notBoolean(bound, at);
}

function notBoolean(bound: Bound, at: Position): SparkError {
  return new SparkError(
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
    `Cannot resolve a condition due to data type mismatch: it requires the "BOOLEAN" type, however it has the type "${typeName(bound.type)}".`,
    { at },
  );
}

function bindLiteral({ type, value, at }: Node<'literal'>): Bound {
  if (value === null) return { sql: 'NULL', type, constant: null };
  if (type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz') {
    const text = String(value);
    const shape =
      type.kind === 'date'
        ? /^\s*\d{4}(-\d{1,2}(-\d{1,2})?)?\s*$/
        : /^\s*\d{4}(-\d{1,2}(-\d{1,2}([ T]\d{1,2}(:\d{1,2}(:\d{1,2}(\.\d{1,9})?)?)?\s*\S*)?)?)?\s*$/;
    if (!shape.test(text))
      throw new SparkError(
        'INVALID_TYPED_LITERAL',
        `The value of the typed literal "${typeName(type)}" is invalid: '${text}'.`,
        { at, sqlState: '42604' },
      );
    return { ...cast({ sql: literal(STRING, text).sql, type: STRING }, type, { safe: false, at }), constant: text };
  }
  const bound = literal(type, String(value));
  return isIntegral(type) ? { ...bound, digits: String(value) } : bound;
}

/** Functions that Spark calls without parentheses, where no column has the name. */
const bareFunctions = new Set([
  'current_date',
  'current_timestamp',
  'current_user',
  'user',
  'current_catalog',
  'current_schema',
  'localtimestamp',
]);

function bindColumn(place: Place, { parts, at, text }: Node<'column'>): Bound {
  const name = parts[0]!.toLowerCase();
  if (parts.length === 1 && bareFunctions.has(name)) {
    const call = {
      node: 'call' as const,
      name,
      args: [],
      distinct: false,
      filter: undefined,
      over: undefined,
      ignoreNulls: false,
      at,
      text,
    };
    return bindCall(place, call);
  }
  return resolveColumn(place.binding, place.scope, parts, at);
}

function bindUnary(place: Place, { op, operand, at, text }: Node<'unary'>): Bound {
  const bound = bindExpression(place, operand);
  if (op === 'NOT') {
    const condition = asBoolean(bound, at);
    return { ...condition, sql: `(NOT ${condition.sql})`, constant: undefined };
  }
  if (op === '~') throw notImplemented('the operator ~', at);
  const number =
    bound.type.kind === 'string' || bound.type.kind === 'void' ? implicitCast(bound, primitive('double'), at) : bound;
  if (!isNumeric(number.type) && number.type.kind !== 'interval')
    throw new SparkError(
      'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
      `Cannot resolve "${text}" due to data type mismatch: the operand requires a numeric type, however it has the type "${typeName(number.type)}".`,
      { at },
    );
  return op === '+' ? number : { ...number, sql: `(-${number.sql})`, constant: undefined };
}

function bindBinary(place: Place, { op, left, right, at, text }: Node<'binary'>): Bound {
  const [one, two] = [bindExpression(place, left), bindExpression(place, right)];
  switch (op) {
    case 'AND':
    case 'OR':
      return {
        sql: `(${asBoolean(one, at).sql} ${op} ${asBoolean(two, at).sql})`,
        type: BOOLEAN,
        ...inherited(one, two),
      };
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '<=>': {
      const type = commonType(one.type, two.type);
      if (type === undefined)
        throw new SparkError(
          'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES',
          `Cannot resolve "${text}" due to data type mismatch: the left and right operands of the binary operator have incompatible types ("${typeName(one.type)}" and "${typeName(two.type)}").`,
          { at },
        );
      const [a, b] = [implicitCast(one, type, at).sql, implicitCast(two, type, at).sql];
      return {
        sql: `(${a} ${op === '<=>' ? 'IS NOT DISTINCT FROM' : op} ${b})`,
        type: BOOLEAN,
        ...inherited(one, two),
      };
    }
    case '||': {
      if (one.type.kind === 'array' || two.type.kind === 'array') throw notImplemented('|| on arrays', at);
      const [a, b] = [implicitCast(one, STRING, at).sql, implicitCast(two, STRING, at).sql];
      return { sql: `(${a} || ${b})`, type: STRING, ...inherited(one, two) };
    }
    case '&':
    case '|':
    case '^': {
      const { values, type } = unify([one, two], at, text);
      if (!isIntegral(type))
        throw new SparkError(
          'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE',
          `Cannot resolve "${text}" due to data type mismatch: the binary operator requires the input type "INTEGRAL", not "${typeName(type)}".`,
          { at },
        );
      const sql =
        op === '^' ? `xor(${values[0]!.sql}, ${values[1]!.sql})` : `(${values[0]!.sql} ${op} ${values[1]!.sql})`;
      return { sql, type, ...inherited(one, two) };
    }
    default:
      return { ...arithmetic(op, one, two, at), ...inherited(one, two) };
  }
}

function bindInQuery(place: Place, { operands, query, negated, at }: Node<'inQuery'>): Bound {
  const bound = bindQuery(place.binding, emptyScope(place.scope), query);
  const values = operands.map((operand) => bindExpression(place, operand));
  if (bound.columns.length !== values.length)
    throw new SparkError(
      'DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH',
      `The number of columns in the left hand side of an IN subquery does not match the number of columns in the output of subquery: ${values.length} and ${bound.columns.length}.`,
      { at },
    );
  const alias = place.binding.fresh('s');
  const pairs = values.map((value, index) => {
    const column = bound.columns[index]!;
    return unify([value, { sql: `${alias}.${quoteName(column.sqlName)}`, type: column.type }], at, 'IN').values;
  });
  const not = negated ? 'NOT ' : '';
  if (pairs.length === 1) {
    const [value, column] = pairs[0]!;
    return {
      sql: `(${value!.sql} ${not}IN (SELECT ${column!.sql} FROM (${bound.sql}) AS ${alias}))`,
      type: BOOLEAN,
      ...inherited(...values),
    };
  }
  if (negated) throw notImplemented('NOT IN with several columns; use NOT EXISTS', at);
  const matches = pairs.map(([value, column]) => `${value!.sql} = ${column!.sql}`).join(' AND ');
  return {
    sql: `EXISTS (SELECT 1 FROM (${bound.sql}) AS ${alias} WHERE ${matches})`,
    type: BOOLEAN,
    ...inherited(...values),
  };
}

function bindLike(place: Place, { op, operand, pattern, escapeCharacter, negated, at }: Node<'like'>): Bound {
  const [value, like] = [bindExpression(place, operand), bindExpression(place, pattern)];
  const text = implicitCast(value, STRING, at).sql;
  const not = negated ? 'NOT ' : '';
  if (op === 'RLIKE')
    return { sql: `(${not}regexp_matches(${text}, ${checkPattern(like, at)}))`, type: BOOLEAN, ...inherited(value) };
  if ([...escapeCharacter].length !== 1)
    throw new SparkError(
      'INVALID_ESCAPE_CHAR',
      `\`EscapeChar\` should be a string literal of length one, but got "${escapeCharacter}".`,
      { at, sqlState: '42604' },
    );
  const sql = `(${text} ${not}${op} ${implicitCast(like, STRING, at).sql} ESCAPE ${literal(STRING, escapeCharacter).sql})`;
  return { sql, type: BOOLEAN, ...inherited(value, like) };
}

function bindCase(place: Place, { operand, whens, otherwise, at, text }: Node<'case'>): Bound {
  const subject = operand && bindExpression(place, operand);
  const results = [...whens.map(({ result }) => result), ...(otherwise ? [otherwise] : [])].map((part) =>
    bindExpression(place, part),
  );
  const { values, type } = unify(results, at, text);
  const conditions = whens.map(({ when }) => {
    if (subject === undefined) {
      const condition = bindExpression(place, when);
      // An untyped NULL is no condition here, though it is one for NOT and AND.
      if (condition.type.kind !== 'boolean') throw notBoolean(condition, when.at);
      return condition;
    }
    const [a, b] = unify([subject, bindExpression(place, when)], at, text).values;
    return { ...b!, sql: `${a!.sql} = ${b!.sql}` };
  });
  const branches = conditions.map((condition, index) => `WHEN ${condition.sql} THEN ${values[index]!.sql}`);
  const rest = otherwise ? ` ELSE ${values.at(-1)!.sql}` : '';
  return { sql: `CASE ${branches.join(' ')}${rest} END`, type, ...inherited(...results, ...conditions) };
}

/** array[i] counts from 0 and raises outside of the array; map[key] is NULL for an absent key. */
function bindSubscript(operand: Bound, index: Bound, at: Position): Bound {
  const { type } = operand;
  if (type.kind === 'array')
    return {
      sql: `spark_array_get(${operand.sql}, ${implicitCast(index, INTEGER, at).sql})`,
      type: type.element,
      ...inherited(operand, index),
    };
  if (type.kind === 'map')
    return {
      sql: `(${operand.sql})[${implicitCast(index, type.key, at).sql}]`,
      type: type.value,
      ...inherited(operand, index),
    };
  throw new SparkError(
    'INVALID_EXTRACT_BASE_FIELD_TYPE',
    `Can't extract a value from "${typeName(type)}": it needs a complex type.`,
    { at, sqlState: '42000' },
  );
}
