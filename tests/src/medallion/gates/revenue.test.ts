import { revenue } from '../../../../src/medallion/gates/revenue.ts';
import { contextOf, scripted, told } from '../scripted-query.ts';

test.each([
  ['equal to the cent', '1234567890123.45', '1234567890123.45', 'passed, 1234567890123.45 for 1234567890123.45'],
  [
    'a cent apart, where a double could not tell',
    '9007199254740993.01',
    '9007199254740993.02',
    'failed, 9007199254740993.01 for 9007199254740993.02',
  ],
  ['nothing sold', '0.00', '0.00', 'passed, 0.00 for 0.00'],
])('%s', async (_, gold, silver, result) => {
  const results = await revenue(contextOf({ lake: scripted(() => [{ gold, silver }]).query }));
  expect(told(results)).toEqual([`gold.daily_sales revenue_equals_silver: ${result}`]);
});
