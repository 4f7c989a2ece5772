import { join } from 'node:path';
import { gateSummary, printReport } from '../../../src/cli/print-report.ts';
import type { GateResult } from '../../../src/medallion/gate.ts';
import type { Report } from '../../../src/run/report.ts';

const gate = (values: Partial<GateResult>): GateResult => ({
  layer: 'silver',
  table: 'orders',
  gate: 'key_unique',
  severity: 'error',
  status: 'passed',
  observed: '0',
  expected: '0',
  ...values,
});

const report: Report = {
  environment: 'local',
  succeeded: true,
  seconds: 12.34,
  steps: [
    { name: 'ingest', seconds: 3.06 },
    { name: 'validate', seconds: 1 },
  ],
  runs: [],
  layers: {
    source: { customers: 1500, orders: 3 },
    bronze: { customers: 2500, orders: 4 },
    silver: { customers: 1490, customers_quarantine: 10, orders: 3, orders_quarantine: 0, customer_history: 2500 },
    gold: { dim_date: 365 },
  },
  gates: [gate({})],
  versions: {},
};

test('a report is rows per table and layer, seconds per step, gates and places', () => {
  const places = { report: join(process.cwd(), '.local', 'report.json'), lake: '/elsewhere/lake', site: 'https://x' };
  expect(printReport(report, places)).toBe(`
table             source  bronze  silver  quarantine
----------------  ------  ------  ------  ----------
customers          1,500   2,500   1,490          10
orders                 3       4       3           0
customer_history                   2,500

gold      rows
--------  ----
dim_date   365

step      seconds
--------  -------
ingest        3.1
validate      1.0
in all       12.3

gates: 1 of 1 passed, 0 failed, 0 warned

report       .local/report.json
lake         /elsewhere/lake
site         https://x
`);
});

test('a run that came to no gates says what it has', () => {
  const text = printReport({ ...report, layers: null, gates: [] }, {});
  expect(text).not.toContain('gates:');
  expect(text).not.toContain('quarantine');
  expect(text).toContain('ingest');
});

test('each gate that failed is told, warnings apart', () => {
  const text = gateSummary([
    gate({}),
    gate({ gate: 'defect_recall', status: 'failed', observed: '3 of 4 found', expected: '4 of 4 found' }),
    gate({ gate: 'defect_precision', status: 'failed', severity: 'warn', observed: '1', expected: '0' }),
  ]);
  expect(text.split('\n')).toEqual([
    'gates: 1 of 3 passed, 1 failed, 1 warned',
    'severity  table          gate              observed      expected',
    '--------  -------------  ----------------  ------------  ------------',
    'error     silver.orders  defect_recall     3 of 4 found  4 of 4 found',
    'warn      silver.orders  defect_precision  1             0',
  ]);
});
