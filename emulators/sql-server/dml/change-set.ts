import type { TableDefinition } from '../catalog.ts';

/**
 * What a statement is about to do to a table, as a temporary table in DuckDB: one row per row changed, with `"$rowid"` (not for inserts),
 * `"old_i"` and `"new_i"` for column i. Everything that follows (checks, apply, capture, OUTPUT) reads it set by set; no row passes
 * through JavaScript.
 */
export interface ChangeSet {
  readonly kind: 'insert' | 'update' | 'delete' | 'merge';
  readonly table: TableDefinition;
  /** Quoted name of the temporary table. */
  readonly relation: string;
  /** Columns that have a `"new_i"`. */
  readonly written: ReadonlySet<number>;
  /** Columns that an UPDATE (or a MERGE's) sets. */
  readonly sets: ReadonlySet<number>;
  readonly rows: bigint;
}

export type Action = 'insert' | 'update' | 'delete';

export const ROWID = '"$rowid"';

/** The rows of the change set that do this, as a WHERE condition. */
export function where(change: ChangeSet, action: Action): string {
  if (change.kind === 'merge') return `"$action" = '${action.toUpperCase()}'`;
  return change.kind === action ? 'true' : 'false';
}

export const can = (change: ChangeSet, action: Action): boolean => change.kind === 'merge' || change.kind === action;

/** The value of column i after the change. */
export function after(change: ChangeSet, index: number): string {
  if (change.written.has(index)) return `"new_${index}"`;
  return change.kind === 'insert' ? 'NULL' : `"old_${index}"`;
}

export const before = (index: number): string => `"old_${index}"`;

/** T-SQL's word for the statement in messages. */
export const verb = (change: ChangeSet): string => change.kind.toUpperCase();

export function indexOf(table: TableDefinition, name: string): number {
  const wanted = name.toLowerCase();
  return table.columns.findIndex((each) => each.name.toLowerCase() === wanted);
}
