import {
  type ExpressionContext,
  evaluate,
  parseTemplate,
  type Value,
} from '../../../../src/data-factory/expression/index.ts';

/** A run at a fixed time, with one finished activity, one variable and one item. */
export const context: ExpressionContext = {
  pipeline: {
    RunId: '11111111-2222-3333-4444-555555555555',
    Pipeline: 'pl_orders',
    TriggerTime: '2026-01-31T10:00:00.1234567Z',
    parameters: { table: 'orders', count: 42, list: [1, 2], 'odd name': true, key: 'firstRow' },
    globalParameters: { region: 'we' },
  },
  activity: (name) =>
    name === 'Look up'
      ? { output: { firstRow: { id: 7, 'a b': 'x' }, value: [{ n: 1 }, { n: 2 }], count: 2 }, status: 'Succeeded' }
      : undefined,
  variables: (name) => (name === 'rows' ? [1, 2, 3] : undefined),
  item: () => ({ table_name: 'payments' }),
  trigger: () => ({ startTime: '2026-01-31T10:00:00Z', outputs: { body: { fileName: 'a.csv' } } }),
  now: () => new Date('2018-03-01T00:00:00Z'),
  guid: () => 'c2ecc88d-88c8-4096-912c-d6f2e2b138ce',
  random: () => 0.5,
};

export function run(text: string, overrides: Partial<ExpressionContext> = {}): Value {
  return evaluate(parseTemplate(text), { ...context, ...overrides });
}
