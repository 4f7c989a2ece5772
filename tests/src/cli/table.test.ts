import fc from 'fast-check';
import { table } from '../../../src/cli/table.ts';

test('numbers go to the right with thousands separated, text to the left', () => {
  expect(
    table(
      ['table', 'rows', 'note'],
      [
        ['orders', 1234567, 'a'],
        ['x', 8, ''],
      ],
    ),
  ).toBe('table        rows  note\n------  ---------  ----\norders  1,234,567  a\nx               8');
});

test('a column of numbers may have gaps; a column of gaps and text is text', () => {
  expect(
    table(
      ['n', 't'],
      [
        [10, 'a'],
        ['', 'bb'],
      ],
    ),
  ).toBe(' n  t\n--  --\n10  a\n    bb');
});

test('without rows there is a head', () => {
  expect(table(['table', 'rows'], [])).toBe('table  rows\n-----  ----');
});

test('no line ends in spaces, and columns line up', () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.integer({ min: 0, max: 1e9 })), { minLength: 1 }), (rows) => {
      const lines = table(['word', 'number'], rows).split('\n');
      for (const line of lines) expect(line).not.toMatch(/\s$/);
      expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    }),
  );
});
