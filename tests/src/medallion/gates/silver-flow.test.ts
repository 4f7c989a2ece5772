import { join } from 'node:path';
import { readModels } from '../../../../src/databricks/models.ts';
import { repositoryRoot } from '../../../../src/environments/load.ts';
import type { GateResult } from '../../../../src/medallion/gate.ts';
import { silverFlow } from '../../../../src/medallion/gates/silver-flow.ts';

const models = readModels(join(repositoryRoot, 'databricks'));

/** The gate over a lake that counts these for payments and nothing for the others, and a ledger of these. */
async function payments(
  counts: Record<'in' | 'out' | 'quarantined', number>,
  ledger: { table_name?: string; defect: string; total: number }[],
): Promise<GateResult[]> {
  const results = await silverFlow({
    models,
    thresholds: { maximumQuarantineRatio: 0.1 },
    source: async () => ledger.map((row) => ({ table_name: 'payments', ...row })),
    lake: async () =>
      Object.entries(counts).map(([side, total]) => ({ name: `silver.payments ${side}`, total: String(total) })),
  });
  return results.filter(({ table }) => table === 'payments');
}

const status = (results: readonly GateResult[], gate: string) => results.find((result) => result.gate === gate)?.status;

test.each([
  { what: 'few strangers in quarantine', quarantined: 100, ledger: [], expected: 'passed' },
  { what: 'more strangers than tolerated', quarantined: 101, ledger: [], expected: 'failed' },
  {
    what: 'many in quarantine, all of them spoilt on purpose',
    quarantined: 400,
    ledger: [
      { defect: 'duplicate', total: 150 },
      { defect: 'order_orphan', total: 250 },
    ],
    expected: 'passed',
  },
  {
    what: 'more strangers than tolerated beside the injected',
    quarantined: 400,
    ledger: [{ defect: 'duplicate', total: 299 }],
    expected: 'failed',
  },
  {
    what: 'a defect that is repaired explains no quarantine',
    quarantined: 400,
    ledger: [{ defect: 'email_case', total: 400 }],
    expected: 'failed',
  },
  {
    what: "another table's defects",
    quarantined: 400,
    ledger: [{ table_name: 'returns', defect: 'duplicate', total: 400 }],
    expected: 'failed',
  },
  { what: 'fewer than injected', quarantined: 0, ledger: [{ defect: 'duplicate', total: 9 }], expected: 'passed' },
])('quarantine_ratio: $what: $expected', async ({ quarantined, ledger, expected }) => {
  const results = await payments({ in: 1000, out: 1000 - quarantined, quarantined }, ledger);
  expect(status(results, 'quarantine_ratio')).toBe(expected);
  expect(status(results, 'keys_in_equal_keys_out')).toBe('passed');
});

test('a key that is lost fails, and an empty table passes', async () => {
  expect(status(await payments({ in: 3, out: 1, quarantined: 1 }, []), 'keys_in_equal_keys_out')).toBe('failed');
  const empty = await payments({ in: 0, out: 0, quarantined: 0 }, []);
  expect(empty.map((result) => result.status)).toEqual(['passed', 'passed']);
});
