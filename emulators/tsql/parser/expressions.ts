import type {
  CaseExpression,
  Condition,
  Expression,
  FrameBound,
  FunctionCall,
  OrderItem,
  QueryExpression,
  WindowFrame,
  WindowSpec,
} from '../ast.ts';
import { SqlError } from '../sql-error.ts';
import {
  accept,
  acceptAny,
  at,
  type Cursor,
  expect,
  isName,
  list,
  nested,
  next,
  parenthesized,
  peek,
  syntaxError,
  unsupported,
} from './cursor.ts';
import { objectName, typeName } from './names.ts';
import { queryExpression, startsQuery } from './query.ts';

type Any = Expression | Condition;

const CONDITIONS: ReadonlySet<string> = new Set<Condition['kind']>([
  'comparison',
  'quantified',
  'in list',
  'in query',
  'between',
  'like',
  'is null',
  'is distinct',
  'exists',
  'and',
  'or',
  'not',
  'updated column',
]);
export function isCondition(node: Any): node is Condition {
  return CONDITIONS.has(node.kind);
}

/** A scalar expression. A predicate in its place is a syntax error, for T-SQL has no boolean values. */
export function expression(c: Cursor): Expression {
  return nested(c, () => scalar(c, additive(c)));
}

/** A search condition. */
export function condition(c: Cursor): Condition {
  return nested(c, () => truth(c, disjunction(c)));
}

function scalar(c: Cursor, node: Any): Expression {
  if (isCondition(node)) throw syntaxError(c);
  return node;
}

function truth(c: Cursor, node: Any): Condition {
  if (isCondition(node)) return node;
  const { text, line } = peek(c);
  const near = text === '' ? (c.tokens[c.position - 1]?.text ?? '') : text;
  const message = `An expression of non-boolean type specified in a context where a condition is expected, near '${near}'.`;
  throw new SqlError(4145, message, { severity: 15, line });
}

// Conditions and expressions share one grammar, because only what follows tells `(a) = 1` from `(a = 1)`.

function disjunction(c: Cursor): Any {
  const first = conjunction(c);
  if (!at(c, 'OR')) return first;
  const operands = [truth(c, first)];
  while (accept(c, 'OR')) operands.push(truth(c, conjunction(c)));
  return { kind: 'or', operands, line: first.line };
}

function conjunction(c: Cursor): Any {
  const first = negation(c);
  if (!at(c, 'AND')) return first;
  const operands = [truth(c, first)];
  while (accept(c, 'AND')) operands.push(truth(c, negation(c)));
  return { kind: 'and', operands, line: first.line };
}

function negation(c: Cursor): Any {
  const { line } = peek(c);
  if (!accept(c, 'NOT')) return predicate(c);
  return {
    kind: 'not',
    operand: truth(
      c,
      nested(c, () => negation(c)),
    ),
    line,
  };
}

const COMPARISONS = ['=', '<>', '<=', '>=', '<', '>'] as const;

function predicate(c: Cursor): Any {
  const { line } = peek(c);
  if (at(c, 'EXISTS', '(')) {
    next(c);
    return { kind: 'exists', query: parenthesized(c, () => queryExpression(c)), line };
  }
  if (at(c, 'UPDATE', '(')) throw unsupported(c, 'the trigger predicate UPDATE()');
  const node = additive(c);
  if (isCondition(node)) return node;
  const operator = acceptAny(c, ...COMPARISONS);
  if (operator) {
    const quantifier = acceptAny(c, 'ANY', 'SOME', 'ALL');
    if (quantifier) {
      const query = parenthesized(c, () => queryExpression(c));
      return {
        kind: 'quantified',
        operator,
        quantifier: quantifier === 'ALL' ? 'all' : 'any',
        left: node,
        query,
        line,
      };
    }
    return { kind: 'comparison', operator, left: node, right: scalar(c, additive(c)), line };
  }
  if (accept(c, 'IS')) {
    const not = accept(c, 'NOT');
    if (accept(c, 'NULL')) return { kind: 'is null', not, operand: node, line };
    expect(c, 'DISTINCT', 'FROM');
    return { kind: 'is distinct', not, left: node, right: scalar(c, additive(c)), line };
  }
  const not = (at(c, 'NOT', 'IN') || at(c, 'NOT', 'LIKE') || at(c, 'NOT', 'BETWEEN')) && accept(c, 'NOT');
  if (accept(c, 'BETWEEN')) {
    const low = scalar(c, additive(c));
    expect(c, 'AND');
    return { kind: 'between', not, operand: node, low, high: scalar(c, additive(c)), line };
  }
  if (accept(c, 'LIKE')) {
    const pattern = scalar(c, additive(c));
    const escapeWith = accept(c, 'ESCAPE') ? scalar(c, additive(c)) : undefined;
    return { kind: 'like', not, operand: node, pattern, ...(escapeWith && { escape: escapeWith }), line };
  }
  if (accept(c, 'IN')) {
    return parenthesized(c, () =>
      startsQuery(c)
        ? { kind: 'in query', not, operand: node, query: queryExpression(c), line }
        : { kind: 'in list', not, operand: node, values: list(c, () => expression(c)), line },
    );
  }
  return node;
}

