import type { Condition, Expression, QueryExpression, QueryStatement } from '../ast.ts';
import type { BindContext, BoundQuery, Parameter } from '../bound.ts';
import type { CatalogTable } from '../catalog.ts';
import { convert } from '../emit/convert.ts';
import { quoteIdentifier } from '../quote.ts';
import { SqlError } from '../sql-error.ts';
import type { Column, SqlType } from '../sql-type.ts';
import { bindCondition as conditionSql } from './conditions.ts';
import { bindExpression as expressionSql } from './expressions.ts';
import { bindFullQuery } from './query.ts';
import { fromItem, newBinding, rootScope } from './scope.ts';

export { bindDelete, bindUpdate } from './change.ts';
export { bindInsert, bindInsertRows } from './insert.ts';
export { bindMerge } from './merge.ts';

/** A SELECT. Throws SqlError: 207, 208, 209, 8120, ... */
export function bindQuery(query: QueryExpression | QueryStatement, context: BindContext): BoundQuery {
  const node = 'kind' in query ? query.query : query;
  const binding = newBinding(context, node.maxRecursion);
  const bound = bindFullQuery(node, rootScope(binding));
  const columns = bound.columns.map(
    ({ name, type, nullable, identity }): Column => ({ name, type, nullable, ...(identity && { identity }) }),
  );
  const result = { sql: bound.sql, parameters: binding.parameters, columns };
  const spec = node.body.kind === 'select' ? node.body : firstSelect(node);
  if (!spec) return result;
  const assigned = spec.items.filter((item) => item.kind === 'assign');
  if (assigned.length > 0 && assigned.length < spec.items.length) {
    const message =
      'A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.';
    throw new SqlError(141, message, { severity: 15, line: node.line });
  }
  if (assigned.length > 0) return { ...result, assign: assigned.map((item) => item.variable) };
  if (!spec.into) return result;
  columns.forEach((column, i) => {
    if (column.name !== '') return;
    const table = spec.into!.parts.at(-1)!;
    const message = `An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name (column ${i + 1} of '${table}').`;
    throw new SqlError(1038, message, { severity: 15, line: node.line });
  });
  return { ...result, into: spec.into };
}

/** INTO of a UNION stands in its first SELECT. */
function firstSelect(node: QueryExpression) {
  let body = node.body;
  while (body.kind === 'set operation') body = body.left;
  return body.kind === 'select' ? body : undefined;
}

/** A lone expression as a query of one row and one column, converted to `type` when one is given. */
export function bindExpression(expression: Expression, context: BindContext, type?: SqlType): BoundQuery {
  const binding = newBinding(context);
  const value = expressionSql(expression, rootScope(binding));
  const result = type ? convert(value, type) : value;
  const sql = `SELECT ${result.untypedNull ? 'CAST(NULL AS INTEGER)' : result.sql} AS "value"`;
  return {
    sql,
    parameters: binding.parameters,
    columns: [{ name: 'value', type: result.type, nullable: result.nullable }],
  };
}

/** A condition as a query of one row and one boolean; unknown is false. */
export function bindCondition(condition: Condition, context: BindContext): BoundQuery {
  const binding = newBinding(context);
  const sql = `SELECT coalesce(${conditionSql(condition, rootScope(binding))}, FALSE) AS "value"`;
  return { sql, parameters: binding.parameters, columns: [{ name: 'value', type: { name: 'bit' }, nullable: false }] };
}

/** A CHECK constraint over `alias`, a relation with the table's DuckDB columns: true or unknown passes. */
export function bindCheck(
  condition: Condition,
  table: CatalogTable,
  context: BindContext,
  alias = table.name,
): { readonly sql: string; readonly parameters: readonly Parameter[] } {
  const binding = newBinding(context);
  const item = fromItem(quoteIdentifier(alias), table.name, table.columns, table.schema);
  const sql = conditionSql(condition, { ...rootScope(binding), items: [item] });
  return { sql, parameters: binding.parameters };
}
