import fc from 'fast-check';
import { annotate, markdownTable, warn, writeSummary } from '../../../src/github/summary.ts';
import type { GateResult } from '../../../src/medallion/gate.ts';
import { type Runner, startRunner } from './runner.ts';

let runner: Runner;
beforeEach(() => {
  runner = startRunner();
});
afterEach(() => runner.close());

const gate = (values: Partial<GateResult>): GateResult => ({
  layer: 'silver',
  table: 'orders',
  gate: 'key_unique',
  severity: 'error',
  status: 'failed',
  observed: '1',
  expected: '0',
  ...values,
});

test('a table has a head, a rule and its rows', () => {
  expect(
    markdownTable(
      ['table', 'rows'],
      [
        ['orders', 12],
        ['a|b', 'two\nlines'],
      ],
    ),
  ).toBe('| table | rows |\n| --- | --- |\n| orders | 12 |\n| a\\|b | two lines |');
});

test('whatever the cells say, a table has its rows and columns', () => {
  const cell = fc.string({ unit: fc.constantFrom('|', '\\', '\n', '\r', 'a', ' ', '`', '<') });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 5 }), (rows) => {
      const lines = markdownTable(['one', 'two'], rows).split(/\r\n|\r|\n/);
      expect(lines).toHaveLength(rows.length + 2);
      // As GitHub-flavoured Markdown cuts a row: at each | that no backslash escapes.
      for (const line of lines) expect(line.replace(/\\[\\|]/g, '').split('|')).toHaveLength(4);
    }),
  );
});

test('the summary is appended to, and left out where the runner keeps none', async () => {
  await writeSummary('### one');
  await writeSummary('### two');
  expect(runner.summary()).toBe('### one\n### two\n');
  runner.withoutSummary();
  await expect(writeSummary('### three')).resolves.toBeUndefined();
});

test('each gate that failed is annotated, as an error or as a warning', () => {
  annotate([gate({}), gate({ severity: 'warn', gate: 'defect_precision' }), gate({ status: 'passed' })]);
  expect(runner.commands()).toEqual([
    '::error title=Gate key_unique failed::silver.orders: observed 1, expected 0',
    '::warning title=Gate defect_precision failed::silver.orders: observed 1, expected 0',
  ]);
});

test('what an annotation says cannot become a command of its own', () => {
  annotate([gate({ observed: '1\n::set-output name=a::b', gate: 'a,b:c' })]);
  warn('Drift: a,b', '100 %\nof it');
  expect(runner.commands()).toEqual([
    '::error title=Gate a%2Cb%3Ac failed::silver.orders: observed 1%0A::set-output name=a::b, expected 0',
    '::warning title=Drift%3A a%2Cb::100 %25%0Aof it',
  ]);
});
