import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sql from 'mssql';
import { type LocalFixture, run, runAction, startLocalFixture, withDatabase } from './harness.ts';
import { startCli } from './start-harness.ts';

/** The deploy and ingest workflows, step by step, as a runner would: child processes, inputs, outputs, summaries, exit codes. */

let local: LocalFixture;
beforeAll(async () => {
  local = await startLocalFixture();
}, 60_000);
afterAll(() => local.close(), 60_000);

const inputs = { environment: 'local' };
const shop = { 'orders-per-day': '40', days: '5' };

const source = <T>(work: (pool: sql.ConnectionPool) => Promise<T>) => withDatabase(local, 'azureSql', work);
const serving = <T>(work: (pool: sql.ConnectionPool) => Promise<T>) => withDatabase(local, 'synapse', work);

test('an input that is wrong is refused by its name', async () => {
  const ran = await runAction(local, 'ingest', { ...inputs, 'batch-id': 'b', days: 'many' });
  expect(ran.code).toBe(1);
  expect(ran.output).toContain("input 'days' is 'many'; expected a whole number from 1 to 3660.");
});

test('an environment that is not there is refused', async () => {
  const ran = await runAction(local, 'enable-cdc', { environment: 'moon' });
  expect(ran.code).toBe(1);
  expect(ran.output).toContain("there is no environment 'moon'");
});

test('from nothing to gold', async () => {
  const capture = await runAction(local, 'enable-cdc', inputs);
  expect(capture).toMatchObject({ code: 0, outputs: { tables: '7', drifted: '' } });

  const models = await run(local, 'src/cli/main.ts', ['deploy-databricks']);
  expect(models).toMatchObject({ code: 0 });

  const planned = await runAction(local, 'publish-adf', { ...inputs, 'plan-only': 'true' });
  expect(planned).toMatchObject({ code: 0 });
  const published = await runAction(local, 'publish-adf', inputs);
  expect(published).toMatchObject({ code: 0, outputs: { created: planned.outputs['created'], unchanged: '0' } });
  const again = await runAction(local, 'publish-adf', inputs);
  expect(again).toMatchObject({
    code: 0,
    outputs: { created: '0', updated: '0', unchanged: published.outputs['created'] },
  });

  const ingested = await runAction(local, 'ingest', { ...inputs, ...shop, 'batch-id': 'first' });
  expect(ingested).toMatchObject({ code: 0, outputs: { 'window-to': '2026-01-06T00:00:00.000Z' } });
  expect(Number(ingested.outputs['rows-inserted'])).toBeGreaterThan(500);
  const repeated = await runAction(local, 'ingest', { ...inputs, ...shop, 'batch-id': 'first' });
  expect(repeated).toMatchObject({ code: 0, outputs: ingested.outputs });

  const pipeline = await runAction(local, 'run-pipeline', inputs);
  expect(pipeline).toMatchObject({ code: 0, outputs: { status: 'Succeeded' } });

  const views = await run(local, 'src/cli/main.ts', ['deploy-synapse']);
  expect(views).toMatchObject({ code: 0 });

  const validated = await runAction(local, 'validate-medallion', {
    ...inputs,
    'junit-file': join(local.directory, 'gates.xml'),
  });
  expect(validated).toMatchObject({ code: 0, outputs: { failed: '0' } });
  expect(validated.summary).toContain('| passed | gold.daily_sales | revenue_equals_silver |');
  expect(readFileSync(join(local.directory, 'gates.xml'), 'utf8')).toContain('<testsuite name="gold"');
}, 120_000);

test('a row changed by hand arrives in silver and gold with the next run', async () => {
  const product = await source(async (pool) => {
    const { recordset } = await pool.request().query('SELECT TOP (1) product_id FROM dbo.products ORDER BY product_id');
    await pool
      .request()
      .input('id', sql.BigInt, recordset[0].product_id)
      .query("UPDATE dbo.products SET name = N'Changed by hand', updated_at = SYSUTCDATETIME() WHERE product_id = @id");
    return String(recordset[0].product_id);
  });
  const report = join(local.directory, 'report.json');
  const ran = await run(local, 'src/cli/main.ts', [
    'run',
    '--batch-id',
    'second',
    '--orders-per-day',
    '40',
    '--report',
    report,
  ]);
  expect(ran).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ succeeded: true, environment: 'local' });

  await serving(async (pool) => {
    for (const table of ['silver.products', 'gold.dim_product']) {
      const { recordset } = await pool
        .request()
        .query(`SELECT product_id FROM ${table} WHERE name = N'Changed by hand'`);
      expect(recordset.map((row) => String(row.product_id))).toEqual([product]);
    }
  });
}, 60_000);

test('views that a killed run did not come to are made by the next one', async () => {
  await serving((pool) => pool.request().query('DROP VIEW gold.daily_sales; DROP VIEW silver.orders_quarantine;'));
  const report = join(local.directory, 'report.json');
  const ran = await run(local, 'src/cli/main.ts', [
    'run',
    '--batch-id',
    'second',
    '--orders-per-day',
    '40',
    '--report',
    report,
  ]);
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.output).toContain('deploy Synapse views');
  await serving(async (pool) => {
    const { recordset } = await pool.request().query('SELECT COUNT(*) AS days FROM gold.daily_sales');
    expect(recordset[0].days).toBeGreaterThan(0);
  });
}, 60_000);

test('an environment that comes up again, on other ports, carries on', async () => {
  await local.close({ keep: true });
  const again = startCli(local.directory, ['local', '--port-base', '0']);
  try {
    await again.reach(/environment is up/);
    const report = join(local.directory, 'report.json');
    const ran = await run(local, 'src/cli/main.ts', [
      'run',
      '--batch-id',
      'third',
      '--orders-per-day',
      '40',
      '--report',
      report,
    ]);
    expect(ran).toMatchObject({ code: 0 });
  } finally {
    process.kill(again.pid, 'SIGINT');
    await again.ended;
    local = await startLocalFixture(local.directory);
  }
}, 90_000);

test('a gate that fails fails the step, and names what was seen', async () => {
  await source((pool) =>
    pool.request().query("UPDATE etl.bronze_manifest SET row_count = row_count + 1 WHERE table_name = 'orders'"),
  );
  const validated = await runAction(local, 'validate-medallion', inputs);
  expect(validated.code).toBe(1);
  expect(validated.output).toMatch(
    /::error title=Gate rows_match_manifest failed::bronze\.orders: observed \d+, expected \d+/,
  );
}, 60_000);
