import type {
  CommonTable,
  GroupingElement,
  QueryBody,
  QueryExpression,
  QuerySpecification,
  SelectItem,
  Top,
  ValuesTable,
} from '../ast.ts';
import { SqlError } from '../sql-error.ts';
import {
  accept,
  acceptAny,
  at,
  type Cursor,
  endOffset,
  expect,
  identifier,
  isName,
  list,
  nameList,
  nested,
  next,
  parenthesized,
  peek,
  syntaxError,
  unsupported,
} from './cursor.ts';
import { condition, expression, orderBy } from './expressions.ts';
import { objectName } from './names.ts';
import { tableSource } from './table-source.ts';

/** Whether a query stands here, behind any number of parentheses. */
export function startsQuery(c: Cursor): boolean {
  let ahead = 0;
  while (peek(c, ahead).text === '(' && peek(c, ahead).type === 'symbol') ahead++;
  const { upper } = peek(c, ahead);
  if (upper === 'SELECT' || (upper === 'WITH' && ahead === 0)) {
    // `((SELECT 1) + 2)` starts with parentheses but is a scalar: what follows the inner query tells.
    return ahead === 0 || closesAsQuery(c, ahead);
  }
  return false;
}

function closesAsQuery(c: Cursor, opened: number): boolean {
  let depth = opened;
  let ahead = opened;
  for (; peek(c, ahead).type !== 'end'; ahead++) {
    const token = peek(c, ahead);
    if (token.type !== 'symbol') continue;
    if (token.text === '(') depth++;
    else if (token.text === ')' && --depth < opened) {
      const after = peek(c, ahead + 1);
      const continues = ['UNION', 'EXCEPT', 'INTERSECT', 'ORDER'].includes(after.upper);
      if (
        !continues &&
        !(after.type === 'symbol' && (after.text === ')' || after.text === ';')) &&
        after.type !== 'end'
      ) {
        return false;
      }
      if (continues) return true;
      opened = depth;
      if (depth === 0) return true;
    }
  }
  return true;
}

/** `[WITH ..] body [ORDER BY ..] [OFFSET .. FETCH ..]`. */
export function queryExpression(c: Cursor): QueryExpression {
  return nested(c, () => {
    const { start, line } = peek(c);
    const ctes = at(c, 'WITH') ? commonTables(c) : [];
    return queryAfterWith(c, ctes, start, line);
  });
}

export function queryAfterWith(c: Cursor, ctes: readonly CommonTable[], start: number, line: number): QueryExpression {
  const body = unionLevel(c);
  const order = at(c, 'ORDER', 'BY') ? orderBy(c) : [];
  const offset = accept(c, 'OFFSET') ? rowCount(c) : undefined;
  let fetch: QueryExpression['fetch'];
  if (offset && accept(c, 'FETCH')) {
    if (!acceptAny(c, 'NEXT', 'FIRST')) throw syntaxError(c);
    fetch = rowCount(c);
    expect(c, 'ONLY');
  }
  if (offset && order.length === 0) throw syntaxError(c);
  if (at(c, 'FOR', 'JSON')) throw unsupported(c, 'FOR JSON');
  if (at(c, 'FOR', 'XML')) throw unsupported(c, 'FOR XML');
  if (at(c, 'FOR', 'BROWSE')) throw unsupported(c, 'FOR BROWSE');
  const hints = accept(c, 'OPTION') ? queryHints(c) : {};
  return {
    with: ctes,
    body,
    orderBy: order,
    ...(offset && { offset }),
    ...(fetch && { fetch }),
    ...hints,
    start,
    end: endOffset(c),
    line,
  };
}

function rowCount(c: Cursor): QueryExpression['offset'] {
  const count = expression(c);
  if (!acceptAny(c, 'ROWS', 'ROW')) throw syntaxError(c);
  return count;
}

/** OPTION (RECOMPILE, MAXDOP 1, ...): hints to an optimizer, of no effect on the result but MAXRECURSION's. */
export function queryHints(c: Cursor): Pick<QueryExpression, 'maxRecursion'> {
  return parenthesized(c, () => {
    let depth = 0;
    let maxRecursion: number | undefined;
    while (!(depth === 0 && at(c, ')'))) {
      if (peek(c).type === 'end') throw syntaxError(c);
      if (at(c, '(')) depth++;
      if (at(c, ')')) depth--;
      if (accept(c, 'MAXRECURSION')) maxRecursion = recursionLimit(c);
      else next(c);
    }
    return maxRecursion === undefined ? {} : { maxRecursion };
  });
}

