import type {
  CommonTable,
  Expression,
  QueryBody,
  QueryExpression,
  QuerySpecification,
  SetOperation,
  TableSource,
  ValuesTable,
} from '../ast.ts';
import type { BoundExpression } from '../bound.ts';
import type { CatalogColumn, CatalogView, Relation } from '../catalog.ts';
import { keyOf } from '../emit/compare.ts';
import { convert } from '../emit/convert.ts';
import { raise } from '../emit/raise.ts';
import { quoteIdentifier } from '../quote.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { bindExpression, bindOrder, commonType, orderSql } from './expressions.ts';
import { namedColumns, renamed } from './from.ts';
import { type CteBinding, fromItem, newAlias, rootScope, type Scope, sameName } from './scope.ts';
import { bindSelect } from './select.ts';
import { isCharacter, sameType, unify } from './types.ts';
import { references } from './walk.ts';

/** A query as SQL without parentheses; `columns` give T-SQL name and type, `duckdbName` what the SQL calls it. */
export interface BoundBody {
  readonly sql: string;
  readonly columns: readonly CatalogColumn[];
}

export interface SubqueryOptions {
  readonly derived?: boolean;
  readonly exists?: boolean;
}

/** A query inside another: its names reach out to `outer`. Throws 1033 for an ORDER BY without TOP or OFFSET. */
export function bindSubquery(query: QueryExpression, outer: Scope, options: SubqueryOptions = {}): BoundBody {
  const top = query.body.kind === 'select' ? query.body.top : undefined;
  if (query.orderBy.length > 0 && !top && !query.offset && !options.exists) {
    const message =
      'The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.';
    throw new SqlError(1033, message, { severity: 15, line: query.line });
  }
  return bindFullQuery(query, outer);
}

export function bindFullQuery(query: QueryExpression, outer: Scope): BoundBody {
  const { scope, sql: withSql } = bindCommonTables(query.with, outer);
  if (query.body.kind === 'select') {
    const bound = bindSelect(query.body, query, scope);
    return { ...bound, sql: withSql + bound.sql };
  }
  const body = bindQueryBody(query.body, scope);
  if (query.orderBy.length === 0) return { ...body, sql: withSql + body.sql };
  return { ...body, sql: withSql + ordered(body, query, scope) };
}

/** ORDER BY over a UNION or the like: its names are the output's. */
function ordered(body: BoundBody, query: QueryExpression, scope: Scope): string {
  const alias = newAlias(scope.binding, 'u');
  const item = fromItem(alias, '', body.columns);
  const inner: Scope = { binding: scope.binding, items: [item], ctes: scope.ctes };
  const order = query.orderBy.map((o) => {
    if (o.expression.kind === 'literal' && o.expression.type === 'int') {
      const column = item.columns[Number(o.expression.text) - 1];
      if (!column) throw positionOutOfRange(o.expression.text, o.line);
      return orderSql({ sql: column.sql, type: column.column.type, nullable: true }, o.descending);
    }
    const column = item.columns[selected(query.body, o.expression)];
    if (column) return orderSql({ sql: column.sql, type: column.column.type, nullable: true }, o.descending);
    return bindOrder([o], inner)[0]!;
  });
  return `SELECT * FROM (${body.sql}) AS ${alias} ORDER BY ${order.join(', ')}${limitSql(query, scope)}`;
}

/** The place of a column such as `t.id` in the first SELECT of a UNION; -1 when it is none of its items. */
function selected(body: QueryBody, expression: Expression): number {
  if (body.kind === 'set operation') return selected(body.left, expression);
  if (body.kind !== 'select' || expression.kind !== 'column' || expression.name.parts.length < 2) return -1;
  const wanted = expression.name.parts.join('.');
  return body.items.findIndex(
    (item) =>
      item.kind === 'item' &&
      item.expression.kind === 'column' &&
      sameName(item.expression.name.parts.join('.'), wanted),
  );
}

export function positionOutOfRange(position: string, line: number): SqlError {
  const message = `The ORDER BY position number ${position} is out of range of the number of items in the select list.`;
  return new SqlError(108, message, { severity: 15, line });
}

/** OFFSET .. FETCH as SQL. */
export function limitSql(query: Pick<QueryExpression, 'offset' | 'fetch'>, scope: Scope): string {
  const count = (e: NonNullable<QueryExpression['fetch']>) => convert(bindExpression(e, scope), { name: 'bigint' }).sql;
  const fetch = query.fetch ? ` LIMIT ${count(query.fetch)}` : '';
  return query.offset ? `${fetch} OFFSET ${count(query.offset)}` : fetch;
}