function additive(c: Cursor): Any {
  let left = multiplicative(c);
  for (;;) {
    const { line } = peek(c);
    const operator = acceptAny(c, '+', '-', '&', '|', '^', '||');
    if (!operator) return left;
    left = { kind: 'binary', operator, left: scalar(c, left), right: scalar(c, multiplicative(c)), line };
  }
}

function multiplicative(c: Cursor): Any {
  let left = unary(c);
  for (;;) {
    const { line } = peek(c);
    const operator = acceptAny(c, '*', '/', '%');
    if (!operator) return left;
    left = { kind: 'binary', operator, left: scalar(c, left), right: scalar(c, unary(c)), line };
  }
}

function unary(c: Cursor): Any {
  const { line } = peek(c);
  const operator = acceptAny(c, '-', '+', '~');
  if (operator)
    return {
      kind: 'unary',
      operator,
      operand: scalar(
        c,
        nested(c, () => unary(c)),
      ),
      line,
    };
  return postfix(c, primary(c));
}

function postfix(c: Cursor, node: Any): Any {
  let result = node;
  for (;;) {
    const { line } = peek(c);
    if (at(c, 'COLLATE')) {
      next(c);
      result = { kind: 'collate', operand: scalar(c, result), collation: next(c).text, line };
    } else if (at(c, 'AT', 'TIME', 'ZONE')) {
      expect(c, 'AT', 'TIME', 'ZONE');
      result = {
        kind: 'at time zone',
        operand: scalar(c, result),
        zone: scalar(
          c,
          nested(c, () => unary(c)),
        ),
        line,
      };
    } else return result;
  }
}

/** Functions written with a reserved word. */
const RESERVED_FUNCTIONS = new Set(['LEFT', 'RIGHT', 'COALESCE', 'NULLIF', 'CONTAINS', 'FREETEXT', 'USER', 'IDENTITY']);
/** Functions written without parentheses. */
const WORD_FUNCTIONS = new Set([
  'CURRENT_TIMESTAMP',
  'CURRENT_USER',
  'SESSION_USER',
  'SYSTEM_USER',
  'USER',
  'CURRENT_DATE',
]);

function primary(c: Cursor): Any {
  const token = peek(c);
  const { line } = token;
  switch (token.type) {
    case 'int':
    case 'decimal':
    case 'float':
    case 'money':
    case 'binary':
    case 'string':
    case 'nstring':
      next(c);
      return { kind: 'literal', type: token.type, text: token.text, line };
    case 'variable':
      next(c);
      return { kind: 'variable', name: token.text, line };
    case 'global':
      next(c);
      return { kind: 'global', name: token.text, line };
    case 'quoted':
      return nameOrCall(c);
    case 'symbol':
      if (accept(c, '(')) return inParentheses(c, line);
      if (accept(c, '{')) return odbcEscape(c, line);
      throw syntaxError(c);
    case 'word':
      return word(c);
    default:
      throw syntaxError(c);
  }
}

function inParentheses(c: Cursor, line: number): Any {
  return nested(c, () => {
    if (startsQuery(c)) {
      const query = queryExpression(c);
      expect(c, ')');
      return { kind: 'subquery', query, line };
    }
    const inner = disjunction(c);
    expect(c, ')');
    return isCondition(inner) ? inner : { kind: 'parenthesized', operand: inner, line };
  });
}

