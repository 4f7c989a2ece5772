import { DOMParser, type Element } from '@xmldom/xmldom';
import fc from 'fast-check';
import type { GateResult } from '../../../src/medallion/gate.ts';
import { toJUnit } from '../../../src/medallion/junit.ts';

const result = (values: Partial<GateResult>): GateResult => ({
  layer: 'silver',
  table: 'orders',
  gate: 'key_unique',
  severity: 'error',
  status: 'passed',
  observed: '0',
  expected: '0',
  ...values,
});

/** Any fault of form fails the test, but for the parser's guess that a U+FFFD, which a report may hold, tells of a wrong encoding. */
function parse(xml: string): Element {
  const fault = (level: string, message: string): void => {
    if (level === 'warning' && message.startsWith('Unicode replacement character')) return;
    throw new Error(`${level}: ${message}\n${xml}`);
  };
  return new DOMParser({ onError: fault }).parseFromString(xml, 'text/xml').documentElement!;
}

const attributes = (element: Element): Record<string, string> =>
  Object.fromEntries(Array.from(element.attributes, ({ name, value }) => [name, value]));

test('a suite for each layer, with its counts; a failed warning is a skipped case', () => {
  const root = parse(
    toJUnit([
      result({}),
      result({ gate: 'defect_recall', status: 'failed', observed: '3', expected: '4' }),
      result({ gate: 'defect_precision', severity: 'warn', status: 'failed' }),
      result({ layer: 'gold', table: 'daily_sales', gate: 'revenue' }),
    ]),
  );
  expect(Array.from(root.getElementsByTagName('testsuite'), attributes)).toEqual([
    { name: 'bronze', tests: '0', failures: '0', skipped: '0' },
    { name: 'silver', tests: '3', failures: '1', skipped: '1' },
    { name: 'gold', tests: '1', failures: '0', skipped: '0' },
  ]);
  const failure = root.getElementsByTagName('failure')[0]!;
  expect(attributes(failure)).toEqual({ message: 'observed 3, expected 4' });
  expect(attributes(failure.parentNode as Element)).toEqual({ classname: 'silver.orders', name: 'defect_recall' });
  expect(root.getElementsByTagName('skipped')).toHaveLength(1);
});

test('without gates it is still a report', () => {
  expect(parse(toJUnit([])).getElementsByTagName('testcase')).toHaveLength(0);
});

test('whatever a gate observed, the report is well-formed and says it', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('<&>"\'', ']]>', 'a\nb\tc\r', '\ud800'),
  );
  fc.assert(
    fc.property(text, text, (observed, gate) => {
      const root = parse(toJUnit([result({ gate, status: 'failed', observed })]));
      const held = (value: string): string =>
        // XML 1.0 (section 2.2) excludes these.
        value.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
      expect(root.getElementsByTagName('failure')[0]!.getAttribute('message')).toBe(
        `observed ${held(observed)}, expected 0`,
      );
      expect(root.getElementsByTagName('testcase')[0]!.getAttribute('name')).toBe(held(gate));
    }),
  );
});
