import type {
  Assignment,
  Delete,
  Expression,
  Insert,
  Merge,
  MergeBranch,
  Output,
  TableSource,
  TargetTable,
  Top,
  Update,
} from '../ast.ts';
import type {
  BindContext,
  BoundDelete,
  BoundExpression,
  BoundInsert,
  BoundMerge,
  BoundOutput,
  BoundUpdate,
} from '../bound.ts';
import type { CatalogColumn, CatalogTable, Relation } from '../catalog.ts';
import { arithmetic } from '../emit/arithmetic.ts';
import { convert } from '../emit/convert.ts';
import { quoteIdentifier } from '../quote.ts';
import { notImplemented, SqlError } from '../sql-error.ts';
import { bindCondition } from './conditions.ts';
import { bindExpression } from './expressions.ts';
import { bindFrom, invalidObject } from './from.ts';
import { bindCommonTables, bindFullQuery } from './query.ts';
import {
  type Binding,
  type FromItem,
  fromItem,
  newAlias,
  newBinding,
  rootScope,
  type Scope,
  sameName,
} from './scope.ts';
import { bindItem, topCount } from './select.ts';

const ROWID = quoteIdentifier('$rowid');
const changed = (which: 'old' | 'new', i: number) => quoteIdentifier(`${which}_${i}`);

function targetTable(target: TargetTable, context: BindContext): CatalogTable {
  const { name } = target;
  const object = context.catalog.object(name);
  if (!object) {
    if (name.parts[0]!.startsWith('@')) {
      throw new SqlError(1087, `Must declare the table variable "${name.parts[0]}".`, {
        severity: 15,
        line: name.line,
      });
    }
    throw invalidObject(name.parts.join('.'), name.line);
  }
  if (object.kind === 'view') throw notImplemented('changing data through a view', name.line);
  return object;
}

function fullName(table: CatalogTable): string {
  return table.schema === '' ? table.name : `${table.schema}.${table.name}`;
}

function columnIndex(table: CatalogTable, name: string, line: number): number {
  const index = table.columns.findIndex((c) => sameName(c.name, name));
  if (index < 0) throw new SqlError(207, `Invalid column name '${name}'.`, { line });
  return index;
}

/** A value on its way into a column: converted, and text that does not fit refused. */
function assigned(value: BoundExpression, column: CatalogColumn, table: CatalogTable): string {
  return convert(value, column.type, { assignTo: { table: fullName(table), column: column.name } }).sql;
}

function defaultOf(column: CatalogColumn, scope: Scope): BoundExpression {
  const nothing: Expression = { kind: 'literal', type: 'null', text: 'NULL', line: 1 };
  return bindExpression(column.default ?? nothing, { binding: scope.binding, items: [], ctes: new Map() });
}

// ---- INSERT ----------------------------------------------------------------------------------------------------------

/** `rows` is what INSERT .. EXEC has staged: its columns in order stand for the source. */
export function bindInsert(node: Insert, context: BindContext, rows?: Relation): BoundInsert {
  const binding = newBinding(context, node.source.kind === 'query' ? node.source.query.maxRecursion : undefined);
  const table = targetTable(node.target, context);
  const { scope, sql: withSql } = bindCommonTables(node.with, rootScope(binding));
  const given = insertColumns(table, node.columns, context, node.line);
  let source: { sql: string; columns: readonly CatalogColumn[] } | undefined;
  if (node.source.kind === 'execute') {
    if (!rows) throw notImplemented('INSERT .. EXEC here', node.line);
    source = { sql: `SELECT * FROM ${rows.sql}`, columns: rows.columns };
  } else if (node.source.kind === 'query') {
    if (node.source.query.body.kind === 'values') {
      const sql = insertValues(node.source.query.body.rows, given, table, scope, node.line);
      return finishInsert(node, binding, table, given, sql.text, sql.indices, withSql);
    }
    source = bindFullQuery(node.source.query, scope);
  } else source = undefined;
  const { text, indices } = insertQuery(source, given, table, scope, node.top, node.line);
  return finishInsert(node, binding, table, given, text, indices, withSql);
}

