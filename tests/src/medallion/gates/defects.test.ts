import { join } from 'node:path';
import { readModels } from '../../../../src/databricks/models.ts';
import { repositoryRoot } from '../../../../src/environments/load.ts';
import type { GateResult, Query } from '../../../../src/medallion/gate.ts';
import { defects } from '../../../../src/medallion/gates/defects.ts';

const payments = readModels(join(repositoryRoot, 'databricks')).filter(({ id }) => id === 'silver.payments');

type Row = Readonly<Record<string, unknown>> & { readonly row_key: string };

/** A query that answers with the rows whose key lies in the range that it asks for; the most it ever answered with. */
function paged(rows: readonly Row[]): { answer: (sql: string) => Row[]; most: () => number } {
  let most = 0;
  return {
    most: () => most,
    answer(sql) {
      const [low, high] = [/>= (-?\d+)/, /< (-?\d+)/].map((bound) => Number(bound.exec(sql)![1]!)) as [number, number];
      const found = rows.filter(({ row_key }) => Number(row_key) >= low && Number(row_key) < high);
      most = Math.max(most, found.length);
      return found;
    },
  };
}

async function run(ledger: readonly Row[], detected: readonly Row[]) {
  const [injected, found] = [paged(ledger), paged(detected)];
  const keys = ledger.map(({ row_key }) => Number(row_key));
  const source: Query = async (sql) =>
    sql.includes('COUNT_BIG')
      ? [{ total: String(ledger.length), low: keys[0] ?? null, high: keys.at(-1) ?? null }]
      : injected.answer(sql);
  const results = await defects({
    source,
    lake: async (sql) => found.answer(sql),
    models: payments,
    thresholds: { maximumQuarantineRatio: 0.1 },
  });
  return { results, most: Math.max(injected.most(), found.most()) };
}

const seen = (results: readonly GateResult[]) => results.map(({ gate, status, observed }) => [gate, status, observed]);
const row = (key: number): Row => ({ row_key: String(key), defect: 'duplicate', defects: 'duplicate' });

test('a large ledger is compared page by page, and every row once', async () => {
  const ledger = Array.from({ length: 250_000 }, (_, index) => row(10 * index + 7));
  const missed = ledger.filter((_, index) => index !== 0 && index !== 125_000 && index !== 249_999);
  const { results, most } = await run(ledger, missed);
  expect(seen(results)).toEqual([
    ['defect_recall', 'failed', '249997 of 250000 found'],
    ['defect_precision', 'passed', '0 found that no ledger knows'],
  ]);
  expect(most).toBeLessThanOrEqual(100_000);
});

test('what no ledger knows only warns, wherever its key lies', async () => {
  const { results } = await run([row(10), row(20)], [row(-5), row(10), row(20), row(9_000_000_000)]);
  expect(seen(results)).toEqual([
    ['defect_recall', 'passed', '2 of 2 found'],
    ['defect_precision', 'failed', '2 found that no ledger knows'],
  ]);
  expect(results.map(({ severity }) => severity)).toEqual(['error', 'warn']);
});

test('a row has every one of its defects found, or is not', async () => {
  const both = { row_key: '10', defects: 'order_orphan,duplicate' };
  expect(seen((await run([row(10)], [both])).results)).toEqual([
    ['defect_recall', 'passed', '1 of 1 found'],
    ['defect_precision', 'failed', '1 found that no ledger knows'],
  ]);
});

test('without a ledger there is nothing to find', async () => {
  expect((await run([], [])).results.map(({ status }) => status)).toEqual(['passed', 'passed']);
});
