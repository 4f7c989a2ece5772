/**
 * The T-SQL front end: text in, syntax tree out; syntax tree and catalog in, DuckDB SQL and exact T-SQL types out.
 * Pure: it opens nothing and runs nothing. Errors are SqlError with SQL Server's numbers and wording.
 *
 *   parseBatch(sql): Batch                              102, 40517 ...
 *   splitBatches(script): { sql, line, count }[]        a script cut at its GO lines
 *   bindQuery(query, context): BoundQuery               SELECT
 *   bindExpression(expression, context, type?): BoundQuery   one row, one column; converted to `type` as by SET
 *   bindCondition(condition, context): BoundQuery       one row, one boolean, never NULL
 *   bindInsert(insert, context, rows?): BoundInsert     `rows`: the relation that INSERT .. EXEC or INSERT BULK has staged
 *   bindInsertRows(target, columns, rows, context): BoundInsert   the same without a statement (bulk load, OUTPUT INTO)
 *   bindUpdate, bindDelete, bindMerge
 *   bindCheck(condition, table, context): { sql, parameters }   a CHECK over a table's DuckDB columns
 *   duckdbType(type): string, resolveType(typeName): SqlType, quoteIdentifier(name), quoteString(text)
 *   toSqlError(error, line): SqlError | undefined       what a run of emitted SQL failed with, as SQL Server words it
 *   collationKey(sql): string                           the case- and trailing-space-insensitive key, for unique indexes
 */
export type * from './ast.ts';
export {
  bindCheck,
  bindCondition,
  bindDelete,
  bindExpression,
  bindInsert,
  bindInsertRows,
  bindMerge,
  bindQuery,
  bindUpdate,
} from './bind/index.ts';
export { duckdbType, resolveType } from './bind/types.ts';
export type * from './bound.ts';
export type * from './catalog.ts';
export { collationKey } from './emit/compare.ts';
export { toSqlError } from './emit/raise.ts';
export { splitBatches } from './lexer.ts';
export { parseBatch } from './parser/statement.ts';
export { quoteIdentifier, quoteString } from './quote.ts';
export { notImplemented, SqlError } from './sql-error.ts';
export type * from './sql-type.ts';