function recursionLimit(c: Cursor): number {
  const token = next(c);
  const limit = token.type === 'int' ? Number(token.text) : Number.NaN;
  if (limit >= 0 && limit <= 32767) return limit;
  throw new SqlError(
    310,
    `The value ${token.text} specified for the MAXRECURSION option exceeds the allowed maximum of 32767.`,
    { severity: 15, line: token.line },
  );
}

export function commonTables(c: Cursor): readonly CommonTable[] {
  expect(c, 'WITH');
  return list(c, () => {
    const { line } = peek(c);
    const name = identifier(c);
    const columns = at(c, '(') ? nameList(c) : undefined;
    expect(c, 'AS');
    return { name, ...(columns && { columns }), query: parenthesized(c, () => queryExpression(c)), line };
  });
}

/** INTERSECT binds closer than UNION and EXCEPT. */
function unionLevel(c: Cursor): QueryBody {
  let left = intersectLevel(c);
  for (;;) {
    const { line } = peek(c);
    const word = acceptAny(c, 'UNION', 'EXCEPT');
    if (!word) return left;
    const operator = word === 'EXCEPT' ? 'except' : accept(c, 'ALL') ? 'union all' : 'union';
    left = { kind: 'set operation', operator, left, right: intersectLevel(c), line };
  }
}

function intersectLevel(c: Cursor): QueryBody {
  let left = queryPrimary(c);
  for (;;) {
    const { line } = peek(c);
    if (!accept(c, 'INTERSECT')) return left;
    left = { kind: 'set operation', operator: 'intersect', left, right: queryPrimary(c), line };
  }
}

function queryPrimary(c: Cursor): QueryBody {
  const { line } = peek(c);
  if (at(c, '(')) return { kind: 'nested', query: parenthesized(c, () => queryExpression(c)), line };
  return querySpecification(c);
}

export function valuesTable(c: Cursor): ValuesTable {
  const { line } = peek(c);
  expect(c, 'VALUES');
  const rows = list(c, () => parenthesized(c, () => list(c, () => expression(c))));
  return { kind: 'values', rows, line };
}

function querySpecification(c: Cursor): QuerySpecification {
  const { line } = peek(c);
  expect(c, 'SELECT');
  const distinct = accept(c, 'DISTINCT');
  if (!distinct) accept(c, 'ALL');
  const top = at(c, 'TOP') ? topClause(c) : undefined;
  const items = list(c, () => selectItem(c));
  const into = accept(c, 'INTO') ? objectName(c) : undefined;
  const from = accept(c, 'FROM') ? list(c, () => tableSource(c)) : [];
  const where = accept(c, 'WHERE') ? condition(c) : undefined;
  const groupBy = accept(c, 'GROUP', 'BY') ? groupByClause(c) : [];
  const having = accept(c, 'HAVING') ? condition(c) : undefined;
  if (at(c, 'WINDOW')) throw unsupported(c, 'the WINDOW clause');
  return {
    kind: 'select',
    distinct,
    ...(top && { top }),
    items,
    ...(into && { into }),
    from,
    ...(where && { where }),
    groupBy,
    ...(having && { having }),
    line,
  };
}

/** `TOP (n)`, or `TOP n` with a literal as SELECT still allows. */
export function topClause(c: Cursor): Top {
  const { line } = next(c);
  const token = peek(c);
  let count: Top['count'];
  if (at(c, '(')) {
    count = parenthesized(c, () =>
      startsQuery(c) ? { kind: 'subquery', query: queryExpression(c), line } : expression(c),
    );
  } else if (token.type === 'int' || token.type === 'decimal') {
    next(c);
    count = { kind: 'literal', type: token.type, text: token.text, line };
  } else throw syntaxError(c);
  const percent = accept(c, 'PERCENT');
  const withTies = accept(c, 'WITH', 'TIES');
  return { count, withTies, percent, line };
}

