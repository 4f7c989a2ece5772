import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitBatches } from '../../../src/azure-sql/script.ts';

const cases: [string, string, { text: string; line: number; count: number }[]][] = [
  ['one batch', 'SELECT 1', [{ text: 'SELECT 1', line: 1, count: 1 }]],
  [
    'GO in any case, with spaces, a semicolon or a comment',
    'SELECT 1\n  go  \nSELECT 2\nGo -- next\nSELECT 3\nGO;\nSELECT 4',
    [
      { text: 'SELECT 1', line: 1, count: 1 },
      { text: 'SELECT 2', line: 3, count: 1 },
      { text: 'SELECT 3', line: 5, count: 1 },
      { text: 'SELECT 4', line: 7, count: 1 },
    ],
  ],
  ['a count', 'SELECT 1\nGO 3', [{ text: 'SELECT 1', line: 1, count: 3 }]],
  [
    'Windows line ends and a byte order mark',
    '\uFEFFSELECT 1\r\nGO\r\nSELECT 2\r\n',
    [
      { text: 'SELECT 1', line: 1, count: 1 },
      { text: 'SELECT 2\n', line: 3, count: 1 },
    ],
  ],
  [
    'GO as part of a word or a longer line is none',
    'SELECT 1 AS GOAL\nGOTO x\nGO now',
    [{ text: 'SELECT 1 AS GOAL\nGOTO x\nGO now', line: 1, count: 1 }],
  ],
  ['GO inside a string', "SELECT 'a\nGO\nb''\nGO\n'", [{ text: "SELECT 'a\nGO\nb''\nGO\n'", line: 1, count: 1 }]],
  [
    'GO inside nested block comments',
    '/* /* */\nGO\n*/ SELECT 1',
    [{ text: '/* /* */\nGO\n*/ SELECT 1', line: 1, count: 1 }],
  ],
  [
    'GO inside quoted names',
    'SELECT [a\nGO\n]]], "b\nGO\n" FROM t',
    [{ text: 'SELECT [a\nGO\n]]], "b\nGO\n" FROM t', line: 1, count: 1 }],
  ],
  [
    'an apostrophe in a comment does not begin a string',
    "-- it's\nGO\nSELECT 1 /* it's */\nGO\nSELECT 2",
    [
      { text: "-- it's", line: 1, count: 1 },
      { text: "SELECT 1 /* it's */", line: 3, count: 1 },
      { text: 'SELECT 2', line: 5, count: 1 },
    ],
  ],
  ['nothing but GO', '\nGO\n  \nGO\n', []],
];

test.each(cases)('%s', (_, script, expected) => {
  expect(splitBatches(script)).toEqual(expected);
});

test('every batch of sql/ is one statement or more, and no GO is left in any', () => {
  const root = join(import.meta.dirname, '../../../sql');
  for (const folder of ['schema', 'procedures'])
    for (const file of readdirSync(join(root, folder)))
      for (const { text } of splitBatches(readFileSync(join(root, folder, file), 'utf8')))
        expect(text).not.toMatch(/^\s*GO\s*$/im);
});
