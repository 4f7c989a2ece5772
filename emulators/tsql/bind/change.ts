import type { Assignment, Delete, TableSource, TargetTable, Update } from '../ast.ts';
import type { BindContext, BoundDelete, BoundExpression, BoundUpdate } from '../bound.ts';
import type { CatalogColumn, CatalogTable } from '../catalog.ts';
import { arithmetic } from '../emit/arithmetic.ts';
import { convert } from '../emit/convert.ts';
import { quoteIdentifier } from '../quote.ts';
import { notImplemented, SqlError } from '../sql-error.ts';
import { bindCondition } from './conditions.ts';
import { bindExpression } from './expressions.ts';
import { bindFrom } from './from.ts';
import { bindOutput } from './output.ts';
import { bindCommonTables } from './query.ts';
import { type FromItem, fromItem, newAlias, newBinding, rootScope, type Scope, sameName } from './scope.ts';
import { topCount } from './select.ts';
import { assigned, changed, columnIndex, columnValue, defaultOf, oldColumns, ROWID, targetTable } from './target.ts';

export function bindUpdate(node: Update, context: BindContext): BoundUpdate {
  const binding = newBinding(context, node.maxRecursion);
  const { scope: outer, sql: withSql } = bindCommonTables(node.with, rootScope(binding));
  const found = locate(node.target, node.from, outer);
  const { table, item } = found;
  const scope: Scope = { ...outer, items: found.items };
  const sets = setColumns(node.set, table);
  const assign: { variable: string; column: string }[] = [];
  const values: string[] = [];
  node.set.forEach((set, n) => {
    const index = set.column === undefined ? -1 : columnIndex(table, set.column, set.line);
    const column = table.columns[index];
    const variableType = set.variable === undefined ? undefined : context.variable(set.variable);
    if (set.variable !== undefined && !variableType)
      throw new SqlError(137, `Must declare the scalar variable "${set.variable}".`, { severity: 15, line: set.line });
    const current = column ? columnValue(item, index) : bindExpressionOf(set, scope);
    const value = assignmentValue(set, current, scope, column);
    const sql = column ? assigned(value, column, table) : convert(value, variableType!).sql;
    if (column) values.push(`${sql} AS ${changed('new', index)}`);
    if (set.variable !== undefined) {
      const name = quoteIdentifier(`var_${n}`);
      const result = column ? convert({ sql, type: column.type, nullable: true }, variableType!).sql : sql;
      values.push(`${result} AS ${name}`);
      assign.push({ variable: set.variable, column: `var_${n}` });
    }
  });
  const output = node.output
    ? bindOutput(
        node.output,
        table,
        context,
        { inserted: (i) => changed(sets.includes(i) ? 'new' : 'old', i), deleted: (i) => changed('old', i) },
        found,
      )
    : undefined;
  const sql = changeSet(found, [...values, ...(output?.extra ?? [])], node, scope);
  return {
    kind: 'update',
    sql: withSql + sql,
    parameters: binding.parameters,
    target: table,
    inserts: [],
    sets,
    ...(output && { output: output.bound }),
    ...(assign.length > 0 && { assign }),
  };
}

/** The variable itself, which `@x += 1` reads. */
function bindExpressionOf(set: Assignment, scope: Scope): BoundExpression | undefined {
  if (set.variable === undefined || set.column !== undefined) return undefined;
  return bindExpression({ kind: 'variable', name: set.variable, line: set.line }, scope);
}

export function bindDelete(node: Delete, context: BindContext): BoundDelete {
  const binding = newBinding(context, node.maxRecursion);
  const { scope: outer, sql: withSql } = bindCommonTables(node.with, rootScope(binding));
  const found = locate(node.target, node.from, outer);
  const scope: Scope = { ...outer, items: found.items };
  const output = node.output
    ? bindOutput(node.output, found.table, context, { deleted: (i) => changed('old', i) }, found)
    : undefined;
  const sql = changeSet(found, output?.extra ?? [], node, scope);
  return {
    kind: 'delete',
    sql: withSql + sql,
    parameters: binding.parameters,
    target: found.table,
    inserts: [],
    sets: [],
    ...(output && { output: output.bound }),
  };
}

/** The rows to change, each once: a join may find a row several times, and any of its matches will do. */
function changeSet(found: Located, values: readonly string[], node: Update | Delete, scope: Scope): string {
  const rowid = `${found.item.alias}.rowid`;
  const where = node.where ? ` WHERE ${bindCondition(node.where, { ...scope, aggregates: 'where' })}` : '';
  const list = [`${rowid} AS ${ROWID}`, ...oldColumns(found.table, found.item), ...values].join(', ');
  if (node.top?.percent) throw notImplemented('TOP .. PERCENT', node.line);
  const limit = node.top ? ` LIMIT ${topCount(node.top, scope)}` : '';
  const once = found.joined ? `DISTINCT ON (${rowid}) ` : '';
  return `SELECT ${once}${list} FROM ${found.from}${where}${limit}`;
}

