import { uniqueKeys } from '../../../../src/medallion/gates/unique-keys.ts';
import { contextOf, counting, models, told } from '../scripted-query.ts';

test('a repeated key fails in its table, and in no other', async () => {
  const lake = counting({ 'silver.customer_history': 0, 'gold.dim_date': 2 });
  const context = contextOf({ models: models('silver.customer_history', 'gold.dim_date'), lake: lake.query });
  expect(told(await uniqueKeys(context))).toEqual([
    'silver.customer_history key_unique: passed, 0 for 0',
    'gold.dim_date key_unique: failed, 2 for 0',
  ]);
});

test('a key of several columns is grouped by all of them', async () => {
  const lake = counting({});
  await uniqueKeys(contextOf({ models: models('silver.customer_history'), lake: lake.query }));
  expect(lake.asked[0]!.sql).toContain('GROUP BY [customer_id], [_lsn], [_command_id], [_seqval]');
});

test('without models there is nothing to ask', async () => {
  expect(await uniqueKeys(contextOf({ models: [] }))).toEqual([]);
});
