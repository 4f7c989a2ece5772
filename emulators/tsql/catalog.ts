import type { Expression, FunctionCall, ObjectName, OpenJson, OpenRowset, QueryExpression } from './ast.ts';
import type { BoundExpression } from './bound.ts';
import type { Column, SqlType } from './sql-type.ts';

/** What the binder asks of the engine. Names compare without case; a lookup gets the name as written. */
export interface Catalog {
  /**
   * A table, view, `#temp` table or `@table` variable (one part, with the @). undefined: the binder raises 208 (1087 for @t).
   * A missing or empty schema means the default schema, which the catalog decides.
   */
  object(name: ObjectName): CatalogObject | undefined;
  /** A function in FROM: `cdc.fn_cdc_get_all_changes_x(...)`, or a built-in of the engine. undefined: 208. */
  tableFunction(name: ObjectName, args: readonly BoundExpression[]): Relation | undefined;
  /** A scalar function that is none of the built-ins: `OBJECT_ID`, `sys.fn_cdc_get_max_lsn`. undefined: 195 or 4121. */
  scalarFunction(
    name: ObjectName,
    args: readonly BoundExpression[],
    call: FunctionCall,
  ): ScalarFunctionResult | undefined;
  /** `OPENROWSET(BULK ...)`; absent or undefined: not implemented. */
  openRowset?(node: OpenRowset): Relation | undefined;
  openJson?(node: OpenJson, document: BoundExpression): Relation | undefined;
}

/** DuckDB SQL for a FROM item, and the T-SQL columns it yields, in its order and under these names. */
export interface Relation {
  /** A table name or a parenthesized query. It may hold the SQL of bound arguments, parameters and all. */
  readonly sql: string;
  readonly columns: readonly CatalogColumn[];
  /** Methods on the alias, such as `r.filepath(1)`: gets the lower-case name, literal arguments and the quoted alias. */
  method?(name: string, args: readonly BoundExpression[], alias: string): ScalarFunctionResult | undefined;
}

export type CatalogObject = CatalogTable | CatalogView;
export interface CatalogTable {
  readonly kind: 'table';
  readonly schema: string;
  readonly name: string;
  /** How DuckDB names it, quoted: `"dbo"."orders"`. */
  readonly sql: string;
  readonly columns: readonly CatalogColumn[];
}
/** Either `sql` (as a table's, or a parenthesized query) or `query`, which is then bound in place of the name. */
export interface CatalogView {
  readonly kind: 'view';
  readonly schema: string;
  readonly name: string;
  readonly sql?: string;
  /** Needed with `sql`; with `query` it is derived from the query and `columnNames`. */
  readonly columns?: readonly CatalogColumn[];
  readonly query?: QueryExpression;
  readonly columnNames?: readonly string[];
}
export interface CatalogColumn extends Column {
  /** The DuckDB name when it differs from `name`. */
  readonly duckdbName?: string;
  /** Value for a row that gives none. */
  readonly default?: Expression;
  /** Computed, rowversion: never written by a client (error 271), and left out of INSERT's columns. */
  readonly generated?: boolean;
  /** SQL Server's collation; only a name with _CS_ or _BIN changes comparison. */
  readonly collation?: string;
  /** The binder's own, out of reach of `*`. */
  readonly hidden?: boolean;
}
export interface ScalarFunctionResult {
  readonly sql: string;
  readonly type: SqlType;
  readonly nullable?: boolean;
}
