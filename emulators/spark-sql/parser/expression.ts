import {
  BOOLEAN,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  INTEGER,
  LONG,
  primitive,
  SHORT,
  STRING,
  VOID,
} from '../../delta/data-type.ts';
import type { BinaryOperator, Expression, Frame, FrameBound, SortItem, WindowSpec } from '../ast.ts';
import type { Token } from '../lexer.ts';
import { notImplemented, type Position, SparkError } from '../spark-error.ts';
import type { Cursor } from './cursor.ts';
import { parseQuery, startsQuery } from './query.ts';
import { parseType } from './type.ts';

/**
 * Precedence, loosest first: OR, AND, NOT, predicates and comparisons, |, ^, &, + - ||, * / % DIV, unary, :: [] .
 * https://docs.databricks.com/sql/language-manual/functions/builtin#operator-precedence
 */
export function parseExpression(cursor: Cursor): Expression {
  return or(cursor);
}

type Bare = Expression extends infer E ? (E extends Expression ? Omit<E, 'at' | 'text'> : never) : never;

function node(cursor: Cursor, start: Token, bare: Bare): Expression {
  return { ...bare, at: start.at, text: cursor.textFrom(start.start) } as Expression;
}

function leftAssociative(
  cursor: Cursor,
  operators: Readonly<Record<string, BinaryOperator>>,
  operand: (cursor: Cursor) => Expression,
): Expression {
  const start = cursor.peek();
  let left = operand(cursor);
  for (;;) {
    const op = operators[cursor.peek().key];
    if (op === undefined) return left;
    cursor.next();
    left = node(cursor, start, { node: 'binary', op, left, right: operand(cursor) });
  }
}

const or = (cursor: Cursor): Expression => leftAssociative(cursor, { OR: 'OR' }, and);
const and = (cursor: Cursor): Expression => leftAssociative(cursor, { AND: 'AND' }, not);

function not(cursor: Cursor): Expression {
  const start = cursor.peek();
  if (cursor.take('NOT') || (start.key === '!' && cursor.take('!')))
    return node(cursor, start, { node: 'unary', op: 'NOT', operand: not(cursor) });
  return predicate(cursor);
}

const comparisons: Readonly<Record<string, BinaryOperator>> = {
  '=': '=',
  '==': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '<=>': '<=>',
};