/** WITH: each table's query is bound in order and named for those after it. `sql` is '' or `WITH .. `. */
export function bindCommonTables(tables: readonly CommonTable[], outer: Scope): { scope: Scope; sql: string } {
  if (tables.length === 0) return { scope: outer, sql: '' };
  const ctes = new Map(outer.ctes);
  const texts: string[] = [];
  let recursive = false;
  for (const table of tables) {
    const scope: Scope = { ...outer, ctes: new Map(ctes) };
    const sqlName = newAlias(outer.binding, table.name);
    const bound = references(table.query, table.name)
      ? bindRecursive(table, sqlName, scope)
      : bindSubquery(table.query, scope, { derived: true });
    recursive ||= references(table.query, table.name);
    const checked = namedColumns(bound.columns, { alias: table.name, line: table.line }, table.columns);
    const columns = renamed(checked, table.columns, table.name, table.line);
    ctes.set(table.name.toLowerCase(), { name: table.name, sqlName, columns, node: table });
    texts.push(`${sqlName} AS (${bound.sql})`);
  }
  return { scope: { ...outer, ctes }, sql: `WITH ${recursive ? 'RECURSIVE ' : ''}${texts.join(', ')} ` };
}

/** The anchor gives the columns; the recursive member is bound with them and converted to their types. */
function bindRecursive(table: CommonTable, sqlName: string, scope: Scope): BoundBody {
  const { body } = table.query;
  if (body.kind !== 'set operation' || body.operator !== 'union all' || references(body.left, table.name)) {
    const message = `Recursive common table expression '${table.name}' does not contain a top-level UNION ALL operator.`;
    throw new SqlError(252, message, { line: table.line });
  }
  const anchor = bindQueryBody(body.left, scope);
  // The recursive member may bring NULLs that the anchor has not.
  const columns = renamed(anchor.columns, table.columns, table.name, table.line).map((c) => ({ ...c, nullable: true }));
  const limit = scope.binding.maxRecursion;
  const at = limit > 0 && body.right.kind === 'select' ? recursiveSource(body.right, table.name) : undefined;
  const own: CteBinding = { name: table.name, sqlName, columns: at ? [...columns, DEPTH] : columns };
  const within: Scope = { ...scope, ctes: new Map(scope.ctes).set(table.name.toLowerCase(), own) };
  const bound = bindQueryBody(at ? withDepth(body.right as QuerySpecification, at) : body.right, within);
  const step = at ? { ...bound, columns: bound.columns.slice(0, -1) } : bound;
  checkWidth(anchor, step, body);
  const types = anchor.columns.map((c) => c.type);
  const result = anchor.columns.map((c) => ({ ...c, nullable: true }));
  if (!at) return { sql: `${inTypes(anchor, types, scope)} UNION ALL ${inTypes(step, types, scope)}`, columns: result };
  const depth = quoteIdentifier(bound.columns.at(-1)!.duckdbName ?? DEPTH.name);
  const message = `The statement terminated. The maximum recursion ${limit} has been exhausted before statement completion.`;
  const next = `CASE WHEN ${depth} < ${limit} THEN ${depth} + 1 ELSE ${raise(530, message)} END`;
  const first = `SELECT *, 0 AS ${quoteIdentifier(DEPTH.name)} FROM ${inTypes(anchor, types, scope)}`;
  const further = inTypes({ ...step, sql: bound.sql }, types, scope, `, ${next} AS ${depth}`);
  return { sql: `${first} UNION ALL ${further}`, columns: result };
}

/** How many times the recursive member has run for a row: the server ends a statement that goes too deep with error 530. */
const DEPTH: CatalogColumn = { name: '$depth', type: { name: 'int' }, nullable: false, hidden: true };

/** The name by which the recursive member calls its own table; undefined when it stands deeper than in FROM. */
function recursiveSource(body: QuerySpecification, name: string): string | undefined {
  const find = (source: TableSource): string | undefined => {
    if (source.kind === 'join' || source.kind === 'apply') return find(source.left) ?? find(source.right);
    return source.kind === 'table' && source.name.parts.length === 1 && sameName(source.name.parts[0]!, name)
      ? (source.alias ?? name)
      : undefined;
  };
  for (const source of body.from) {
    const found = find(source);
    if (found !== undefined) return found;
  }
  return undefined;
}

const withDepth = (body: QuerySpecification, source: string): QuerySpecification => ({
  ...body,
  items: [
    ...body.items,
    {
      kind: 'item',
      expression: { kind: 'column', name: { parts: [source, DEPTH.name], line: body.line }, line: body.line },
      line: body.line,
    },
  ],
});

export function bindQueryBody(body: QueryBody, scope: Scope): BoundBody {
  switch (body.kind) {
    case 'select':
      return bindSelect(body, undefined, scope);
    case 'nested':
      return bindSubquery(body.query, scope);
    case 'values':
      return bindValues(body, scope);
    case 'set operation':
      return bindSetOperation(body, scope);
  }
}

function checkWidth(left: BoundBody, right: BoundBody, node: SetOperation): void {
  if (left.columns.length === right.columns.length) return;
  const message =
    'All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.';
  throw new SqlError(205, message, { line: node.line });
}

