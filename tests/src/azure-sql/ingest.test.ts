import { enableCdc } from '../../../src/azure-sql/enable-cdc.ts';
import { type IngestOptions, ingest } from '../../../src/azure-sql/ingest.ts';
import { migrate } from '../../../src/azure-sql/migrate.ts';
import { ConfigurationError } from '../../../src/errors.ts';
import type { Progress } from '../../../src/progress.ts';
import { tables } from '../../../src/shop/tables.ts';
import { applyTo, shop as base, changesOf, day, type FlatChange, type State } from '../shop/shop-under-test.ts';
import { type DatabaseUnderTest, sqlDirectory, startDatabase } from './database-under-test.ts';

const shop = { ...base, ordersPerDay: 7, backfillDays: 12, clock: { stepHours: 24 } } as const;
const opened = Date.parse(shop.openedAt);
const noWait = { attempts: 3, delay: 0, sleep: async () => {} };

let database: DatabaseUnderTest;
beforeAll(async () => {
  database = await startDatabase();
  await migrate(database.pool, sqlDirectory);
  await enableCdc(
    database.pool,
    tables.map(({ name }) => name),
  );
});
afterAll(() => database.close());

const run = (batchId: string, options: Partial<IngestOptions> = {}, progress?: Progress) =>
  ingest(database.pool, shop, { batchId, now: () => new Date(), retry: noWait, ...options }, progress);

/** What the database holds, as the generator writes rows. */
async function held(): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const { name, key, columns } of tables) {
    const { recordset } = await database.pool.request().query(`SELECT * FROM dbo.${name} ORDER BY ${key};`);
    all[name] = recordset.map((row: Record<string, unknown>) =>
      columns.map((column) => {
        const value = row[column.name];
        if (value instanceof Date) return value.getTime();
        return column.type.kind === 'bigint' && value !== null ? Number(value) : value;
      }),
    );
  }
  return all;
}

/** What the shop looks like at an instant. */
function expected(to: number): Record<string, unknown[]> {
  const state: State = new Map();
  const changes = changesOf(shop, opened, to).sort((a, b) => a.at - b.at || a.version - b.version);
  for (const change of changes) applyTo(state, change);
  return Object.fromEntries(
    tables.map(({ name, columns }) => [
      name,
      [...(state.get(name) ?? new Map()).entries()]
        .sort(([a], [b]) => a - b)
        .map(([, row]) => columns.map((column) => row[column.name])),
    ]),
  );
}

async function count(query: string): Promise<number> {
  const { recordset } = await database.pool.request().query<{ n: number | string }>(query);
  return Number(recordset[0]!.n);
}

const counted = (changes: readonly FlatChange[], table: string) => {
  const of = (operation: string) =>
    changes.filter((each) => each.table === table && each.operation === operation).length;
  return { inserted: of('insert'), updated: of('update'), deleted: of('delete') };
};

test("the first batch is the backfill: rows, figures and ledger are the generator's", async () => {
  const result = await run('first', { ordersPerSlice: 50 });
  const to = opened + 12 * day;
  const changes = changesOf(shop, opened, to);
  expect(result).toMatchObject({
    batchId: 'first',
    from: new Date(opened).toISOString(),
    to: new Date(to).toISOString(),
    alreadyLoaded: false,
  });
  for (const { name } of tables) expect([name, result.rows[name]]).toEqual([name, counted(changes, name)]);
  expect(await held()).toEqual(expected(to));
  expect(await count(`SELECT COUNT(*) AS n FROM etl.injected_defect WHERE batch_id = 'first';`)).toBe(
    counted(changes, 'injected_defect').inserted,
  );
  for (const { name } of tables) expect(await count(`SELECT COUNT(*) AS n FROM etl.staging_${name};`)).toBe(0);
});

