import { type Add, LONG } from '../../../delta/index.ts';
import type { Result } from '../session.ts';

/** The one-row result of a statement that changes data. */
export function affected(counts: Readonly<Record<string, number>>): Result {
  return {
    columns: Object.keys(counts).map((name) => ({ name, type: LONG })),
    rows: [Object.values(counts).map(String)],
  };
}

export function recordsOf(adds: readonly Add[]): number {
  return adds.reduce((total, add) => total + (JSON.parse(add.stats!) as { numRecords: number }).numRecords, 0);
}
