import { enableCdc } from '../../../src/azure-sql/enable-cdc.ts';
import { ingest } from '../../../src/azure-sql/ingest.ts';
import { migrate } from '../../../src/azure-sql/migrate.ts';
import { errorNumber } from '../../../src/azure-sql/retry.ts';
import { tables } from '../../../src/shop/tables.ts';
import { shop as base, changesOf, day } from '../shop/shop-under-test.ts';
import { type DatabaseUnderTest, sqlDirectory, startDatabase } from './database-under-test.ts';

/** The procedures of sql/procedures, called as Data Factory calls them, against a database that captures. */
const shop = { ...base, ordersPerDay: 4, backfillDays: 8, clock: { stepHours: 24 } } as const;
const opened = Date.parse(shop.openedAt);
const names = tables.map(({ name }) => name);

interface Plan {
  mode: string;
  from_lsn: string;
  to_lsn: string;
  folder: string;
  file: string;
  query: string;
  source_rows: string | number;
}

let database: DatabaseUnderTest;
const query = async <T>(text: string): Promise<T[]> => (await database.pool.request().query<T>(text)).recordset;
const load = (batchId: string) => ingest(database.pool, shop, { batchId, now: () => new Date() });
const listed = () => query<{ table_name: string; capture_instance: string; to_lsn: string }>('EXEC etl.list_tables;');
const numberOf = (work: Promise<unknown>) => work.then(() => undefined, errorNumber);

async function plan(table: string, resnapshot = false): Promise<Plan> {
  const to = (await listed())[0]!.to_lsn;
  const { recordset } = await database.pool
    .request()
    .input('table_name', table)
    .input('to_lsn', to)
    .input('resnapshot', resnapshot)
    .execute<Plan>('etl.plan_window');
  return recordset[0]!;
}

async function commit(table: string, planned: Plan, change: Partial<Plan> & { rows?: number } = {}): Promise<void> {
  const it = { ...planned, ...change };
  await database.pool
    .request()
    .input('table_name', table)
    .input('mode', it.mode)
    .input('from_lsn', it.from_lsn)
    .input('to_lsn', it.to_lsn)
    .input('path', `${it.folder}/${it.file}`)
    .input('row_count', change.rows ?? Number(it.source_rows))
    .input('pipeline_run_id', 'run-1')
    .execute('etl.commit_window');
}

const watermark = async (table: string) =>
  (
    await query<{ lsn: string }>(
      `SELECT CONVERT(varchar(22), lsn, 1) AS lsn FROM etl.watermark WHERE table_name = '${table}';`,
    )
  )[0]?.lsn;

beforeAll(async () => {
  database = await startDatabase();
  await migrate(database.pool, sqlDirectory);
});
afterAll(() => database.close());

test('migrating again changes nothing', async () => {
  const again = await migrate(database.pool, sqlDirectory);
  expect(again.applied).toEqual([]);
  expect(again.unchanged).toContain('procedures/plan_window.sql');
});

test('without capture the list says what to do', async () => {
  expect(await numberOf(listed())).toBe(50003);
});

test('capture is enabled once; empty tables get a watermark, others wait for a snapshot', async () => {
  await database.pool.request().query(`
    INSERT INTO dbo.products (product_id, sku, name, category, unit_price, unit_cost, is_active, created_at, updated_at)
    VALUES (-1, 'SKU-OLD', N'Old stock', N'Attic', 1.50, 1.00, 0, '2025-01-01', '2025-01-01');`);
  const first = await enableCdc(database.pool, names);
  expect(first.databaseEnabledNow).toBe(true);
  expect(first.drift).toEqual([]);
  expect(first.tables.filter((table) => !table.seeded).map((table) => table.table)).toEqual(['products']);
  expect(first.tables.every((table) => table.enabledNow && table.captureInstance === `dbo_${table.table}`)).toBe(true);
  const again = await enableCdc(database.pool, names);
  expect(again.databaseEnabledNow).toBe(false);
  expect(again.tables.some((table) => table.enabledNow || table.seeded)).toBe(false);
});

test('every captured table is listed with one end for all', async () => {
  await load('b1');
  const rows = await listed();
  expect(rows.map((row) => row.table_name)).toEqual([...names].sort());
  expect(new Set(rows.map((row) => row.to_lsn)).size).toBe(1);
  expect(rows[0]!.to_lsn).toMatch(/^0x[0-9A-F]{20}$/);
});

test('a seeded table is planned as changes: every version of every row, in order, typed', async () => {
  const planned = await plan('orders');
  const changes = changesOf(shop, opened, opened + 8 * day).filter((change) => change.table === 'orders');
  expect(planned).toMatchObject({
    mode: 'changes',
    file: 'orders.parquet',
    folder: `orders/from_lsn=${planned.from_lsn.slice(2)}`,
  });
  expect(Number(planned.source_rows)).toBe(changes.length);
  const rows = await query<Record<string, unknown>>(planned.query);
  expect(rows.length).toBe(changes.length);
  expect(Object.keys(rows[0]!).slice(0, 7)).toEqual([
    '_lsn',
    '_seqval',
    '_command_id',
    '_operation',
    '_commit_time',
    'order_id',
    'customer_id',
  ]);
  expect(rows[0]!['_commit_time']).toBeInstanceOf(Date);
  const position = (row: Record<string, unknown>) =>
    `${row['_lsn']} ${String(row['_command_id']).padStart(10, '0')} ${row['_seqval']} ${row['_operation']}`;
  expect(rows.map(position)).toEqual(rows.map(position).sort());
  // Replayed in this order, each order ends as it is in the source.
  const last = new Map(rows.map((row) => [row['order_id'], row['status']]));
  const source = await query<{ order_id: unknown; status: string }>('SELECT order_id, status FROM dbo.orders;');
  expect(source.map((row) => [row.order_id, last.get(row.order_id)])).toEqual(
    source.map((row) => [row.order_id, row.status]),
  );
});

