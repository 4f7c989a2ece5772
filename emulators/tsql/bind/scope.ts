import type { CommonTable, Expression, ObjectName } from '../ast.ts';
import type { BindContext, BoundExpression, Parameter } from '../bound.ts';
import type { CatalogColumn, Relation } from '../catalog.ts';
import { quoteIdentifier } from '../quote.ts';
import { SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { duckdbType } from './types.ts';

/** What one statement gathers while it is bound. */
export interface Binding {
  readonly context: BindContext;
  readonly parameters: Parameter[];
  /** Aliases given out, lower case: unique in the statement, so that no inner query captures an outer name. */
  readonly aliases: Set<string>;
  /** How often a recursive table may run its second member; 0: without limit. */
  readonly maxRecursion: number;
}

/** The server's limit for statements without OPTION (MAXRECURSION n). */
const MAX_RECURSION = 100;

export function newBinding(context: BindContext, maxRecursion = MAX_RECURSION): Binding {
  return { context, parameters: [], aliases: new Set(), maxRecursion };
}

/** A table in FROM as the names of a query see it. */
export interface FromItem {
  /** The exposed name; '' for items without one. */
  readonly name: string;
  /** Schema and table for names such as `dbo.orders.id`; absent behind an alias. */
  readonly schema?: string;
  readonly alias: string;
  readonly columns: readonly ScopeColumn[];
  readonly method?: Relation['method'];
}
export interface ScopeColumn {
  readonly column: CatalogColumn;
  readonly sql: string;
  readonly nullable: boolean;
}

export interface Grouping {
  readonly keys: readonly {
    readonly node: Expression;
    readonly raw: string;
    readonly value: BoundExpression;
    readonly key: string;
  }[];
  readonly clause: 'select list' | 'HAVING clause' | 'ORDER BY clause';
}

export interface CteBinding {
  readonly name: string;
  readonly sqlName: string;
  readonly columns: readonly CatalogColumn[];
  readonly node?: CommonTable;
}

export interface Scope {
  readonly binding: Binding;
  readonly items: readonly FromItem[];
  readonly parent?: Scope;
  readonly ctes: ReadonlyMap<string, CteBinding>;
  readonly grouping?: Grouping;
  /** Set while the argument of an aggregate is bound: aggregates in aggregates are error 130. */
  readonly inAggregate?: boolean;
  /** Whether aggregates, window functions may stand here. */
  readonly aggregates?: 'allowed' | 'where' | 'on';
}

export function rootScope(binding: Binding): Scope {
  return { binding, items: [], ctes: new Map() };
}

/**
 * A fresh alias for `name`, quoted, unique in the statement. The number keeps it apart from columns too: DuckDB would read
 * `"o"."id"` in a subquery as a field of the inner table's column o rather than a column of the outer table o.
 */
export function newAlias(binding: Binding, name: string): string {
  const base = name === '' ? 't' : name;
  let alias = '';
  for (let n = 1; alias === '' || binding.aliases.has(alias.toLowerCase()); n++) alias = `${base}$${n}`;
  binding.aliases.add(alias.toLowerCase());
  return quoteIdentifier(alias);
}

/** `$n` for a value that the engine supplies, cast to its type. */
export function parameter(binding: Binding, source: Parameter['source'], name: string, type: SqlType): BoundExpression {
  const known = binding.parameters.findIndex((p) => p.source === source && p.name.toLowerCase() === name.toLowerCase());
  const index = known >= 0 ? known : binding.parameters.push({ source, name, type }) - 1;
  return { sql: `CAST($${index + 1} AS ${duckdbType(type)})`, type, nullable: true };
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function qualifies(item: FromItem, qualifier: readonly string[]): boolean {
  const table = qualifier.at(-1)!;
  if (!sameName(item.name, table)) return false;
  const schema = qualifier.at(-2);
  return schema === undefined || schema === '' || (item.schema !== undefined && sameName(item.schema, schema));
}

/** Finds the column a name means, in this scope or those around it. Throws 207, 209 or 4104. */
export function resolveColumn(
  scope: Scope,
  name: ObjectName,
): { readonly column: ScopeColumn; readonly item: FromItem; readonly scope: Scope } {
  const column = name.parts.at(-1)!;
  const qualifier = name.parts.slice(0, -1);
  let qualified = false;
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const items = qualifier.length === 0 ? at.items : at.items.filter((item) => qualifies(item, qualifier));
    if (qualifier.length > 0 && items.length > 0) qualified = true;
    const found = items.flatMap((item) =>
      item.columns.filter((c) => sameName(c.column.name, column)).map((c) => ({ column: c, item, scope: at })),
    );
    if (found.length > 1) throw new SqlError(209, `Ambiguous column name '${column}'.`, { line: name.line });
    if (found.length === 1) return found[0]!;
    if (qualifier.length > 0 && items.length > 0) break;
  }
  if (qualifier.length > 0 && !qualified) {
    const written = name.parts.join('.');
    throw new SqlError(4104, `The multi-part identifier "${written}" could not be bound.`, { line: name.line });
  }
  throw new SqlError(207, `Invalid column name '${column}'.`, { line: name.line });
}

/** The items of the nearest scope that a `t.*` means. */
export function itemsOf(scope: Scope, qualifier: ObjectName | undefined): readonly FromItem[] {
  if (!qualifier) return scope.items;
  const found = scope.items.filter((item) => qualifies(item, qualifier.parts));
  if (found.length === 0) {
    const message = `The column prefix '${qualifier.parts.join('.')}' does not match with a table name or alias name used in the query.`;
    throw new SqlError(107, message, { severity: 15, line: qualifier.line });
  }
  return found;
}

export function fromItem(alias: string, name: string, columns: readonly CatalogColumn[], schema?: string): FromItem {
  return {
    name,
    ...(schema !== undefined && { schema }),
    alias,
    columns: columns.map((column) => ({
      column,
      sql: `${alias}.${quoteIdentifier(column.duckdbName ?? column.name)}`,
      nullable: column.nullable,
    })),
  };
}
