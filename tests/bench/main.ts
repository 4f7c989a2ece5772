/**
 * `npm run bench`: what the platform does in a second, each figure beside what the part under it does alone in the same run, on the same machine.
 * Prints a table and writes `.local/bench.json`. Figures are for reading, never for passing: nothing here fails on a slow machine.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { faker } from '@faker-js/faker';
import { openSql } from '../../src/azure-sql/open.ts';
import { stage } from '../../src/azure-sql/staging.ts';
import { openPlatform } from '../../src/cli/environment.ts';
import { startLocalProcess } from '../../src/cli/local-process.ts';
import { table } from '../../src/cli/table.ts';
import { repositoryRoot } from '../../src/environments/load.ts';
import { runFactoryPipeline } from '../../src/run/factory.ts';
import { loadShop, totals } from '../../src/run/operations.ts';
import type { Platform } from '../../src/run/platform.ts';
import { holdGates, mainPipeline } from '../../src/run/scheduled-run.ts';
import { setUpPipelines, setUpServing, setUpSource } from '../../src/run/set-up.ts';
import { Steps } from '../../src/run/steps.ts';
import { generateChanges } from '../../src/shop/generate.ts';
import type { Window } from '../../src/shop/shop.ts';

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'rows/s' | 's';
  readonly target: number;
  /** What the part under it does alone, in the same unit. */
  readonly baseline: number;
  readonly baselineName: string;
}

const quiet = { begin() {}, progress() {}, end() {}, fail() {} };
const say = (what: string): void => console.error(`  ${what} ...`);

async function seconds(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

function countChanges(platform: Platform, window: Window): number {
  let rows = 0;
  for (const chunk of generateChanges(platform.environment.shop, window)) rows += chunk.changes.length;
  return rows;
}

/** The vocabulary library alone: one customer's worth of words a row. */
function countFaker(rows: number): void {
  for (let row = 0; row < rows; row++) {
    faker.person.fullName();
    faker.internet.email();
    faker.location.streetAddress();
    faker.location.city();
  }
}

/** The driver alone: every change of the source, read as a stream and dropped. */
async function readSource(platform: Platform): Promise<number> {
  const pool = await openSql(platform.environment.endpoints.azureSql, platform.credential);
  let rows = 0;
  try {
    const instances = await pool
      .request()
      .query<{ name: string }>('SELECT capture_instance AS name FROM etl.watermark');
    for (const { name } of instances.recordset) {
      const request = pool.request();
      request.stream = true;
      request.on('row', () => rows++);
      await request.query(`SELECT * FROM cdc.[${name}_CT] WHERE __$operation <> 3`);
    }
  } finally {
    await pool.close();
  }
  return rows;
}

/** The engine alone: all of bronze, read once. */
async function readBronze(root: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  for (const name of ['customers', 'products', 'orders', 'order_items', 'payments', 'shipments', 'returns'])
    await connection.run(`SELECT max(hash(t)) FROM read_parquet('${join(root, 'bronze', name)}/*/*.parquet') AS t`);
  connection.closeSync();
  instance.closeSync();
}

async function measure(platform: Platform): Promise<Figure[]> {
  const { shop, endpoints } = platform.environment;
  const opened = Date.parse(shop.openedAt);
  const window = { from: opened, to: opened + shop.backfillDays * 86_400_000 };
  const figures: Figure[] = [];

  say('generator');
  countChanges(platform, window);
  let changes = 0;
  const generating = await seconds(() => {
    changes = countChanges(platform, window);
  });
  const words = await seconds(() => countFaker(20_000));
  figures.push({
    name: 'generator',
    value: changes / generating,
    unit: 'rows/s',
    target: 200_000,
    baseline: 20_000 / words,
    baselineName: 'Faker alone, a customer a row',
  });

  const steps = new Steps(quiet);
  const settingUp = await seconds(async () => {
    await setUpSource(platform, steps);
    await setUpPipelines(platform, steps);
  });

  say('ingest');
  const pool = await openSql(endpoints.azureSql, platform.credential);
  let staged = 0;
  const staging = await seconds(async () => {
    staged = (await stage(pool, generateChanges(shop, window))).rows;
  });
  await pool.close();
  let loaded = 0;
  const ingesting = await seconds(async () => {
    const { inserted, updated, deleted } = totals(await loadShop(platform, { batchId: 'bench' }));
    loaded = inserted + updated + deleted;
  });
  figures.push({
    name: 'ingest',
    value: loaded / ingesting,
    unit: 'rows/s',
    target: 20_000,
    baseline: staged / staging,
    baselineName: "the driver's bulk load alone",
  });

  say('bronze copy, silver and gold');
  let read = 0;
  const reading = await seconds(async () => {
    read = await readSource(platform);
  });
  let run: Awaited<ReturnType<typeof runFactoryPipeline>> | undefined;
  const carrying = await seconds(async () => {
    run = await runFactoryPipeline(platform, { pipeline: mainPipeline });
  });
  const took = (name: string): number =>
    run!.activities.find((activity) => activity.name === name)?.seconds ?? Number.NaN;
  figures.push({
    name: 'bronze copy',
    value: read / took('For each table'),
    unit: 'rows/s',
    target: 20_000,
    baseline: read / reading,
    baselineName: 'the driver reading the same rows',
  });
  const scanning = await seconds(() => readBronze(endpoints.dataLake.root!));
  figures.push({
    name: 'medallion',
    value: took('Build silver and gold'),
    unit: 's',
    target: 5,
    baseline: scanning,
    baselineName: 'DuckDB reading bronze once',
  });

  say('views and gates');
  const serving = await seconds(async () => {
    await setUpServing(platform, steps);
    const { passed } = await holdGates(platform, steps);
    if (!passed) throw new Error('bench: a gate failed; the figures would be of a platform that does not work');
  });
  figures.push({
    name: 'whole run',
    value: settingUp + ingesting + carrying + serving,
    unit: 's',
    target: 30,
    baseline: generating + staging + reading + scanning,
    baselineName: 'its parts alone, one after the other',
  });
  return figures;
}

const directory = mkdtempSync(join(tmpdir(), 'dataops-bench-'));
const local = await startLocalProcess({ directory, portBase: 0 });
try {
  const platform = openPlatform('local', {}, { endpointsFile: local.endpointsFile });
  const { ordersPerDay, backfillDays } = platform.environment.shop;
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    shop: `${backfillDays} days of ${ordersPerDay} orders`,
  };
  console.error(
    Object.entries(machine)
      .map(([name, value]) => `${name}: ${value}`)
      .join(', '),
  );
  const figures = await measure(platform);
  const round = (value: number): number => (value >= 100 ? Math.round(value) : Math.round(value * 100) / 100);
  console.log(
    table(
      ['figure', 'value', 'unit', 'target', 'beside it', 'value ', 'ratio'],
      figures.map(({ name, value, unit, target, baseline, baselineName }) => [
        name,
        round(value),
        unit,
        target,
        baselineName,
        round(baseline),
        round(value / baseline),
      ]),
    ),
  );
  const file = join(repositoryRoot, '.local/bench.json');
  mkdirSync(join(repositoryRoot, '.local'), { recursive: true });
  writeFileSync(
    file,
    `${JSON.stringify(
      figures.map((figure) => ({ ...figure, machine })),
      null,
      2,
    )}\n`,
  );
} finally {
  await local.close();
  rmSync(directory, { recursive: true, force: true });
}