/** ODBC escapes: `{d '2024-01-31'}`, `{t '..'}`, `{ts '..'}`, `{fn NOW()}`. */
function odbcEscape(c: Cursor, line: number): Expression {
  const kind = next(c);
  if (kind.upper === 'FN') {
    const call = scalar(c, primary(c));
    expect(c, '}');
    return call;
  }
  const type = kind.upper === 'D' || kind.upper === 'TS' || kind.upper === 'T';
  const text = next(c);
  if (!type || (text.type !== 'string' && text.type !== 'nstring')) throw syntaxError(c, text);
  expect(c, '}');
  const operand: Expression = { kind: 'literal', type: 'string', text: text.text, line };
  const written = 'datetime';
  return {
    kind: 'cast',
    function: 'cast',
    try: false,
    type: { written, type: { name: 'datetime' }, line },
    operand,
    line,
  };
}

function word(c: Cursor): Any {
  const token = peek(c);
  const { line } = token;
  const call = at(c, token.upper, '(');
  switch (token.upper) {
    case 'NULL':
      next(c);
      return { kind: 'literal', type: 'null', text: 'NULL', line };
    case 'DEFAULT':
      next(c);
      return { kind: 'default', line };
    case '$ACTION':
      next(c);
      return { kind: 'action', line };
    case 'CASE':
      next(c);
      return nested(c, () => caseExpression(c, line));
    case 'CAST':
    case 'TRY_CAST':
      if (call) return cast(c, token.upper === 'TRY_CAST');
      break;
    case 'PARSE':
    case 'TRY_PARSE':
      if (call) throw unsupported(c, `the function ${token.upper}`);
      break;
    case 'CONVERT':
    case 'TRY_CONVERT':
      if (call) return convert(c, token.upper === 'TRY_CONVERT');
      break;
    case 'IIF':
      if (call) return iif(c);
      break;
    case 'NEXT':
      if (at(c, 'NEXT', 'VALUE', 'FOR')) {
        expect(c, 'NEXT', 'VALUE', 'FOR');
        return { kind: 'next value', sequence: objectName(c), line };
      }
      break;
  }
  if (call && RESERVED_FUNCTIONS.has(token.upper)) {
    next(c);
    return functionCall(c, { parts: [token.text], line });
  }
  if (WORD_FUNCTIONS.has(token.upper)) {
    next(c);
    return { kind: 'function', name: { parts: [token.upper], line }, args: [], line };
  }
  if (!isName(token)) throw syntaxError(c);
  return nameOrCall(c);
}

function nameOrCall(c: Cursor): Expression {
  const { line } = peek(c);
  const name = objectName(c);
  if (at(c, '(')) return functionCall(c, name);
  if (at(c, '::')) throw unsupported(c, 'methods of CLR types (::)');
  return { kind: 'column', name, line };
}

function cast(c: Cursor, attempt: boolean): Expression {
  const { line } = next(c);
  return parenthesized(c, () => {
    const operand = expression(c);
    expect(c, 'AS');
    return { kind: 'cast', function: 'cast', try: attempt, type: typeName(c, 30), operand, line };
  });
}

function convert(c: Cursor, attempt: boolean): Expression {
  const { line } = next(c);
  return parenthesized(c, () => {
    const type = typeName(c, 30);
    expect(c, ',');
    const operand = expression(c);
    const style = accept(c, ',') ? expression(c) : undefined;
    return { kind: 'cast', function: 'convert', try: attempt, type, operand, ...(style && { style }), line };
  });
}

function iif(c: Cursor): Expression {
  const { line } = next(c);
  return parenthesized(c, () => {
    const test = condition(c);
    expect(c, ',');
    const then = expression(c);
    expect(c, ',');
    return { kind: 'iif', condition: test, then, otherwise: expression(c), line };
  });
}

function caseExpression(c: Cursor, line: number): CaseExpression {
  const operand = at(c, 'WHEN') ? undefined : expression(c);
  const branches: { when: Expression | Condition; result: Expression }[] = [];
  while (accept(c, 'WHEN')) {
    const when = operand ? expression(c) : condition(c);
    expect(c, 'THEN');
    branches.push({ when, result: expression(c) });
  }
  if (branches.length === 0) throw syntaxError(c);
  const otherwise = accept(c, 'ELSE') ? expression(c) : undefined;
  expect(c, 'END');
  return { kind: 'case', ...(operand && { operand }), branches, ...(otherwise && { otherwise }), line };
}

