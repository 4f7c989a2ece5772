import { quoteName, quoteTable } from '../../../src/azure-sql/quote.ts';

test.each([
  ['orders', '[orders]'],
  ['a]b', '[a]]b]'],
  ["x]; DROP TABLE orders;--'", "[x]]; DROP TABLE orders;--']"],
  ['', '[]'],
])('%s becomes one identifier', (name, quoted) => {
  expect(quoteName(name)).toBe(quoted);
  expect(quoteTable('dbo', name)).toBe(`[dbo].${quoted}`);
});