/** Rows of a relation into a table: a bulk load, OUTPUT .. INTO. `columns` are target columns, in the order of the rows'. */
export function bindInsertRows(
  table: CatalogTable,
  columns: readonly string[] | undefined,
  rows: Relation,
  context: BindContext,
): BoundInsert {
  const binding = newBinding(context);
  const given = insertColumns(table, columns, context, 1);
  const source = { sql: `SELECT * FROM ${rows.sql}`, columns: rows.columns };
  const { text, indices } = insertQuery(source, given, table, rootScope(binding), undefined, 1);
  return { kind: 'insert', sql: text, parameters: binding.parameters, target: table, inserts: indices, sets: [] };
}

function finishInsert(
  node: Insert,
  binding: Binding,
  table: CatalogTable,
  _given: readonly number[],
  text: string,
  indices: readonly number[],
  withSql: string,
): BoundInsert {
  const output = node.output
    ? bindOutput(node.output, table, binding.context, { inserted: (i) => changed('new', i) })
    : undefined;
  return {
    kind: 'insert',
    sql: withSql + text,
    parameters: binding.parameters,
    target: table,
    inserts: indices,
    sets: [],
    ...(output && { output: output.bound }),
  };
}

/** Target columns that the source gives, in its order. Throws 207, 264, 271, 544. */
function insertColumns(
  table: CatalogTable,
  names: readonly string[] | undefined,
  context: BindContext,
  line: number,
): readonly number[] {
  const withIdentity = context.identityInsert?.(table) ?? false;
  if (!names) return table.columns.flatMap((c, i) => (c.generated || (c.identity && !withIdentity) ? [] : [i]));
  const indices = names.map((name) => columnIndex(table, name, line));
  indices.forEach((index, at) => {
    const column = table.columns[index]!;
    if (indices.indexOf(index) !== at) {
      const message = `The column name '${column.name}' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code.`;
      throw new SqlError(264, message, { line });
    }
    if (column.generated)
      throw new SqlError(
        271,
        `The column "${column.name}" cannot be modified because it is either a computed column or is the result of a UNION operator.`,
        { line },
      );
    if (column.identity && !withIdentity) {
      throw new SqlError(
        544,
        `Cannot insert explicit value for identity column in table '${table.name}' when IDENTITY_INSERT is set to OFF.`,
        { line },
      );
    }
  });
  return indices;
}

/** Columns that get a value: those given, and every other that is not generated, by its default. */
function insertIndices(table: CatalogTable, given: readonly number[]): readonly number[] {
  return table.columns.flatMap((c, i) => (given.includes(i) || (!c.generated && !c.identity) ? [i] : []));
}

function wrongCount(given: number, values: number, line: number): SqlError {
  const what =
    given > values
      ? 'more columns in the INSERT statement than values'
      : 'fewer columns in the INSERT statement than values';
  const message = `There are ${what} specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.`;
  return new SqlError(given > values ? 109 : 110, message, { severity: 15, line });
}

function insertValues(
  rows: readonly (readonly Expression[])[],
  given: readonly number[],
  table: CatalogTable,
  scope: Scope,
  line: number,
) {
  const indices = insertIndices(table, given);
  const text = rows.map((row) => {
    if (row.length !== given.length) {
      if (rows.length > 1 && row.length !== rows[0]!.length) {
        throw new SqlError(10709, 'The number of columns for each row in a table value constructor must be the same.', {
          line,
        });
      }
      throw given.length === table.columns.length ? columnMismatch(line) : wrongCount(given.length, row.length, line);
    }
    const values = indices.map((index) => {
      const at = given.indexOf(index);
      const column = table.columns[index]!;
      const node = at < 0 ? undefined : row[at]!;
      const value = !node || node.kind === 'default' ? defaultOf(column, scope) : bindExpression(node, scope);
      return assigned(value, column, table);
    });
    return `(${values.join(', ')})`;
  });
  const names = indices.map((i) => changed('new', i)).join(', ');
  const alias = newAlias(scope.binding, 'v');
  return { text: `SELECT * FROM (VALUES ${text.join(', ')}) AS ${alias}(${names})`, indices };
}