function functionCall(c: Cursor, name: FunctionCall['name']): FunctionCall {
  const call = parenthesized(c, () => argumentsOf(c, name));
  const nulls = acceptAny(c, 'IGNORE', 'RESPECT');
  if (nulls) expect(c, 'NULLS');
  const withinGroup = accept(c, 'WITHIN', 'GROUP') ? parenthesized(c, () => orderBy(c)) : undefined;
  const over = at(c, 'OVER') ? windowSpec(c) : undefined;
  return {
    kind: 'function',
    name,
    ...call,
    ...(nulls && { nulls: nulls === 'IGNORE' ? 'ignore' : 'respect' }),
    ...(withinGroup && { withinGroup }),
    ...(over && { over }),
    line: name.line,
  };
}

function argumentsOf(c: Cursor, name: FunctionCall['name']): Pick<FunctionCall, 'args' | 'star' | 'distinct' | 'trim'> {
  if (at(c, ')')) return { args: [] };
  if (accept(c, '*')) return { args: [], star: true };
  const isTrim = name.parts.length === 1 && name.parts[0]!.toUpperCase() === 'TRIM';
  if (isTrim) {
    const trim = acceptAny(c, 'LEADING', 'TRAILING', 'BOTH');
    const first = expression(c);
    if (!accept(c, 'FROM')) return { args: [first] };
    const mode = trim === 'LEADING' ? 'leading' : trim === 'TRAILING' ? 'trailing' : 'both';
    return { args: [expression(c), first], trim: mode };
  }
  const distinct = accept(c, 'DISTINCT');
  if (!distinct) accept(c, 'ALL');
  const args = list(c, () => expression(c));
  return { args, ...(distinct && { distinct }) };
}

function windowSpec(c: Cursor): WindowSpec {
  const { line } = next(c);
  if (!at(c, '(')) throw unsupported(c, 'the WINDOW clause (OVER name)');
  return parenthesized(c, () => {
    const partitionBy = accept(c, 'PARTITION', 'BY') ? list(c, () => expression(c)) : [];
    const order = accept(c, 'ORDER', 'BY') ? orderItems(c) : [];
    const unit = acceptAny(c, 'ROWS', 'RANGE');
    const frame = unit ? windowFrame(c, unit === 'ROWS' ? 'rows' : 'range') : undefined;
    return { partitionBy, orderBy: order, ...(frame && { frame }), line };
  });
}

function windowFrame(c: Cursor, unit: WindowFrame['unit']): WindowFrame {
  const { line } = peek(c);
  if (!accept(c, 'BETWEEN')) return { unit, from: frameBound(c), line };
  const from = frameBound(c);
  expect(c, 'AND');
  return { unit, from, to: frameBound(c), line };
}

function frameBound(c: Cursor): FrameBound {
  if (accept(c, 'UNBOUNDED', 'PRECEDING')) return { kind: 'unbounded preceding' };
  if (accept(c, 'UNBOUNDED', 'FOLLOWING')) return { kind: 'unbounded following' };
  if (accept(c, 'CURRENT', 'ROW')) return { kind: 'current row' };
  const offset = expression(c);
  const kind = acceptAny(c, 'PRECEDING', 'FOLLOWING');
  if (!kind) throw syntaxError(c);
  return { kind: kind === 'PRECEDING' ? 'preceding' : 'following', offset };
}

/** `ORDER BY a, b DESC`. */
export function orderBy(c: Cursor): readonly OrderItem[] {
  expect(c, 'ORDER', 'BY');
  return orderItems(c);
}

function orderItems(c: Cursor): readonly OrderItem[] {
  return list(c, () => {
    const { line } = peek(c);
    const item = expression(c);
    const descending = acceptAny(c, 'ASC', 'DESC') === 'DESC';
    return { expression: item, descending, line };
  });
}

/** `(SELECT ..)` where a statement wants a query in parentheses. */
export function subquery(c: Cursor): QueryExpression {
  return parenthesized(c, () => queryExpression(c));
}
