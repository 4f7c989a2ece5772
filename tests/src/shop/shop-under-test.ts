import type { Change, ChangeChunk } from '../../../src/shop/changes.ts';
import { generateChanges } from '../../../src/shop/generate.ts';
import { openingOf, type ShopConfig } from '../../../src/shop/shop.ts';
import { type TableName, tableOf, type Value } from '../../../src/shop/tables.ts';
import { createVocabulary } from '../../../src/shop/vocabulary.ts';

export const shop: ShopConfig = { seed: 42, openedAt: '2026-01-01T06:30:00Z', ordersPerDay: 25, defectRate: 0.06 };
const vocabulary = createVocabulary(shop.seed);
export const opened = openingOf(shop);
export const day = 86_400_000;

export type Named = Record<string, Value>;
export interface FlatChange extends Change {
  readonly table: ChangeChunk['table'];
}

/** All changes of a window, in the order they come. */
export function changesOf(of: ShopConfig, from: number, to: number, chunkRows?: number): FlatChange[] {
  const flat: FlatChange[] = [];
  for (const { table, changes } of generateChanges(
    of,
    { from, to },
    { chunkRows, ...(of.seed === shop.seed && { vocabulary }) },
  ))
    for (const change of changes) flat.push({ table, ...change });
  return flat;
}

/** A row with its columns' names. */
export function named(table: TableName, values: readonly Value[]): Named {
  return Object.fromEntries(tableOf(table).columns.map((column, index) => [column.name, values[index] ?? null]));
}

/** One line per change, sorted: what two ways of cutting a window must agree on. */
export function fingerprint(changes: readonly FlatChange[]): string[] {
  return changes.map((change) => JSON.stringify(change)).sort();
}

/** Rows by table and key, as the changes leave them. */
export type State = Map<TableName, Map<number, Named>>;

export function applyTo(state: State, change: FlatChange): void {
  if (change.table === 'injected_defect') return;
  const rows = state.get(change.table) ?? new Map<number, Named>();
  state.set(change.table, rows);
  const key = change.values[0] as number;
  if (change.operation === 'delete') rows.delete(key);
  else rows.set(key, named(change.table, change.values));
}
