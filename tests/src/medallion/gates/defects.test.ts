import fc from 'fast-check';
import type { GateResult } from '../../../../src/medallion/gate.ts';
import { defects } from '../../../../src/medallion/gates/defects.ts';
import { contextOf, models, scripted } from '../scripted-query.ts';

interface Defect {
  readonly row_key: number;
  readonly defect: string;
}

async function hold(ledger: readonly Defect[], found: readonly { row_key: number; defects: string }[]) {
  const results = await defects(
    contextOf({
      models: models('silver.customers'),
      source: scripted(() => ledger.map((row) => ({ ...row }))).query,
      lake: scripted(() => found.map((row) => ({ ...row }))).query,
    }),
  );
  const [recall, precision] = results as [GateResult, GateResult];
  return { recall, precision };
}

test.each([
  { what: 'nothing injected, nothing found', ledger: [], found: [], recall: 'passed', precision: 'passed' },
  {
    what: 'each found under its name',
    ledger: [
      { row_key: 1, defect: 'email_case' },
      { row_key: 2, defect: 'email_missing' },
    ],
    found: [
      { row_key: 1, defects: 'email_case' },
      { row_key: 2, defects: 'email_missing' },
    ],
    recall: 'passed',
    precision: 'passed',
  },
  {
    what: 'several in one row',
    ledger: [{ row_key: 1, defect: 'email_case' }],
    found: [{ row_key: 1, defects: 'email_space,email_case' }],
    recall: 'passed',
    precision: 'failed',
  },
  {
    what: 'one missed',
    ledger: [
      { row_key: 1, defect: 'email_case' },
      { row_key: 2, defect: 'email_case' },
    ],
    found: [{ row_key: 1, defects: 'email_case' }],
    recall: 'failed',
    precision: 'passed',
  },
  {
    what: 'the right row under the wrong name',
    ledger: [{ row_key: 1, defect: 'email_case' }],
    found: [{ row_key: 1, defects: 'email_space' }],
    recall: 'failed',
    precision: 'failed',
  },
  {
    what: 'the right name on the wrong row',
    ledger: [{ row_key: 1, defect: 'email_case' }],
    found: [{ row_key: 2, defects: 'email_case' }],
    recall: 'failed',
    precision: 'failed',
  },
])('$what', async ({ ledger, found, recall, precision }) => {
  const results = await hold(ledger, found);
  expect(results.recall).toMatchObject({ gate: 'defect_recall', severity: 'error', status: recall });
  // A row spoilt by hand is rightly found: no ledger knows it, and the run goes on.
  expect(results.precision).toMatchObject({ gate: 'defect_precision', severity: 'warn', status: precision });
});

test('the ledger is asked for one table, by parameter', async () => {
  const source = scripted(() => []);
  await defects(contextOf({ models: models('silver.payments'), source: source.query, lake: scripted(() => []).query }));
  expect(source.asked[0]!.values).toEqual({ table_name: 'payments' });
});

test('recall passes exactly when every injected defect is found', async () => {
  const names = fc.constantFrom('email_case', 'email_space', 'email_missing');
  const row = fc.record({ row_key: fc.integer({ min: 1, max: 6 }), defect: names });
  const rows = fc.uniqueArray(row, { maxLength: 8, selector: ({ row_key, defect }) => `${row_key} ${defect}` });
  await fc.assert(
    fc.asyncProperty(rows, rows, async (ledger, found) => {
      const { recall, precision } = await hold(
        ledger,
        found.map(({ row_key, defect }) => ({ row_key, defects: defect })),
      );
      const has = (list: readonly Defect[], { row_key, defect }: Defect): boolean =>
        list.some((item) => item.row_key === row_key && item.defect === defect);
      expect(recall.status === 'passed').toBe(ledger.every((item) => has(found, item)));
      expect(precision.status === 'passed').toBe(found.every((item) => has(ledger, item)));
    }),
  );
});
