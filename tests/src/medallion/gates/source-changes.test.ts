import { sourceChanges } from '../../../../src/medallion/gates/source-changes.ts';
import { contextOf, scripted, told } from '../scripted-query.ts';

const window = {
  table_name: 'orders',
  capture_instance: 'dbo_orders',
  from_lsn: '0x0000002A000000100001',
  to_lsn: '0x0000002A000000900003',
  total: '12',
};

const source = (windows: Record<string, unknown>[], captured: string) =>
  scripted(({ sql }) => (sql.includes('etl.bronze_manifest') ? windows : [{ total: captured }]));

test.each([
  ['what was copied is what was captured', '12', 'passed, 12 for 12'],
  ['a change that was not copied', '13', 'failed, 12 for 13'],
  ['a change that was copied twice', '11', 'failed, 12 for 11'],
])('%s', async (_, captured, result) => {
  const asked = source([window], captured);
  expect(told(await sourceChanges(contextOf({ source: asked.query })))).toEqual([
    `bronze.orders rows_match_source_changes: ${result}`,
  ]);
  expect(asked.asked[1]!.values).toEqual({ from_lsn: window.from_lsn, to_lsn: window.to_lsn });
});

test('windows that the source no longer retains, and snapshots, are not compared', async () => {
  const asked = source([], '0');
  expect(await sourceChanges(contextOf({ source: asked.query }))).toEqual([]);
  expect(asked.asked).toHaveLength(1);
  expect(asked.asked[0]!.sql).toMatch(/mode = 'changes' AND m\.from_lsn >= sys\.fn_cdc_get_min_lsn/);
});
