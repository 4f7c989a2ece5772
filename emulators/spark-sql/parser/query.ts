import type { Alias, Expression, JoinKind, Query, QueryBody, Relation, Select, SortItem, WindowSpec } from '../ast.ts';
import { notImplemented } from '../spark-error.ts';
import { type Cursor, strictlyReserved } from './cursor.ts';
import { parseExpression, sortItems, windowSpec } from './expression.ts';

/** Whether a query begins here (after an opening parenthesis). */
export function startsQuery(cursor: Cursor): boolean {
  let ahead = 0;
  while (cursor.peek(ahead).key === '(') ahead++;
  return ['SELECT', 'WITH', 'VALUES', 'FROM'].includes(cursor.peek(ahead).key);
}

/** https://docs.databricks.com/sql/language-manual/sql-ref-syntax-qry-select.html */
export function parseQuery(cursor: Cursor): Query {
  const ctes: { name: string; columns: readonly string[]; query: Query }[] = [];
  if (cursor.take('WITH')) {
    if (cursor.at('RECURSIVE')) throw notImplemented('recursive common table expressions', cursor.peek().at);
    do {
      const name = cursor.identifier();
      const columns = cursor.at('(') ? cursor.parenthesised(() => cursor.list(() => cursor.identifier())) : [];
      cursor.take('AS');
      ctes.push({ name, columns, query: cursor.parenthesised(() => parseQuery(cursor)) });
    } while (cursor.take(','));
  }
  const body = setOperation(cursor);
  let orderBy: readonly SortItem[] | 'ALL' = [];
  if (cursor.take('ORDER', 'BY')) orderBy = cursor.take('ALL') ? 'ALL' : sortItems(cursor);
  for (const clause of ['SORT', 'CLUSTER', 'DISTRIBUTE'])
    if (cursor.at(clause, 'BY')) throw notImplemented(`${clause} BY`, cursor.peek().at);
  const limit = cursor.take('LIMIT') && !cursor.take('ALL') ? parseExpression(cursor) : undefined;
  const offset = cursor.take('OFFSET') ? parseExpression(cursor) : undefined;
  return { ctes, body, orderBy, limit, offset };
}

/** INTERSECT binds tighter than UNION and EXCEPT. */
function setOperation(cursor: Cursor): QueryBody {
  let left = intersection(cursor);
  for (;;) {
    const op = cursor.take('UNION') ? 'UNION' : cursor.take('EXCEPT') || cursor.take('MINUS') ? 'EXCEPT' : undefined;
    if (op === undefined) return left;
    const all = setQuantifier(cursor);
    left = { node: 'set', op, all, left, right: intersection(cursor) };
  }
}

function intersection(cursor: Cursor): QueryBody {
  let left = term(cursor);
  while (cursor.take('INTERSECT'))
    left = { node: 'set', op: 'INTERSECT', all: setQuantifier(cursor), left, right: term(cursor) };
  return left;
}

function setQuantifier(cursor: Cursor): boolean {
  const all = cursor.take('ALL');
  if (!all) cursor.take('DISTINCT');
  if (cursor.at('BY', 'NAME')) throw notImplemented('set operations BY NAME', cursor.peek().at);
  return all;
}

function term(cursor: Cursor): QueryBody {
  if (cursor.at('(')) return { node: 'nested', query: cursor.parenthesised(() => parseQuery(cursor)) };
  const { at } = cursor.peek();
  if (cursor.take('VALUES')) return { node: 'values', rows: cursor.list(() => valuesRow(cursor)), at };
  if (cursor.at('FROM')) throw notImplemented('queries that begin with FROM', at);
  return select(cursor);
}

function valuesRow(cursor: Cursor): readonly Expression[] {
  const row = parseExpression(cursor);
  return row.node === 'call' && row.name === 'struct' ? row.args : [row];
}

