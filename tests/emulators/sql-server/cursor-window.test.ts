import { cut, FetchType, move } from '../../../emulators/sql-server/cursor-window.ts';

/** Fetches of three rows out of ten. `from` counts from 0; -1 is before the first row, 10 after the last. */
const MOVES: readonly (readonly [
  name: string,
  at: readonly [from: number, rows: number],
  type: keyof typeof FetchType,
  row: number,
  expected: readonly [from: number, rows: number, adjusted?: boolean],
])[] = [
  ['first', [5, 3], 'first', 0, [0, 3]],
  ['next from before the first', [-1, 0], 'next', 0, [0, 3]],
  ['next', [0, 3], 'next', 0, [3, 3]],
  ['next onto the last', [6, 3], 'next', 0, [9, 1]],
  ['next past the last', [9, 1], 'next', 0, [10, 0]],
  ['next again', [10, 0], 'next', 0, [10, 0]],
  ['previous', [6, 3], 'previous', 0, [3, 3]],
  ['previous from after the last', [10, 0], 'previous', 0, [7, 3]],
  ['previous that would begin before the first', [2, 3], 'previous', 0, [0, 3, true]],
  ['previous from the first', [0, 3], 'previous', 0, [-1, 0]],
  ['previous without adjustment', [2, 3], 'previousWithoutAdjustment', 0, [0, 2]],
  ['last', [0, 3], 'last', 0, [7, 3]],
  ['absolute', [0, 3], 'absolute', 5, [4, 3]],
  ['absolute 0', [4, 3], 'absolute', 0, [-1, 0]],
  ['absolute past the last', [0, 3], 'absolute', 20, [10, 0]],
  ['absolute from the end', [0, 3], 'absolute', -4, [6, 3]],
  ['absolute just before the first', [5, 3], 'absolute', -12, [0, 3, true]],
  ['absolute far before the first', [5, 3], 'absolute', -20, [-1, 0]],
  ['relative', [2, 3], 'relative', 2, [4, 3]],
  ['relative from before the first', [-1, 0], 'relative', 2, [1, 3]],
  ['relative backwards', [5, 3], 'relative', -5, [0, 3]],
  ['relative past the last', [5, 3], 'relative', 9, [10, 0]],
  ['refresh', [5, 3], 'refresh', 0, [5, 3]],
];

test.each(MOVES)('%s', (_, [from, rows], type, row, [expected, count, adjusted = false]) => {
  expect(move({ from, rows }, 10, FetchType[type], row, 3)).toEqual({ from: expected, rows: count, adjusted });
});

test.each([
  ['first', -1],
  ['last', 10],
] as const)('%s of no rows stands outside the rows', (type, from) => {
  expect(move({ from: 4, rows: 2 }, 10, FetchType[type], 0, 0)).toEqual({ from, rows: 0, adjusted: false });
});

test('rows are cut across chunks', () => {
  const chunks = [
    { rows: 2, values: [[1, 2]] },
    { rows: 3, values: [[3, 4, 5]] },
    { rows: 1, values: [[6]] },
  ];
  expect(cut(chunks, { from: 1, rows: 3 }, 9)).toEqual([
    { rows: 1, values: [[2], [9]] },
    {
      rows: 2,
      values: [
        [3, 4],
        [9, 9],
      ],
    },
  ]);
});