/** Operators such as += read the column's old value. */
export function assignmentValue(
  node: Assignment,
  current: BoundExpression | undefined,
  scope: Scope,
  column: CatalogColumn | undefined,
): BoundExpression {
  if (node.value.kind === 'default') {
    if (!column)
      throw new SqlError(156, "Incorrect syntax near the keyword 'DEFAULT'.", { severity: 15, line: node.line });
    return defaultOf(column, scope);
  }
  const value = bindExpression(node.value, { ...scope, aggregates: 'where' });
  return node.operator === '=' || !current ? value : arithmetic(node.operator[0] as '+', current, value);
}

export function setColumns(set: readonly Assignment[], table: CatalogTable): readonly number[] {
  const indices = set.filter((s) => s.column !== undefined).map((s) => columnIndex(table, s.column!, s.line));
  indices.forEach((index, at) => {
    const column = table.columns[index]!;
    const { line } = set[0]!;
    if (column.identity) throw new SqlError(8102, `Cannot update identity column '${column.name}'.`, { line });
    if (column.generated)
      throw new SqlError(
        271,
        `The column "${column.name}" cannot be modified because it is either a computed column or is the result of a UNION operator.`,
        { line },
      );
    if (indices.indexOf(index) !== at) {
      throw new SqlError(
        264,
        `The column name '${column.name}' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code.`,
        { line },
      );
    }
  });
  return indices;
}

interface Located {
  readonly table: CatalogTable;
  readonly item: FromItem;
  readonly from: string;
  readonly items: readonly FromItem[];
  readonly joined: boolean;
}

/** Finds what is changed: the FROM clause's table of that alias or name, else the table alone. */
function locate(target: TargetTable, from: readonly TableSource[], scope: Scope): Located {
  const { context } = scope.binding;
  if (from.length === 0) {
    const table = targetTable(target, context);
    const alias = newAlias(scope.binding, table.name);
    const item = fromItem(alias, target.name.parts.at(-1)!, table.columns, table.schema);
    return { table, item, from: `${table.sql} AS ${alias}`, items: [item], joined: false };
  }
  const name = target.name.parts.at(-1)!;
  const source = findSource(from, target, context);
  const bound = bindFrom(from, scope);
  if (source) {
    const exposed = source.alias ?? (source.kind === 'table' ? source.name.parts.at(-1)! : source.name);
    const item = bound.items.find((i) => sameName(i.name, exposed))!;
    const objectName = source.kind === 'table' ? source.name : { parts: [source.name], line: source.line };
    const table = targetTable({ ...target, name: objectName }, context);
    return { table, item, from: bound.sql, items: bound.items, joined: bound.items.length > 1 };
  }
  // The target is not named in FROM: every pair of a target row and a FROM row.
  const table = targetTable(target, context);
  const alias = newAlias(scope.binding, name);
  const item = fromItem(alias, name, table.columns, table.schema);
  return {
    table,
    item,
    from: `${table.sql} AS ${alias} CROSS JOIN ${bound.sql}`,
    items: [item, ...bound.items],
    joined: true,
  };
}

type Named = Extract<TableSource, { kind: 'table' | 'table variable' }>;

function findSource(from: readonly TableSource[], target: TargetTable, context: BindContext): Named | undefined {
  const tables = from.flatMap(namedSources);
  const name = target.name.parts.at(-1)!;
  const byAlias =
    target.name.parts.length === 1 ? tables.find((t) => t.alias !== undefined && sameName(t.alias, name)) : undefined;
  if (byAlias) return byAlias;
  const object = context.catalog.object(target.name);
  const matching = tables.filter((t) => {
    if (t.kind === 'table variable') return sameName(t.name, name);
    const other = context.catalog.object(t.name);
    return (
      object !== undefined &&
      other !== undefined &&
      sameName(other.schema, object.schema) &&
      sameName(other.name, object.name)
    );
  });
  if (matching.length > 1) {
    throw new SqlError(8154, `The table '${target.name.parts.join('.')}' is ambiguous.`, { line: target.line });
  }
  return matching[0];
}

function namedSources(source: TableSource): readonly Named[] {
  if (source.kind === 'table' || source.kind === 'table variable') return [source];
  return source.kind === 'join' || source.kind === 'apply'
    ? [...namedSources(source.left), ...namedSources(source.right)]
    : [];
}
