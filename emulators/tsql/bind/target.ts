import type { Expression, TargetTable } from '../ast.ts';
import type { BindContext, BoundExpression } from '../bound.ts';
import type { CatalogColumn, CatalogTable } from '../catalog.ts';
import { convert } from '../emit/convert.ts';
import { quoteIdentifier } from '../quote.ts';
import { notImplemented, SqlError } from '../sql-error.ts';
import { bindExpression } from './expressions.ts';
import { invalidObject } from './from.ts';
import { type FromItem, type Scope, sameName } from './scope.ts';

/** What INSERT, UPDATE, DELETE and MERGE share: the table that is changed, its columns, and the names of old and new values. */

export const ROWID = quoteIdentifier('$rowid');

export const changed = (which: 'old' | 'new', i: number) => quoteIdentifier(`${which}_${i}`);

export function targetTable(target: TargetTable, context: BindContext): CatalogTable {
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

export function columnIndex(table: CatalogTable, name: string, line: number): number {
  const index = table.columns.findIndex((c) => sameName(c.name, name));
  if (index < 0) throw new SqlError(207, `Invalid column name '${name}'.`, { line });
  return index;
}

/** A value on its way into a column: converted, and text that does not fit refused. */
export function assigned(value: BoundExpression, column: CatalogColumn, table: CatalogTable): string {
  return convert(value, column.type, { assignTo: { table: fullName(table), column: column.name } }).sql;
}

export function defaultOf(column: CatalogColumn, scope: Scope): BoundExpression {
  const nothing: Expression = { kind: 'literal', type: 'null', text: 'NULL', line: 1 };
  return bindExpression(column.default ?? nothing, { binding: scope.binding, items: [], ctes: new Map() });
}

export function columnValue(item: FromItem, index: number): BoundExpression {
  const { sql, column } = item.columns[index]!;
  return { sql, type: column.type, nullable: true };
}

/** A row's values before the change, under the names that the change set gives them. */
export function oldColumns(table: CatalogTable, item: FromItem): readonly string[] {
  return table.columns.map((_, i) => `${item.columns[i]!.sql} AS ${changed('old', i)}`);
}
