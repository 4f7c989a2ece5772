import type { ObjectName, Output } from './ast.ts';
import type { Catalog, CatalogColumn, CatalogTable } from './catalog.ts';
import type { Column, SqlType } from './sql-type.ts';

/** What the binder needs to know besides the catalog. */
export interface BindContext {
  readonly catalog: Catalog;
  /** Type of a scalar variable or parameter `@x`; undefined: error 137. */
  variable(name: string): SqlType | undefined;
  /** Told of a variable that has no type which one its place would give it; without it such a variable is error 137. */
  undeclared?(name: string, type: SqlType): void;
  /** SET IDENTITY_INSERT is on for this table (schema, name as in CatalogTable). */
  identityInsert?(table: CatalogTable): boolean;
}

/**
 * A value to bind, in order: `parameters[i]` is `$${i + 1}` in the SQL. The engine supplies a SqlValue of `type`; the SQL casts
 * it to `duckdbType(type)`. A name occurs once, however often it is used.
 * `session` names: @@ROWCOUNT, @@TRANCOUNT, ... and, without parentheses, GETDATE, GETUTCDATE, SYSDATETIME, SYSUTCDATETIME,
 * SYSDATETIMEOFFSET, CURRENT_TIMESTAMP, SCOPE_IDENTITY, XACT_STATE, ERROR_NUMBER, ERROR_MESSAGE, ERROR_SEVERITY, ERROR_STATE,
 * ERROR_LINE, ERROR_PROCEDURE, DB_NAME, DB_ID, USER_NAME, SUSER_SNAME, ... (see functions/session.ts).
 */
export interface Parameter {
  readonly source: 'variable' | 'session';
  readonly name: string;
  readonly type: SqlType;
}

/** An expression with its T-SQL type and the DuckDB text that computes it (of DuckDB type `duckdbType(type)`). */
export interface BoundExpression {
  readonly sql: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Constant when known at bind time: text of a string literal, number of a numeric one. */
  readonly literal?: string | null;
  /** The NULL literal, which takes any type. */
  readonly untypedNull?: boolean;
  /** It has no type yet, and is told the one that it is converted to. */
  infer?(type: SqlType): void;
  readonly collation?: string;
  /** The collation comes from COLLATE rather than from a column. */
  readonly collated?: boolean;
  /** The column it is, when it is nothing but a column. */
  readonly column?: CatalogColumn;
}

/** A query to run. `columns` describe the result exactly (names '' when T-SQL gives none). */
export interface BoundQuery {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  readonly columns: readonly Column[];
  /** SELECT @a = .., @b = ..: column i of the last row goes to variable i; without rows nothing changes. No result set then. */
  readonly assign?: readonly string[];
  /** SELECT .. INTO: create this table with `columns`, insert the rows. No result set then. */
  readonly into?: ObjectName;
}

/**
 * DML is run in three steps by the engine: materialise `sql` into a temporary table (the change set), apply it to the target,
 * capture it. The change set's columns, i being the index in `target.columns`:
 * - `"$rowid"`: DuckDB rowid of the target row (UPDATE, DELETE, MERGE; NULL for MERGE's inserts)
 * - `"old_i"`: every column before (UPDATE, DELETE, MERGE)
 * - `"new_i"`: value after, of the column's DuckDB type: INSERT: every column in `inserts`; UPDATE: every column in `sets`;
 *   MERGE: every column of `sets` or `inserts` (an UPDATE row holds its old value in those it does not set)
 * - `"$action"`: MERGE: 'INSERT', 'UPDATE' or 'DELETE'
 * - `"src_k"`: columns that OUTPUT needs besides
 * The engine adds identity (and other generated) values as `"new_i"` before it applies and before it evaluates `output`.
 */
export interface BoundDml {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  readonly target: CatalogTable;
  /** Indices of target columns given by INSERT (defaults included; identity only when IDENTITY_INSERT is on). */
  readonly inserts: readonly number[];
  /** Indices of target columns given by UPDATE. */
  readonly sets: readonly number[];
  /** `SELECT ${output.sql} FROM <change set> AS "$changes"`; for UPDATE unset columns read `old_i`. */
  readonly output?: BoundOutput;
  /** UPDATE t SET @v = ...: the change set has `"var_n"`; the last row's value goes to the variable. */
  readonly assign?: readonly { readonly variable: string; readonly column: string }[];
}
export interface BoundInsert extends BoundDml {
  readonly kind: 'insert';
}
export interface BoundUpdate extends BoundDml {
  readonly kind: 'update';
}
export interface BoundDelete extends BoundDml {
  readonly kind: 'delete';
}
/** The engine raises 8672 when a `"$rowid"` occurs twice. */
export interface BoundMerge extends BoundDml {
  readonly kind: 'merge';
}
export interface BoundOutput {
  /** Projection over the change set; its parameters are this list, numbered from $1 on their own. */
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  readonly columns: readonly Column[];
  /** OUTPUT .. INTO: rows go there (bind them with `bindInsertRows`); no result set then. */
  readonly into?: NonNullable<Output['into']>;
}