function columnMismatch(line: number): SqlError {
  return new SqlError(213, 'Column name or number of supplied values does not match table definition.', { line });
}

function insertQuery(
  source: { sql: string; columns: readonly CatalogColumn[] } | undefined,
  given: readonly number[],
  table: CatalogTable,
  scope: Scope,
  top: Top | undefined,
  line: number,
) {
  const columns = source ? given : [];
  if (source && source.columns.length !== columns.length) {
    const more = columns.length > source.columns.length;
    const message = `The select list for the INSERT statement contains ${more ? 'fewer' : 'more'} items than the insert list. The number of SELECT values must match the number of INSERT columns.`;
    throw new SqlError(more ? 120 : 121, message, { severity: 15, line });
  }
  const indices = insertIndices(table, columns);
  const alias = newAlias(scope.binding, 's');
  const item = source ? fromItem(alias, '', source.columns) : undefined;
  const list = indices.map((index) => {
    const at = columns.indexOf(index);
    const column = table.columns[index]!;
    const from = at < 0 ? undefined : item!.columns[at]!;
    const value = from
      ? {
          sql: from.sql,
          type: from.column.type,
          nullable: true,
          ...((from.column as { untypedNull?: boolean }).untypedNull && { untypedNull: true }),
        }
      : defaultOf(column, scope);
    return `${assigned(value, column, table)} AS ${changed('new', index)}`;
  });
  const limit = top ? ` LIMIT ${topCount(top, scope)}` : '';
  const text = list.length === 0 ? 'SELECT 1 AS "$row"' : `SELECT ${list.join(', ')}`;
  return { text: source ? `${text} FROM (${source.sql}) AS ${alias}${limit}` : text, indices };
}

// ---- UPDATE, DELETE ----------------------------------------------------------------------------------------------------

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

function oldColumns(table: CatalogTable, item: FromItem): readonly string[] {
  return table.columns.map((_, i) => `${item.columns[i]!.sql} AS ${changed('old', i)}`);
}

