import type { Expression, Insert, Top } from '../ast.ts';
import type { BindContext, BoundInsert } from '../bound.ts';
import type { CatalogColumn, CatalogTable, Relation } from '../catalog.ts';
import { notImplemented, SqlError } from '../sql-error.ts';
import { bindExpression } from './expressions.ts';
import { bindOutput } from './output.ts';
import { bindCommonTables, bindFullQuery } from './query.ts';
import { type Binding, fromItem, newAlias, newBinding, rootScope, type Scope } from './scope.ts';
import { topCount } from './select.ts';
import { assigned, changed, columnIndex, defaultOf, targetTable } from './target.ts';

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
      return finishInsert(node, binding, table, sql.text, sql.indices, withSql);
    }
    source = bindFullQuery(node.source.query, scope);
  } else source = undefined;
  const { text, indices } = insertQuery(source, given, table, scope, node.top, node.line);
  return finishInsert(node, binding, table, text, indices, withSql);
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
export function insertColumns(
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
export function insertIndices(table: CatalogTable, given: readonly number[]): readonly number[] {
  return table.columns.flatMap((c, i) => (given.includes(i) || (!c.generated && !c.identity) ? [i] : []));
}

export function wrongCount(given: number, values: number, line: number): SqlError {
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