test('the same batch again does nothing and answers the same', async () => {
  const again = await run('first');
  const { rows } = again;
  expect(again.alreadyLoaded).toBe(true);
  expect(rows.orders.inserted).toBe(await count('SELECT COUNT(*) AS n FROM dbo.orders;'));
  expect(await count(`SELECT COUNT(*) AS n FROM etl.ingest_batch;`)).toBe(1);
});

test('a batch that dies anywhere is finished by running it again, exactly once', async () => {
  // Each batch dies at a later moment: begun, staged, before a commit, after a commit, in the second slice, ...
  for (let deaths = 1; deaths <= 5; deaths++) {
    let left = deaths;
    const dying = run(`dying-${deaths}`, { ordersPerSlice: 3 }, () => {
      if (--left === 0) throw new Error('killed');
    });
    await expect(dying).rejects.toThrow('killed');
    await expect(run('another')).rejects.toThrow(/batch 'dying-\d' was left half-way .* Finish it first/);
    const result = await run(`dying-${deaths}`, { ordersPerSlice: 1000 });
    const from = opened + (11 + deaths) * day;
    const changes = changesOf(shop, from, from + day);
    expect([deaths, result.rows.orders]).toEqual([deaths, counted(changes, 'orders')]);
  }
  const end = opened + 17 * day;
  expect(await held()).toEqual(expected(end));
  // Capture saw every version of every row, once.
  const changes = changesOf(shop, opened, end);
  for (const { name } of tables) {
    const seen = await count(`SELECT COUNT(*) AS n FROM cdc.dbo_${name}_CT WHERE [__$operation] <> 3;`);
    const { inserted, updated, deleted } = counted(changes, name);
    expect([name, seen]).toEqual([name, inserted + updated + deleted]);
  }
});

test.each([
  [
    'an end before the last batch',
    { to: new Date(opened + day) },
    /ends at .* before the end of the last batch 'dying-5'/,
  ],
  ['a beginning that leaves a gap', { from: new Date(opened + 99 * day) }, /Windows follow one another/],
  ['a batch id with a line break', { batchId: 'a\nb' }, /batch id .* does not fit/],
])('%s is refused by name', async (_, options, message) => {
  const refused = run('refused', options);
  await expect(refused).rejects.toThrow(ConfigurationError);
  await expect(refused).rejects.toThrow(message);
  expect(await count(`SELECT COUNT(*) AS n FROM etl.ingest_batch WHERE batch_id = 'refused';`)).toBe(0);
});

test.each([
  ['seed', { seed: 77 }, 'seed is 42 there and 77 here'],
  ['size', { ordersPerDay: 8, defectRate: 0.1 }, 'ordersPerDay is 7 there and 8 here, defectRate is'],
  ['opening', { openedAt: '2026-02-01T00:00:00Z' }, 'openedAt is 2026-01-01T06:30:00.000Z there'],
])('a batch of a shop of another %s is refused, and nothing is begun', async (_, values, message) => {
  const begun = await count('SELECT COUNT(*) AS n FROM etl.ingest_batch;');
  const other = ingest(
    database.pool,
    { ...shop, ...values },
    { batchId: 'other', now: () => new Date(), retry: noWait },
  );
  await expect(other).rejects.toThrow(message);
  await expect(other).rejects.toThrow(ConfigurationError);
  expect(await count('SELECT COUNT(*) AS n FROM etl.ingest_batch;')).toBe(begun);
});

test('an empty window is a batch without rows', async () => {
  const result = await run('empty', { to: new Date(opened + 17 * day) });
  expect(result.rows.orders).toEqual({ inserted: 0, updated: 0, deleted: 0 });
  expect((await run('empty')).alreadyLoaded).toBe(true);
});

test('two processes with one batch: what is loaded is loaded once', async () => {
  const outcomes = await Promise.allSettled([run('both', { ordersPerSlice: 4 }), run('both', { ordersPerSlice: 4 })]);
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(String(outcome.reason)).toMatch(/another (process|ingest)/);
  await run('both');
  expect(await held()).toEqual(expected(opened + 18 * day));
});