function select(cursor: Cursor): Select {
  const { at } = cursor.peek();
  cursor.expect('SELECT');
  if (cursor.at('TRANSFORM', '(')) throw notImplemented('SELECT TRANSFORM', at);
  const distinct = cursor.take('DISTINCT');
  if (!distinct && cursor.at('ALL') && cursor.peek(1).key !== ',') cursor.next();
  const items = cursor.list(() => {
    const expression = parseExpression(cursor);
    if (cursor.take('AS')) return { expression, alias: cursor.identifier() };
    const token = cursor.peek();
    const implicit = token.kind === 'quoted' || (token.kind === 'word' && !strictlyReserved.has(token.key));
    return { expression, alias: implicit ? cursor.identifier() : undefined };
  });
  const from = cursor.take('FROM') ? fromClause(cursor) : undefined;
  if (cursor.at('LATERAL', 'VIEW')) throw notImplemented('LATERAL VIEW', cursor.peek().at);
  const where = cursor.take('WHERE') ? parseExpression(cursor) : undefined;
  const groupBy = cursor.take('GROUP', 'BY') ? groupingOf(cursor) : undefined;
  const having = cursor.take('HAVING') ? parseExpression(cursor) : undefined;
  const qualify = cursor.take('QUALIFY') ? parseExpression(cursor) : undefined;
  const windows = new Map<string, WindowSpec>();
  if (cursor.take('WINDOW'))
    do {
      const name = cursor.identifier();
      cursor.expect('AS');
      windows.set(name.toLowerCase(), windowSpec(cursor));
    } while (cursor.take(','));
  // Databricks also reads QUALIFY after WINDOW.
  const late = qualify === undefined && cursor.take('QUALIFY') ? parseExpression(cursor) : qualify;
  return { node: 'select', distinct, items, from, where, groupBy, having, qualify: late, windows, at };
}

function groupingOf(cursor: Cursor): readonly Expression[] | 'ALL' {
  if (cursor.take('ALL')) return 'ALL';
  const { key, at } = cursor.peek();
  if (key === 'ROLLUP' || key === 'CUBE' || key === 'GROUPING') throw notImplemented(`GROUP BY ${key}`, at);
  const items = cursor.list(() => parseExpression(cursor));
  if (cursor.at('WITH', 'ROLLUP') || cursor.at('WITH', 'CUBE') || cursor.at('GROUPING', 'SETS'))
    throw notImplemented('grouping sets', cursor.peek().at);
  return items;
}

/** A comma is a cross join that binds looser than JOIN. */
function fromClause(cursor: Cursor): Relation {
  let relation = joins(cursor);
  while (cursor.take(',')) {
    if (cursor.at('LATERAL')) throw notImplemented('LATERAL', cursor.peek().at);
    relation = { node: 'join', kind: 'CROSS', left: relation, right: joins(cursor), on: undefined, using: [] };
  }
  return relation;
}

function joins(cursor: Cursor): Relation {
  let left = relationPrimary(cursor);
  for (;;) {
    const kind = joinKind(cursor);
    if (kind === undefined) return left;
    if (cursor.at('LATERAL')) throw notImplemented('LATERAL', cursor.peek().at);
    const right = relationPrimary(cursor);
    const on = kind !== 'CROSS' && cursor.take('ON') ? parseExpression(cursor) : undefined;
    const using =
      kind !== 'CROSS' && on === undefined && cursor.take('USING')
        ? cursor.parenthesised(() => cursor.list(() => cursor.identifier()))
        : [];
    left = { node: 'join', kind, left, right, on, using };
  }
}

function joinKind(cursor: Cursor): JoinKind | undefined {
  if (cursor.at('NATURAL')) throw notImplemented('NATURAL JOIN', cursor.peek().at);
  if (cursor.take('JOIN') || cursor.take('INNER', 'JOIN')) return 'INNER';
  if (cursor.take('CROSS', 'JOIN')) return 'CROSS';
  for (const kind of ['SEMI', 'ANTI'] as const)
    if (cursor.take('LEFT', kind, 'JOIN') || cursor.take(kind, 'JOIN')) return kind;
  for (const kind of ['LEFT', 'RIGHT', 'FULL'] as const)
    if (cursor.take(kind, 'OUTER', 'JOIN') || cursor.take(kind, 'JOIN')) return kind;
  return undefined;
}