test('a committed window moves the watermark; again it changes nothing; planned again there is none', async () => {
  const planned = await plan('orders');
  await commit('orders', planned);
  expect(await watermark('orders')).toBe(planned.to_lsn);
  await commit('orders', planned);
  expect((await query(`SELECT * FROM etl.bronze_manifest WHERE table_name = 'orders';`)).length).toBe(1);
  expect((await plan('orders')).mode).toBe('none');
});

test('the next window begins right after, and a quiet table moves on too', async () => {
  const before = await watermark('orders');
  await load('b2');
  const planned = await plan('orders');
  expect(planned.mode).toBe('changes');
  expect(planned.from_lsn > before!).toBe(true);
  // A window planned from where the watermark was is refused once another run has committed.
  await commit('orders', planned);
  expect(await numberOf(commit('orders', planned, { to_lsn: `${planned.to_lsn.slice(0, -1)}F`, rows: 1 }))).toBe(50002);
});

test('a table without watermark is a snapshot, always on the same path; then its changes follow', async () => {
  const planned = await plan('products');
  expect(planned.mode).toBe('snapshot');
  const rows = await query<Record<string, unknown>>(planned.query);
  expect(rows.length).toBe(Number(planned.source_rows));
  expect(rows.find((row) => row['sku'] === 'SKU-OLD')).toMatchObject({
    _lsn: planned.to_lsn,
    _seqval: `0x${'0'.repeat(20)}`,
    _command_id: 0,
    _operation: 2,
  });
  await load('b3');
  const later = await plan('products');
  expect([later.mode, later.folder]).toEqual(['snapshot', planned.folder]);
  await commit('products', later);
  await database.pool.request().query('UPDATE dbo.products SET unit_price = 2.50 WHERE product_id = -1;');
  const next = await plan('products');
  expect([next.mode, Number(next.source_rows)]).toEqual(['changes', 1]);
});

test('changes that were cleaned up unread are a lost position: refused by name, offered as a new snapshot', async () => {
  await load('b4');
  const end = (await listed())[0]!.to_lsn;
  await database.pool.request().query(`
    DECLARE @end binary(10) = CONVERT(binary(10), '${end}', 1);
    EXEC sys.sp_cdc_cleanup_change_table @capture_instance = N'dbo_customers', @low_water_mark = @end, @threshold = 5000;`);
  await expect(plan('customers')).rejects.toThrow(/position of customers is lost.*resnapshot/s);
  expect(await numberOf(plan('customers'))).toBe(50001);
  const again = await plan('customers', true);
  expect(again.mode).toBe('snapshot');
  await commit('customers', again);
  expect((await plan('customers')).mode).toBe('none');
  // Where nothing has been captured since, it would lie where the next window will.
  expect(await numberOf(plan('customers', true))).toBe(50005);
});

test.each([
  ['a table that is not captured', () => plan('customer'), 50003],
  ['a name that would be SQL', () => plan("orders'; DROP TABLE dbo.orders;--"), 50003],
  ['a mode that is none', async () => commit('orders', { ...(await plan('orders')), mode: 'all' }), 50004],
  ['an LSN that is none', async () => commit('orders', { ...(await plan('orders')), from_lsn: '0x12' }), 50004],
])('%s is refused', async (_, act, number) => {
  expect(await numberOf(act())).toBe(number);
});

test('a column added later is reported, and captured by a second instance after the first is drained', async () => {
  await database.pool.request().query('ALTER TABLE dbo.shipments ADD note nvarchar(50) NULL;');
  const [drift] = (await enableCdc(database.pool, ['shipments'])).drift;
  expect(drift).toMatchObject({ table: 'shipments', added: ['note'], removed: [], captureInstance: 'dbo_shipments' });
  await load('b5');
  const renewed = await enableCdc(database.pool, ['shipments'], () => {}, { recapture: true });
  expect(renewed.drift[0]!.captureInstance).toBe('dbo_shipments_2');
  await load('b6');
  const old = await plan('shipments');
  expect(old.query).toContain('[dbo_shipments_CT]');
  await commit('shipments', old);
  const fresh = await plan('shipments');
  expect(fresh.query).toContain('[dbo_shipments_2_CT]');
  expect(fresh.query).toContain('[note]');
  expect(fresh.from_lsn > old.to_lsn).toBe(true);
  await commit('shipments', fresh);
  expect((await enableCdc(database.pool, ['shipments'])).drift).toEqual([]);
});
