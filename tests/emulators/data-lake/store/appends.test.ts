import fc from 'fast-check';
import { contiguous } from '../../../../emulators/data-lake/store/appends.ts';

test('appended ranges reach as far as the bytes they cover do, whatever their order', () => {
  const range = fc
    .tuple(fc.nat(40), fc.integer({ min: 1, max: 10 }))
    .map(([start, length]) => [start, start + length] as const);
  fc.assert(
    fc.property(fc.nat(20), fc.array(range, { maxLength: 8 }), (committed, ranges) => {
      let end = committed;
      while (ranges.some(([start, stop]) => start <= end && end < stop)) end++;
      expect(contiguous(committed, ranges)).toBe(end);
    }),
  );
});