export function relationPrimary(cursor: Cursor): Relation {
  const start = cursor.peek();
  if (cursor.at('(')) {
    if (startsQuery(cursor)) {
      const query = cursor.parenthesised(() => parseQuery(cursor));
      return { node: 'subquery', query, alias: aliasOf(cursor) };
    }
    return cursor.parenthesised(() => fromClause(cursor));
  }
  if (cursor.take('VALUES')) {
    const rows = cursor.list(() => valuesRow(cursor));
    const body: QueryBody = { node: 'values', rows, at: start.at };
    return {
      node: 'subquery',
      query: { ctes: [], body, orderBy: [], limit: undefined, offset: undefined },
      alias: aliasOf(cursor),
    };
  }
  if (start.kind === 'word' && cursor.peek(1).key === '(') {
    const call = parseExpression(cursor);
    return { node: 'tableFunction', call, alias: aliasOf(cursor) };
  }
  return tableReference(cursor, true);
}

/** A table by name or by path, with its alias. */
export function tableReference(cursor: Cursor, aliased: boolean): Extract<Relation, { node: 'named' | 'path' }> {
  const { at, key } = cursor.peek();
  const formats = ['PARQUET', 'DELTA', 'CSV', 'JSON', 'TEXT', 'ORC', 'AVRO', 'BINARYFILE'];
  if (formats.includes(key) && cursor.peek(1).key === '.' && cursor.peek(2).kind === 'quoted') {
    if (key !== 'PARQUET' && key !== 'DELTA') throw notImplemented(`the file format ${key.toLowerCase()}`, at);
    cursor.next();
    cursor.next();
    const path = cursor.next().text;
    const relation = {
      node: 'path' as const,
      format: key === 'PARQUET' ? ('parquet' as const) : ('delta' as const),
      path,
      alias: aliased ? aliasOf(cursor) : undefined,
      at,
    };
    cursor.relations.push(relation);
    return relation;
  }
  const parts = cursor.qualifiedName();
  const version = versionOf(cursor);
  if (cursor.at('TABLESAMPLE')) throw notImplemented('TABLESAMPLE', cursor.peek().at);
  const relation = { node: 'named' as const, parts, alias: aliased ? aliasOf(cursor) : undefined, version, at };
  if (cursor.at('PIVOT') || cursor.at('UNPIVOT')) throw notImplemented(cursor.peek().key, cursor.peek().at);
  cursor.relations.push(relation);
  return relation;
}

/** `table VERSION AS OF n` */
function versionOf(cursor: Cursor): number | undefined {
  if (cursor.at('TIMESTAMP', 'AS', 'OF')) throw notImplemented('TIMESTAMP AS OF; use VERSION AS OF', cursor.peek().at);
  if (!cursor.take('VERSION', 'AS', 'OF')) return undefined;
  const token = cursor.next();
  if (token.kind !== 'number' || !/^\d+$/.test(token.text))
    throw notImplemented('a version that is not a number', token.at);
  return Number(token.text);
}

export function aliasOf(cursor: Cursor): Alias | undefined {
  const token = cursor.peek();
  const explicit = cursor.take('AS');
  const implicit =
    token.kind === 'quoted' ||
    (token.kind === 'word' && !strictlyReserved.has(token.key) && !relationEnds.has(token.key));
  if (!explicit && !implicit) return undefined;
  const name = cursor.identifier();
  const columns = cursor.at('(') ? cursor.parenthesised(() => cursor.list(() => cursor.identifier())) : [];
  return { name, columns };
}

/** Keywords that may follow a relation but are not reserved elsewhere. */
const relationEnds: ReadonlySet<string> = new Set([
  'VALUES',
  'PARTITION',
  'REPLACE',
  'VERSION',
  'TIMESTAMP',
  'ZORDER',
  'RETAIN',
  'DRY',
]);