/** The rows of `body` with its columns converted to `types`, in parentheses; `more` is SQL of further columns. */
function inTypes(body: BoundBody, types: readonly SqlType[], scope: Scope, more = ''): string {
  if (more === '' && body.columns.every((column, i) => sameType(column.type, types[i]!))) return `(${body.sql})`;
  const alias = newAlias(scope.binding, 's');
  const item = fromItem(alias, '', body.columns);
  const columns = item.columns.map((column, i) => {
    const value: BoundExpression = { sql: column.sql, type: column.column.type, nullable: true };
    return `${convert(value, types[i]!).sql} AS ${quoteIdentifier(column.column.duckdbName ?? column.column.name)}`;
  });
  return `(SELECT ${columns.join(', ')}${more} FROM (${body.sql}) AS ${alias})`;
}

function bindSetOperation(node: SetOperation, scope: Scope): BoundBody {
  const left = bindQueryBody(node.left, scope);
  const right = bindQueryBody(node.right, scope);
  checkWidth(left, right, node);
  const columns = left.columns.map((column, i): CatalogColumn => {
    const other = right.columns[i]!;
    const type = nullColumn(column) ? other.type : nullColumn(other) ? column.type : unify(column.type, other.type);
    const nullable = node.operator === 'except' ? column.nullable : column.nullable || other.nullable;
    return { name: column.name, type, nullable, duckdbName: column.duckdbName ?? column.name };
  });
  const types = columns.map((c) => c.type);
  const [a, b] = [inTypes(left, types, scope), inTypes(right, types, scope)];
  if (node.operator === 'union all') return { sql: `${a} UNION ALL ${b}`, columns };
  const folded = columns.some((c) => isCharacter(c.type) || c.type.name === 'datetimeoffset');
  if (!folded) return { sql: `${a} ${node.operator.toUpperCase()} ${b}`, columns };
  if (node.operator === 'union') return { sql: distinct(`${a} UNION ALL ${b}`, columns, scope), columns };
  // EXCEPT and INTERSECT by key: rows of the left side that have (no) equal on the right.
  const [x, y] = [newAlias(scope.binding, 'l'), newAlias(scope.binding, 'r')];
  const rightColumns = fromItem(
    y,
    '',
    right.columns.map((c, i) => ({ ...c, type: types[i]! })),
  ).columns;
  const equal = fromItem(x, '', columns).columns.map((column, i) => {
    const key = (sql: string) => keyOf({ sql, type: types[i]!, nullable: true });
    return `${key(column.sql)} IS NOT DISTINCT FROM ${key(rightColumns[i]!.sql)}`;
  });
  const not = node.operator === 'except' ? 'NOT ' : '';
  const matching = `SELECT * FROM ${a} AS ${x} WHERE ${not}EXISTS (SELECT 1 FROM ${b} AS ${y} WHERE ${equal.join(' AND ')})`;
  return { sql: distinct(matching, columns, scope), columns };
}

/** A column of nothing but NULL literals takes the other side's type. */
function nullColumn(column: CatalogColumn): boolean {
  return (column as { untypedNull?: boolean }).untypedNull === true;
}

/** One row of each group of equal rows, by the collation's idea of equal. */
export function distinct(sql: string, columns: readonly CatalogColumn[], scope: Scope): string {
  const alias = newAlias(scope.binding, 'd');
  const keys = fromItem(alias, '', columns).columns.map(({ sql: name, column }) =>
    keyOf({
      sql: name,
      type: column.type,
      nullable: true,
      ...(column.collation !== undefined && { collation: column.collation }),
    }),
  );
  return `SELECT DISTINCT ON (${keys.join(', ')}) * FROM (${sql}) AS ${alias}`;
}

function bindValues(node: ValuesTable, scope: Scope): BoundBody {
  const width = node.rows[0]!.length;
  if (node.rows.some((row) => row.length !== width)) {
    throw new SqlError(10709, 'The number of columns for each row in a table value constructor must be the same.', {
      line: node.line,
    });
  }
  const rows = node.rows.map((row) => row.map((value) => bindExpression(value, scope)));
  const columns = Array.from({ length: width }, (_, i): CatalogColumn => {
    const values = rows.map((row) => row[i]!);
    return { name: '', type: commonType(values), nullable: values.some((v) => v.nullable), duckdbName: `col${i}` };
  });
  const text = rows.map((row) => `(${row.map((value, i) => convert(value, columns[i]!.type).sql).join(', ')})`);
  return { sql: `VALUES ${text.join(', ')}`, columns };
}

/** A view's query, bound on its own: it sees no names but the catalog's. */
export function bindView(view: CatalogView, outer: Scope): Relation {
  const bound = bindFullQuery(view.query!, rootScope(outer.binding));
  const columns = renamed(bound.columns, view.columnNames, view.name, 1);
  return { sql: `(${bound.sql})`, columns: namedColumns(columns, { alias: view.name, line: 1 }) };
}

/** Aliases that DuckDB can tell apart, for names that repeat or are missing. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return names.map((name, i) => {
    let unique = name === '' ? `$${i + 1}` : name;
    while (seen.has(unique.toLowerCase())) unique = `${unique}$${i + 1}`;
    seen.add(unique.toLowerCase());
    return unique;
  });
}
