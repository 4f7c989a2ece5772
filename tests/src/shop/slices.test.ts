import fc from 'fast-check';
import { sliceWindow } from '../../../src/shop/slices.ts';
import { changesOf, day, opened, shop } from './shop-under-test.ts';

test('slices follow one another, cover the window, and hold no more orders than asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20 * day }),
      fc.integer({ min: 1, max: 20 * day }),
      fc.integer({ min: 1, max: 300 }),
      (offset, length, limit) => {
        const window = { from: opened + offset, to: opened + offset + length };
        const slices = [...sliceWindow(shop, window, limit)];
        expect(slices[0]!.from).toBe(window.from);
        expect(slices.at(-1)!.to).toBe(window.to);
        for (const [index, slice] of slices.entries()) {
          expect(slice.to).toBeGreaterThan(slice.from);
          if (index > 0) expect(slice.from).toBe(slices[index - 1]!.to);
        }
      },
    ),
    { numRuns: 60 },
  );
  const placed = [...sliceWindow(shop, { from: opened, to: opened + 10 * day }, 40)].map(
    ({ from, to }) =>
      changesOf(shop, from, to).filter((change) => change.table === 'orders' && change.operation === 'insert').length,
  );
  expect(placed.length).toBeGreaterThan(4);
  expect(Math.max(...placed)).toBeLessThanOrEqual(41);
});

test('an empty window has no slices', () => {
  expect([...sliceWindow(shop, { from: opened, to: opened }, 10)]).toEqual([]);
});
