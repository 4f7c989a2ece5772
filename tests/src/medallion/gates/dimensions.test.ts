import { dimensions } from '../../../../src/medallion/gates/dimensions.ts';
import { contextOf, counting } from '../scripted-query.ts';

const hold = async (orphans: Record<string, number>) =>
  (await dimensions(contextOf({ lake: counting(orphans).query }))).map(
    ({ gate, severity, status }) => `${gate} ${severity} ${status}`,
  );

test('facts that find every dimension pass', async () => {
  expect(await hold({ product: 0, date: 0, customer: 0 })).toEqual([
    'product_known error passed',
    'date_known error passed',
    'customer_known warn passed',
  ]);
});

test('an unknown product or date is an error, a customer erased before the first copy a warning', async () => {
  expect(await hold({ product: 1, date: 2, customer: 3 })).toEqual([
    'product_known error failed',
    'date_known error failed',
    'customer_known warn failed',
  ]);
});