function predicate(cursor: Cursor): Expression {
  const start = cursor.peek();
  let left = bitOr(cursor);
  for (;;) {
    const comparison = comparisons[cursor.peek().key];
    if (comparison !== undefined) {
      cursor.next();
      left = node(cursor, start, { node: 'binary', op: comparison, left, right: bitOr(cursor) });
      continue;
    }
    if (cursor.take('IS')) {
      left = isPredicate(cursor, start, left);
      continue;
    }
    const negated =
      cursor.at('NOT') && ['IN', 'BETWEEN', 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP'].includes(cursor.peek(1).key);
    if (negated) cursor.next();
    if (cursor.take('BETWEEN')) {
      const low = bitOr(cursor);
      cursor.expect('AND');
      left = node(cursor, start, { node: 'between', operand: left, low, high: bitOr(cursor), negated });
    } else if (cursor.take('IN')) left = inPredicate(cursor, start, left, negated);
    else if (cursor.at('LIKE') || cursor.at('ILIKE') || cursor.at('RLIKE') || cursor.at('REGEXP')) {
      const op = cursor.next().key;
      if (cursor.at('ANY') || cursor.at('SOME') || cursor.at('ALL'))
        throw notImplemented(`${op} ${cursor.peek().key}`, cursor.peek().at);
      const pattern = bitOr(cursor);
      const escapeCharacter = cursor.take('ESCAPE') ? cursor.string() : '\\';
      left = node(cursor, start, {
        node: 'like',
        op: op === 'REGEXP' ? 'RLIKE' : (op as 'LIKE' | 'ILIKE' | 'RLIKE'),
        operand: left,
        pattern,
        escapeCharacter,
        negated,
      });
    } else return left;
  }
}

function isPredicate(cursor: Cursor, start: Token, operand: Expression): Expression {
  const negated = cursor.take('NOT');
  if (cursor.take('DISTINCT', 'FROM')) {
    const same = node(cursor, start, { node: 'binary', op: '<=>', left: operand, right: bitOr(cursor) });
    return negated ? same : node(cursor, start, { node: 'unary', op: 'NOT', operand: same });
  }
  for (const what of ['NULL', 'TRUE', 'FALSE'] as const)
    if (cursor.take(what)) return node(cursor, start, { node: 'is', what, operand, negated });
  throw cursor.unexpected('expected NULL, TRUE, FALSE or DISTINCT FROM');
}

/** A row on the left is `(a, b) IN (SELECT ...)`: the parser reads the row as a call of `struct`. */
function inPredicate(cursor: Cursor, start: Token, left: Expression, negated: boolean): Expression {
  cursor.expect('(');
  if (startsQuery(cursor)) {
    const query = parseQuery(cursor);
    cursor.expect(')');
    const operands = left.node === 'call' && left.name === 'struct' ? left.args : [left];
    return node(cursor, start, { node: 'inQuery', operands, query, negated });
  }
  const items = cursor.list(() => parseExpression(cursor));
  cursor.expect(')');
  return node(cursor, start, { node: 'in', operand: left, items, negated });
}

const bitOr = (cursor: Cursor): Expression => leftAssociative(cursor, { '|': '|' }, bitXor);
const bitXor = (cursor: Cursor): Expression => leftAssociative(cursor, { '^': '^' }, bitAnd);
const bitAnd = (cursor: Cursor): Expression => leftAssociative(cursor, { '&': '&' }, additive);
const additive = (cursor: Cursor): Expression =>
  leftAssociative(cursor, { '+': '+', '-': '-', '||': '||' }, multiplicative);
const multiplicative = (cursor: Cursor): Expression =>
  leftAssociative(cursor, { '*': '*', '/': '/', '%': '%', DIV: 'DIV' }, unary);

function unary(cursor: Cursor): Expression {
  const start = cursor.peek();
  for (const op of ['-', '+', '~'] as const)
    if (cursor.take(op)) {
      // The smallest BIGINT is a literal of its own: its digits alone would overflow.
      if (op === '-' && cursor.peek().kind === 'number') {
        const literal = numberLiteral(`-${cursor.next().text}`, start.at);
        return postfixOf(cursor, start, node(cursor, start, literal));
      }
      return node(cursor, start, { node: 'unary', op, operand: unary(cursor) });
    }
  return postfixOf(cursor, start, primary(cursor));
}

function postfixOf(cursor: Cursor, start: Token, operand: Expression): Expression {
  let value = operand;
  for (;;) {
    if (cursor.take('::'))
      value = node(cursor, start, { node: 'cast', operand: value, type: parseType(cursor), safe: false });
    else if (cursor.take('[')) {
      const index = parseExpression(cursor);
      cursor.expect(']');
      value = node(cursor, start, { node: 'subscript', operand: value, index });
    } else if (cursor.at('.') && value.node !== 'column') {
      cursor.next();
      value = node(cursor, start, { node: 'field', operand: value, field: cursor.memberName() });
    } else return value;
  }
}

function primary(cursor: Cursor): Expression {
  const start = cursor.peek();
  switch (start.kind) {
    case 'number':
      cursor.next();
      return node(cursor, start, numberLiteral(start.text, start.at));
    case 'string': {
      let value = '';
      while (cursor.peek().kind === 'string') value += cursor.next().text;
      return node(cursor, start, { node: 'literal', type: STRING, value });
    }
    case 'parameter':
      cursor.next();
      return node(cursor, start, { node: 'parameter', name: start.text });
    case 'quoted':
      return name(cursor);
    case 'symbol':
      return symbolPrimary(cursor, start);
    case 'word':
      return wordPrimary(cursor, start);
    default:
      throw cursor.unexpected();
  }
}

function symbolPrimary(cursor: Cursor, start: Token): Expression {
  if (cursor.take('*')) return node(cursor, start, { node: 'star', qualifier: [], except: exceptList(cursor) });
  if (cursor.at('?')) throw notImplemented('positional parameter markers; name them (:name)', start.at);
  cursor.expect('(');
  if (startsQuery(cursor)) {
    const query = parseQuery(cursor);
    cursor.expect(')');
    return node(cursor, start, { node: 'scalarQuery', query });
  }
  const items = cursor.list(() => parseExpression(cursor));
  cursor.expect(')');
  if (cursor.at('->')) throw notImplemented('lambda functions', start.at);
  if (items.length === 1) return { ...items[0]!, text: cursor.textFrom(start.start) };
  return node(cursor, start, callOf('struct', items));
}

function wordPrimary(cursor: Cursor, start: Token): Expression {
  const following = cursor.peek(1);
  switch (start.key) {
    case 'NULL':
      cursor.next();
      return node(cursor, start, { node: 'literal', type: VOID, value: null });
    case 'TRUE':
    case 'FALSE':
      cursor.next();
      return node(cursor, start, { node: 'literal', type: BOOLEAN, value: start.key === 'TRUE' });
    case 'DATE':
    case 'TIMESTAMP':
    case 'TIMESTAMP_NTZ':
      if (following.kind !== 'string') break;
      cursor.next();
      return node(cursor, start, {
        node: 'literal',
        type: primitive(start.key.toLowerCase() as 'date'),
        value: cursor.string(),
      });
    case 'INTERVAL':
      if (following.kind === 'end' || following.key === ',' || following.key === '.') break;
      return interval(cursor, start);
    case 'CASE':
      return caseExpression(cursor, start);
    case 'CAST':
    case 'TRY_CAST':
      if (following.key !== '(') break;
      return cast(cursor, start);
    case 'EXISTS':
      if (following.key !== '(') break;
      cursor.next();
      return node(cursor, start, { node: 'exists', query: cursor.parenthesised(() => parseQuery(cursor)) });
    case 'EXTRACT':
      if (following.key !== '(') break;
      return extract(cursor, start);
    case 'TRIM':
      if (following.key !== '(') break;
      return trim(cursor, start);
    default:
  }
  return name(cursor);
}

function cast(cursor: Cursor, start: Token): Expression {
  cursor.next();
  cursor.expect('(');
  const operand = parseExpression(cursor);
  cursor.expect('AS');
  const type = parseType(cursor);
  cursor.expect(')');
  return node(cursor, start, { node: 'cast', operand, type, safe: start.key === 'TRY_CAST' });
}

function name(cursor: Cursor): Expression {
  const start = cursor.peek();
  // LEFT, RIGHT, SET and others are words of the grammar and functions too: before a parenthesis they are functions.
  const first = cursor.peek(1).key === '(' && start.kind === 'word' ? cursor.next().text : cursor.identifier();
  if (cursor.at('->')) throw notImplemented('lambda functions', start.at);
  const parts = [first];
  while (cursor.at('.')) {
    cursor.next();
    if (cursor.take('*')) return node(cursor, start, { node: 'star', qualifier: parts, except: exceptList(cursor) });
    parts.push(cursor.memberName());
  }
  if (cursor.at('(') && start.kind === 'word') return call(cursor, start, parts.join('.'));
  return node(cursor, start, { node: 'column', parts });
}

function exceptList(cursor: Cursor): readonly string[] {
  if (!(cursor.at('EXCEPT', '(') && cursor.peek(2).key !== 'SELECT')) return [];
  cursor.next();
  return cursor.parenthesised(() => cursor.list(() => cursor.identifier()));
}

export function callOf(functionName: string, args: readonly Expression[]): Extract<Bare, { node: 'call' }> {
  return {
    node: 'call',
    name: functionName,
    args,
    distinct: false,
    filter: undefined,
    over: undefined,
    ignoreNulls: false,
  };
}

function call(cursor: Cursor, start: Token, written: string): Expression {
  cursor.expect('(');
  const distinct = cursor.take('DISTINCT');
  if (!distinct) cursor.take('ALL');
  const unitFirst = /^(date_?add|date_?sub|date_?diff|timestampadd|timestampdiff)$/i.test(written);
  const args = cursor.at(')')
    ? []
    : cursor.list(() => {
        if (cursor.peek().kind === 'word' && cursor.peek(1).key === '=' && cursor.peek(2).key === '>')
          throw notImplemented('named arguments', cursor.peek().at);
        // date_diff(MONTH, a, b): a unit is a keyword here, never a column.
        if (unitFirst && cursor.peek().kind === 'word' && units.has(cursor.peek().key) && cursor.peek(1).key === ',') {
          const unit = cursor.next();
          return node(cursor, unit, { node: 'literal', type: primitive('interval'), value: unit.key });
        }
        return parseExpression(cursor);
      });
  let ignoreNulls = nullTreatment(cursor);
  cursor.expect(')');
  if (cursor.at('WITHIN', 'GROUP')) throw notImplemented('WITHIN GROUP', cursor.peek().at);
  const filter = cursor.take('FILTER')
    ? cursor.parenthesised(() => {
        cursor.expect('WHERE');
        return parseExpression(cursor);
      })
    : undefined;
  ignoreNulls = nullTreatment(cursor) || ignoreNulls;
  const over = cursor.take('OVER') ? (cursor.at('(') ? windowSpec(cursor) : cursor.identifier()) : undefined;
  return node(cursor, start, { node: 'call', name: written.toLowerCase(), args, distinct, filter, over, ignoreNulls });
}

function nullTreatment(cursor: Cursor): boolean {
  if (cursor.take('IGNORE', 'NULLS')) return true;
  cursor.take('RESPECT', 'NULLS');
  return false;
}

const units: ReadonlySet<string> = new Set(
  'MICROSECOND MILLISECOND SECOND MINUTE HOUR DAY DAYOFYEAR WEEK MONTH QUARTER YEAR'.split(' '),
);

export function windowSpec(cursor: Cursor): WindowSpec {
  cursor.expect('(');
  const base =
    cursor.peek().kind === 'word' &&
    !['PARTITION', 'ORDER', 'ROWS', 'RANGE', 'DISTRIBUTE', 'SORT'].includes(cursor.peek().key)
      ? cursor.identifier()
      : undefined;
  const partitionBy = cursor.take('PARTITION', 'BY') ? cursor.list(() => parseExpression(cursor)) : [];
  const orderBy = cursor.take('ORDER', 'BY') ? sortItems(cursor) : [];
  const frame = cursor.at('ROWS') || cursor.at('RANGE') ? frameOf(cursor) : undefined;
  cursor.expect(')');
  return { base, partitionBy, orderBy, frame };
}

function frameOf(cursor: Cursor): Frame {
  const unit = cursor.next().key as 'ROWS' | 'RANGE';
  const bound = (): FrameBound => {
    for (const words of ['UNBOUNDED PRECEDING', 'CURRENT ROW', 'UNBOUNDED FOLLOWING'] as const)
      if (cursor.take(...words.split(' '))) return { bound: words };
    const amount = bitOr(cursor);
    if (cursor.take('PRECEDING')) return { bound: 'PRECEDING', amount };
    cursor.expect('FOLLOWING');
    return { bound: 'FOLLOWING', amount };
  };
  if (!cursor.take('BETWEEN')) return { unit, start: bound(), end: { bound: 'CURRENT ROW' } };
  const first = bound();
  cursor.expect('AND');
  return { unit, start: first, end: bound() };
}

/** NULL sorts as the smallest value: first ascending, last descending. */
export function sortItems(cursor: Cursor): SortItem[] {
  return cursor.list(() => {
    const expression = parseExpression(cursor);
    const descending = cursor.take('DESC');
    if (!descending) cursor.take('ASC');
    const nullsFirst = cursor.take('NULLS', 'FIRST') || (!cursor.take('NULLS', 'LAST') && !descending);
    return { expression, descending, nullsFirst };
  });
}

/** `INTERVAL 1 DAY`, `INTERVAL '1' DAY`, `INTERVAL '1 day 2 hours'`, `INTERVAL 1 DAY 2 HOURS`. */
function interval(cursor: Cursor, start: Token): Expression {
  cursor.expect('INTERVAL');
  const terms: { amount: Expression; unit: string }[] = [];
  if (cursor.peek().kind === 'string' && !isUnit(cursor.peek(1))) {
    const token = cursor.peek();
    const parts = /^\s*(?:[+-]?\d+\s+[a-z]+\s*)+$/i.test(token.text)
      ? [...token.text.matchAll(/([+-]?\d+)\s+([a-z]+)/gi)]
      : [];
    if (parts.length === 0) throw notImplemented(`the interval '${token.text}'; write INTERVAL n UNIT`, token.at);
    cursor.next();
    for (const part of parts)
      terms.push({ amount: node(cursor, token, numberLiteral(part[1]!, token.at)), unit: unitOf(part[2]!, token.at) });
  } else
    do {
      const token = cursor.peek();
      const amount =
        token.kind === 'string' ? node(cursor, token, numberLiteral(signedText(cursor), token.at)) : unary(cursor);
      const unit = cursor.next();
      terms.push({ amount, unit: unitOf(unit.text, unit.at) });
      if (cursor.at('TO')) throw notImplemented('intervals of several fields (UNIT TO UNIT)', unit.at);
    } while (cursor.peek().kind === 'number' && isUnit(cursor.peek(1)));
  return node(cursor, start, { node: 'interval', terms });
}

function signedText(cursor: Cursor): string {
  const token = cursor.peek();
  if (!/^\s*[+-]?\d+\s*$/.test(token.text)) throw notImplemented(`the interval '${token.text}'`, token.at);
  return cursor.string().trim().replace(/^\+/, '');
}

const isUnit = (token: Token): boolean => token.kind === 'word' && units.has(token.key.replace(/S$/, ''));

function unitOf(text: string, at: Position): string {
  const unit = text.toUpperCase().replace(/S$/, '');
  if (!units.has(unit) || unit === 'DAYOFYEAR' || unit === 'QUARTER')
    throw new SparkError('PARSE_SYNTAX_ERROR', `Syntax error at or near '${text}': expected an interval's unit.`, {
      at,
    });
  return unit;
}

function caseExpression(cursor: Cursor, start: Token): Expression {
  cursor.expect('CASE');
  const operand = cursor.at('WHEN') ? undefined : parseExpression(cursor);
  const whens: { when: Expression; result: Expression }[] = [];
  while (cursor.take('WHEN')) {
    const when = parseExpression(cursor);
    cursor.expect('THEN');
    whens.push({ when, result: parseExpression(cursor) });
  }
  if (whens.length === 0) throw cursor.unexpected('expected WHEN');
  const otherwise = cursor.take('ELSE') ? parseExpression(cursor) : undefined;
  cursor.expect('END');
  return node(cursor, start, { node: 'case', operand, whens, otherwise });
}

function extract(cursor: Cursor, start: Token): Expression {
  cursor.next();
  cursor.expect('(');
  const field = cursor.next();
  cursor.expect('FROM');
  const operand = parseExpression(cursor);
  cursor.expect(')');
  const functions: Readonly<Record<string, string>> = {
    YEAR: 'year',
    QUARTER: 'quarter',
    MONTH: 'month',
    WEEK: 'weekofyear',
    DAY: 'day',
    DAYOFWEEK: 'dayofweek',
    DOW: 'dayofweek',
    DOY: 'dayofyear',
    HOUR: 'hour',
    MINUTE: 'minute',
  };
  const found = functions[field.key];
  if (found === undefined) throw notImplemented(`EXTRACT(${field.text} FROM ..)`, field.at);
  return node(cursor, start, callOf(found, [operand]));
}

/** `TRIM([BOTH | LEADING | TRAILING] [characters] FROM text)` besides the plain call. */
function trim(cursor: Cursor, start: Token): Expression {
  cursor.next();
  cursor.expect('(');
  const side = cursor.at('BOTH') || cursor.at('LEADING') || cursor.at('TRAILING') ? cursor.next().key : undefined;
  const characters = side !== undefined && cursor.at('FROM') ? undefined : parseExpression(cursor);
  const functionName = side === 'LEADING' ? 'ltrim' : side === 'TRAILING' ? 'rtrim' : 'trim';
  if (!cursor.take('FROM')) {
    cursor.expect(')');
    return node(cursor, start, callOf(functionName, [characters!]));
  }
  const text = parseExpression(cursor);
  cursor.expect(')');
  // ltrim and rtrim take the characters first; trim is theirs composed, under a name of our own.
  return node(
    cursor,
    start,
    callOf(functionName === 'trim' ? 'trim' : functionName, characters === undefined ? [text] : [characters, text]),
  );
}

function numberLiteral(text: string, at: Position): Extract<Bare, { node: 'literal' }> {
  const match = /^(-?)([\d.]+(?:[eE][+-]?\d+)?)(BD|[LSYDF])?$/i.exec(text);
  if (match === null) throw new SparkError('PARSE_SYNTAX_ERROR', `Syntax error at or near '${text}'.`, { at });
  const value = `${match[1]}${match[2]}`;
  const suffix = match[3]?.toUpperCase();
  const literal = (type: DataType): Extract<Bare, { node: 'literal' }> => ({ node: 'literal', type, value });
  if (suffix === 'D') return literal(DOUBLE);
  if (suffix === 'F') return literal(FLOAT);
  if (suffix === 'L') return literal(LONG);
  if (suffix === 'S') return literal(SHORT);
  if (suffix === 'Y') return literal(primitive('byte'));
  if (/e/i.test(value) && suffix !== 'BD') return literal(DOUBLE);
  if (/^-?\d+$/.test(value) && suffix !== 'BD') {
    const whole = BigInt(value);
    if (whole >= -(2n ** 31n) && whole < 2n ** 31n) return literal(INTEGER);
    if (whole >= -(2n ** 63n) && whole < 2n ** 63n) return literal(LONG);
  }
  if (/e/i.test(value)) throw notImplemented(`the literal ${text}`, at);
  const [whole = '', fraction = ''] = value.replace('-', '').split('.');
  const digits = whole.replace(/^0+/, '').length + fraction.length;
  const precision = Math.max(digits, fraction.length, 1);
  if (precision > 38)
    throw new SparkError(
      'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION',
      `Decimal precision ${precision} exceeds max precision 38.`,
      { at },
    );
  return literal(decimal(precision, fraction.length));
}
