import fc from 'fast-check';
import { between, draw, kinds, pickWeighted, stream } from '../../../src/shop/random.ts';

test('neighbouring ids, kinds, seeds and aspects draw independently: means and correlations of uniform numbers', () => {
  const count = 20_000;
  const ids = Array.from({ length: count }, (_, id) => id);
  const series: [string, (id: number) => number][] = [
    ['ids', (id) => draw(stream(42, kinds.order, id), 3)],
    ['next ids', (id) => draw(stream(42, kinds.order, id + 1), 3)],
    ['aspects', (id) => draw(stream(42, kinds.order, id), 4)],
    ['kinds', (id) => draw(stream(42, kinds.customer, id), 3)],
    ['seeds', (id) => draw(stream(43, kinds.order, id), 3)],
    ['large ids', (id) => draw(stream(42, kinds.order, id + 2 ** 40), 3)],
  ];
  const values = series.map(([, of]) => ids.map(of));
  for (const [index, each] of values.entries()) {
    expect([series[index]![0], Math.abs(each.reduce((sum, value) => sum + value, 0) / count - 0.5) < 0.01]).toEqual([
      series[index]![0],
      true,
    ]);
    for (const other of values.slice(0, index)) {
      const covariance = each.reduce((sum, value, at) => sum + (value - 0.5) * (other[at]! - 0.5), 0) / count;
      expect(Math.abs(covariance * 12)).toBeLessThan(0.03);
    }
  }
});

test('draws stay within their bounds', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(), fc.integer({ min: -50, max: 50 }), fc.nat(20), (entity, aspect, low, span) => {
      expect(draw(entity, aspect)).toBeGreaterThanOrEqual(0);
      expect(draw(entity, aspect)).toBeLessThan(1);
      const value = between(entity, aspect, low, low + span);
      expect(value >= low && value <= low + span && Number.isInteger(value)).toBe(true);
    }),
  );
});

test('weights are kept', () => {
  const counts = { a: 0, b: 0, never: 0 };
  const items = [
    ['a', 3],
    ['never', 0],
    ['b', 1],
  ] as const;
  for (let id = 0; id < 10_000; id++) counts[pickWeighted(items, stream(1, kinds.order, id), 0)]++;
  expect(counts.never).toBe(0);
  expect(counts.a / 10_000).toBeCloseTo(0.75, 1);
});
