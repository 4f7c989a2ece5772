import { liveKeys } from '../../../../src/medallion/gates/live-keys.ts';
import { contextOf, counting, scripted, told } from '../scripted-query.ts';

const watermark = { table_name: 'orders', capture_instance: 'dbo_orders', lsn: '0x0000002A000000100003' };

/** The source: a watermark or none, and how many keys it held when that was copied. */
const source = (marks: Record<string, unknown>[], total: string) =>
  scripted(({ sql }) => (sql.includes('etl.watermark') ? marks : [{ total }]));

test('live and quarantined keys together are those of the source at the watermark', async () => {
  const asked = source([watermark], '100');
  const lake = counting({ 'silver.orders': 96, 'silver.orders quarantined': 4 });
  expect(told(await liveKeys(contextOf({ source: asked.query, lake: lake.query })))).toEqual([
    'silver.orders live_keys_match_source: passed, 100 for 100',
  ]);
  expect(asked.asked[1]!.values).toEqual({ lsn: watermark.lsn });
  expect(asked.asked[1]!.sql).toContain('cdc.[fn_cdc_get_all_changes_dbo_orders]');
  expect(lake.asked[0]!.sql).toContain('FROM [silver].[orders] WHERE _is_deleted = 0');
});

test('a key that was lost on the way fails', async () => {
  const lake = counting({ 'silver.orders': 95, 'silver.orders quarantined': 4 });
  expect(told(await liveKeys(contextOf({ source: source([watermark], '100').query, lake: lake.query })))).toEqual([
    'silver.orders live_keys_match_source: failed, 99 for 100',
  ]);
});

test('an empty table that was copied passes', async () => {
  const lake = counting({ 'silver.orders': 0, 'silver.orders quarantined': 0 });
  expect(told(await liveKeys(contextOf({ source: source([watermark], '0').query, lake: lake.query })))).toEqual([
    'silver.orders live_keys_match_source: passed, 0 for 0',
  ]);
});

test('a table without a watermark fails, even when silver is empty: it was never copied', async () => {
  const lake = counting({ 'silver.orders': 0, 'silver.orders quarantined': 0 });
  const asked = source([], '0');
  expect(told(await liveKeys(contextOf({ source: asked.query, lake: lake.query })))).toEqual([
    'silver.orders live_keys_match_source: failed, 0 for a watermark in etl.watermark',
  ]);
  expect(asked.asked).toHaveLength(1);
});

test('a capture instance with a bracket in its name stays one identifier', async () => {
  const asked = source([{ ...watermark, capture_instance: 'odd]name' }], '0');
  await liveKeys(contextOf({ source: asked.query, lake: counting({}).query }));
  expect(asked.asked[1]!.sql).toContain('cdc.[fn_cdc_get_all_changes_odd]]name]');
});