/** Operators such as += read the column's old value. */
function assignmentValue(
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

function setColumns(set: readonly Assignment[], table: CatalogTable): readonly number[] {
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

function columnValue(item: FromItem, index: number): BoundExpression {
  const { sql, column } = item.columns[index]!;
  return { sql, type: column.type, nullable: true };
}

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

// ---- MERGE -------------------------------------------------------------------------------------------------------------

export function bindMerge(node: Merge, context: BindContext): BoundMerge {
  if (node.top) throw notImplemented('MERGE TOP', node.line);
  const binding = newBinding(context, node.maxRecursion);
  const { scope: outer, sql: withSql } = bindCommonTables(node.with, rootScope(binding));
  const table = targetTable(node.target, context);
  const alias = newAlias(binding, node.targetAlias ?? table.name);
  const exposed = node.targetAlias ?? node.target.name.parts.at(-1)!;
  const item = fromItem(alias, exposed, table.columns, node.targetAlias === undefined ? table.schema : undefined);
  const bound = bindFrom([node.source], outer);
  const source = bound.items;
  // A mark tells a source row from the outer join's NULLs.
  const marked = newAlias(binding, 'source');
  const inner = source.flatMap((s) => s.columns.map((c) => c.sql));
  const names = inner.map((_, i) => quoteIdentifier(`s${i}`));
  let n = 0;
  const items: readonly FromItem[] = source.map((s) => ({
    ...s,
    columns: s.columns.map((c) => ({ ...c, sql: `${marked}.${names[n++]}` })),
  }));
  const sourceSql = `(SELECT TRUE AS "$source"${inner.map((sql, i) => `, ${sql} AS ${names[i]}`).join('')} FROM ${bound.sql}) AS ${marked}`;
  const both: Scope = { ...outer, items: [item, ...items] };
  const on = bindCondition(node.on, { ...both, aggregates: 'on' });
  const bySource = node.branches.some((b) => b.when === 'not matched by source');
  const byTarget = node.branches.some((b) => b.when === 'not matched');
  const join = bySource && byTarget ? 'FULL JOIN' : bySource ? 'LEFT JOIN' : byTarget ? 'RIGHT JOIN' : 'JOIN';

  const rowid = `${alias}.rowid`;
  const matched = {
    matched: `${rowid} IS NOT NULL AND ${marked}."$source"`,
    'not matched': `${rowid} IS NULL`,
    'not matched by source': `${marked}."$source" IS NULL`,
  };
  const scopeOf = (branch: MergeBranch): Scope =>
    branch.when === 'not matched'
      ? { ...outer, items }
      : branch.when === 'matched'
        ? both
        : { ...outer, items: [item] };
  const tests = node.branches.map((branch) => {
    const and = branch.and ? ` AND (${bindCondition(branch.and, { ...scopeOf(branch), aggregates: 'where' })})` : '';
    return `(${matched[branch.when]}${and})`;
  });
  const branches = node.branches.map((branch) => branchValues(branch, table, item, scopeOf(branch), context));
  const sets = table.columns.flatMap((_, i) =>
    node.branches.some((b, k) => b.action.kind === 'update' && branches[k]!.has(i)) ? [i] : [],
  );
  const inserts = table.columns.flatMap((_, i) =>
    node.branches.some((b, k) => b.action.kind === 'insert' && branches[k]!.has(i)) ? [i] : [],
  );
  const written = table.columns.flatMap((_, i) => (sets.includes(i) || inserts.includes(i) ? [i] : []));
  const branch = `CASE ${tests.map((test, k) => `WHEN ${test} THEN ${k}`).join(' ')} END`;
  // The branch is chosen once, below, so that a branch's expressions run for its own rows alone.
  const rows = newAlias(binding, 'rows');
  const news = written.map((i) => {
    const cases = branches.map((values, k) => `WHEN ${k} THEN ${values.get(i) ?? item.columns[i]!.sql}`);
    return `CASE (${branch}) ${cases.join(' ')} END AS ${changed('new', i)}`;
  });
  const actions = node.branches.map((b, k) => `WHEN ${k} THEN '${b.action.kind.toUpperCase()}'`);
  const output = node.output
    ? bindOutput(
        node.output,
        table,
        context,
        {
          inserted: (i) => (written.includes(i) ? changed('new', i) : changed('old', i)),
          deleted: (i) => changed('old', i),
          merge: new Set(written),
        },
        { items: [item, ...items], item },
      )
    : undefined;
  const list = [
    `${rowid} AS ${ROWID}`,
    ...oldColumns(table, item),
    ...news,
    ...(output?.extra ?? []),
    `${branch} AS "$branch"`,
  ];
  const text = `SELECT * EXCLUDE ("$branch"), CASE "$branch" ${actions.join(' ')} END AS "$action" FROM (SELECT ${list.join(', ')} FROM ${table.sql} AS ${alias} ${join} ${sourceSql} ON ${on}) AS ${rows} WHERE "$branch" IS NOT NULL`;
  return {
    kind: 'merge',
    sql: withSql + text,
    parameters: binding.parameters,
    target: table,
    inserts,
    sets,
    ...(output && { output: output.bound }),
  };
}

/** What a branch writes, by column: its values, and defaults for the columns an INSERT leaves out. */
function branchValues(
  branch: MergeBranch,
  table: CatalogTable,
  item: FromItem,
  scope: Scope,
  context: BindContext,
): ReadonlyMap<number, string> {
  const values = new Map<number, string>();
  const { action } = branch;
  if (action.kind === 'update') {
    setColumns(action.set, table);
    for (const set of action.set) {
      if (set.column === undefined) throw notImplemented('variables in SET of MERGE', set.line);
      const index = columnIndex(table, set.column, set.line);
      const column = table.columns[index]!;
      values.set(index, assigned(assignmentValue(set, columnValue(item, index), scope, column), column, table));
    }
  } else if (action.kind === 'insert') {
    const given = action.values ? insertColumns(table, action.columns, context, branch.line) : [];
    if (action.values && action.values.length !== given.length)
      throw wrongCount(given.length, action.values.length, branch.line);
    for (const index of insertIndices(table, given)) {
      const column = table.columns[index]!;
      const node = action.values?.[given.indexOf(index)];
      const value =
        !node || node.kind === 'default'
          ? defaultOf(column, scope)
          : bindExpression(node, { ...scope, aggregates: 'where' });
      values.set(index, assigned(value, column, table));
    }
  }
  return values;
}

// ---- OUTPUT ------------------------------------------------------------------------------------------------------------

interface Images {
  readonly inserted?: (index: number) => string;
  readonly deleted?: (index: number) => string;
  /** MERGE: an image exists only for the actions that have it. */
  readonly merge?: ReadonlySet<number>;
}

/** OUTPUT's items over the change set; `extra` are source columns it needs in there. */
function bindOutput(
  node: Output,
  table: CatalogTable,
  context: BindContext,
  images: Images,
  found?: { readonly items: readonly FromItem[]; readonly item: FromItem },
): { readonly bound: BoundOutput; readonly extra: readonly string[] } {
  const binding = newBinding(context);
  const extra: string[] = [];
  const alias = quoteIdentifier('$changes');
  binding.aliases.add('$changes');
  const image = (name: string, sql: (i: number) => string, actions: string): FromItem => ({
    name,
    alias,
    columns: table.columns.map((column, i) => {
      const plain = `${alias}.${sql(i)}`;
      return {
        column,
        nullable: column.nullable || images.merge !== undefined,
        sql: images.merge ? `CASE WHEN ${alias}."$action" IN (${actions}) THEN ${plain} END` : plain,
      };
    }),
  });
  // An unwritten column of a MERGE that inserts is NULL before and, unless generated, after.
  const items: FromItem[] = [
    ...(images.inserted ? [image('inserted', images.inserted, "'INSERT', 'UPDATE'")] : []),
    ...(images.deleted ? [image('deleted', images.deleted, "'UPDATE', 'DELETE'")] : []),
  ];
  if (images.merge) {
    const action: CatalogColumn = { name: '$action', type: { name: 'nvarchar', length: 10 }, nullable: false };
    items.push({ name: '', alias, columns: [{ column: action, sql: `${alias}."$action"`, nullable: false }] });
  }
  for (const source of found?.items ?? []) {
    if (source === found?.item) continue;
    items.push({
      ...source,
      columns: source.columns.map((c) => {
        const name = quoteIdentifier(`src_${extra.length}`);
        extra.push(`${c.sql} AS ${name}`);
        return { ...c, sql: `${alias}.${name}` };
      }),
    });
  }
  const scope: Scope = { binding, items, ctes: new Map() };
  const bound = node.items.flatMap((item) => bindItem(item, scope));
  const columns = bound.map(({ name, value }) => ({ name, type: value.type, nullable: value.nullable }));
  const sql = bound.map(({ value }, i) => `${value.sql} AS ${quoteIdentifier(`c${i}`)}`).join(', ');
  const into = node.into;
  return { bound: { sql, parameters: binding.parameters, columns, ...(into && { into }) }, extra: extra };
}
