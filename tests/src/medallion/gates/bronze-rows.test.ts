import { bronzeRows } from '../../../../src/medallion/gates/bronze-rows.ts';
import { contextOf, counting, models, scripted, told } from '../scripted-query.ts';

const tables = models('silver.orders', 'silver.payments');

test.each([
  {
    what: 'as many rows as were copied',
    manifest: [
      { table_name: 'orders', total: '9007199254740993' },
      { table_name: 'payments', total: '4' },
    ],
    bronze: { orders: 9007199254740993n, payments: 4 },
    results: [
      'bronze.orders rows_match_manifest: passed, 9007199254740993 for 9007199254740993',
      'bronze.payments rows_match_manifest: passed, 4 for 4',
    ],
  },
  {
    what: 'a file that is lost, and one that is there twice',
    manifest: [
      { table_name: 'orders', total: '12' },
      { table_name: 'payments', total: '4' },
    ],
    bronze: { orders: 7, payments: 8 },
    results: [
      'bronze.orders rows_match_manifest: failed, 7 for 12',
      'bronze.payments rows_match_manifest: failed, 8 for 4',
    ],
  },
  {
    what: 'tables that were never copied and hold nothing',
    manifest: [],
    bronze: { orders: 0, payments: 0 },
    results: [
      'bronze.orders rows_match_manifest: passed, 0 for 0',
      'bronze.payments rows_match_manifest: passed, 0 for 0',
    ],
  },
  {
    what: 'rows that no manifest knows',
    manifest: [],
    bronze: { orders: 3, payments: 0 },
    results: [
      'bronze.orders rows_match_manifest: failed, 3 for 0',
      'bronze.payments rows_match_manifest: passed, 0 for 0',
    ],
  },
])('$what', async ({ manifest, bronze, results }) => {
  const context = contextOf({
    models: tables,
    source: scripted(() => manifest).query,
    lake: counting(bronze).query,
  });
  expect(told(await bronzeRows(context))).toEqual(results);
});