export function selectItem(c: Cursor): SelectItem {
  const token = peek(c);
  const { line } = token;
  if (accept(c, '*')) return { kind: 'star', line };
  const star = qualifiedStar(c);
  if (star) return star;
  if (token.type === 'variable' && /^[-+*/%&|^]?=$/.test(peek(c, 1).text) && peek(c, 1).type === 'symbol') {
    next(c);
    const operator = next(c).text;
    const value = expression(c);
    if (operator === '=') return { kind: 'assign', variable: token.text, expression: value, line };
    const left = { kind: 'variable', name: token.text, line } as const;
    const binary = { kind: 'binary', operator: operator[0] as '+', left, right: value, line } as const;
    return { kind: 'assign', variable: token.text, expression: binary, line };
  }
  const named = (isName(token) || token.type === 'string') && peek(c, 1).type === 'symbol' && peek(c, 1).text === '=';
  if (named) {
    next(c);
    next(c);
    return { kind: 'item', alias: token.text, expression: expression(c), line };
  }
  const value = expression(c);
  const alias = columnAlias(c);
  return { kind: 'item', expression: value, ...(alias !== undefined && { alias }), line };
}

function columnAlias(c: Cursor): string | undefined {
  const marked = accept(c, 'AS');
  const token = peek(c);
  if (isName(token) || token.type === 'string' || token.type === 'nstring') {
    if (!marked && token.upper === 'OUTPUT') return undefined;
    return next(c).text;
  }
  if (marked) throw syntaxError(c);
  return undefined;
}

/** `t.*`, `dbo.t.*`. */
function qualifiedStar(c: Cursor): SelectItem | undefined {
  let ahead = 0;
  const parts: string[] = [];
  while (isName(peek(c, ahead)) && peek(c, ahead + 1).text === '.' && peek(c, ahead + 1).type === 'symbol') {
    parts.push(peek(c, ahead).text);
    ahead += 2;
    const token = peek(c, ahead);
    if (token.type === 'symbol' && token.text === '*') {
      const { line } = peek(c);
      c.position += ahead + 1;
      return { kind: 'star', qualifier: { parts, line }, line };
    }
  }
  return undefined;
}

function groupByClause(c: Cursor): readonly GroupingElement[] {
  accept(c, 'ALL');
  const elements = list(c, () => groupingElement(c));
  if (at(c, 'WITH', 'ROLLUP') || at(c, 'WITH', 'CUBE')) {
    const { line } = next(c);
    const kind = next(c).upper === 'ROLLUP' ? 'rollup' : 'cube';
    return [{ kind, sets: elements.map((e) => (e.kind === 'expression' ? [e.expression] : [])), line }];
  }
  return elements;
}

function groupingElement(c: Cursor): GroupingElement {
  const { line } = peek(c);
  const kind = at(c, 'ROLLUP', '(') ? 'rollup' : at(c, 'CUBE', '(') ? 'cube' : undefined;
  if (kind) {
    next(c);
    return { kind, sets: parenthesized(c, () => list(c, () => composite(c))), line };
  }
  if (accept(c, 'GROUPING', 'SETS')) {
    return { kind: 'sets', elements: parenthesized(c, () => list(c, () => nested(c, () => groupingElement(c)))), line };
  }
  if (at(c, '(', ')')) {
    expect(c, '(', ')');
    return { kind: 'composite', expressions: [], line };
  }
  if (at(c, '(') && isComposite(c)) return { kind: 'composite', expressions: composite(c), line };
  return { kind: 'expression', expression: expression(c), line };
}

/** `(a, b)`: a comma at depth one. */
function isComposite(c: Cursor): boolean {
  let depth = 0;
  for (let ahead = 0; peek(c, ahead).type !== 'end'; ahead++) {
    const { type, text } = peek(c, ahead);
    if (type !== 'symbol') continue;
    if (text === '(') depth++;
    if (text === ')' && --depth === 0) return false;
    if (text === ',' && depth === 1) return true;
  }
  return false;
}

function composite(c: Cursor): ReturnType<typeof listOfExpressions> {
  return at(c, '(') && isComposite(c) ? parenthesized(c, () => listOfExpressions(c)) : [expression(c)];
}

function listOfExpressions(c: Cursor) {
  return list(c, () => expression(c));
}
