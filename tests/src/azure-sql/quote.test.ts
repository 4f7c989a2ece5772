import fc from 'fast-check';
import { quoteId, quoteName, quoteTable, quoteText } from '../../../src/azure-sql/quote.ts';

test.each([
  ['orders', '[orders]'],
  ['a]b', '[a]]b]'],
  ["x]; DROP TABLE orders;--'", "[x]]; DROP TABLE orders;--']"],
  ['', '[]'],
])('%s becomes one identifier', (name, quoted) => {
  expect(quoteName(name)).toBe(quoted);
  expect(quoteTable('dbo', name)).toBe(`[dbo].${quoted}`);
});

test('an id is quoted part by part', () => {
  expect(quoteId('silver.orders_quarantine')).toBe('[silver].[orders_quarantine]');
});

/** The token that T-SQL's lexer would read first, unquoted, and what is left behind it. */
function firstToken(sql: string, open: string, close: string): { value: string; rest: string } {
  expect(sql.startsWith(open)).toBe(true);
  let value = '';
  for (let at = open.length; at < sql.length; at++) {
    if (sql[at] !== close) value += sql[at];
    else if (sql[at + 1] === close) value += sql[at++];
    else return { value, rest: sql.slice(at + 1) };
  }
  throw new Error(`no end: ${sql}`);
}

test('nothing gets out of a quoted name or text', () => {
  const hostile = fc.string({ unit: fc.constantFrom(']', '[', "'", '"', ';', '-', ' ', 'a', '\n', '\u2019') });
  fc.assert(
    fc.property(hostile, (value) => {
      expect(firstToken(quoteName(value), '[', ']')).toEqual({ value, rest: '' });
      expect(firstToken(quoteText(value), "N'", "'")).toEqual({ value, rest: '' });
    }),
  );
});
