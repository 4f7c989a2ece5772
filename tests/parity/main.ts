/**
 * Holds the local engine against Apache Spark: the shop is carried to gold here, a backfill, a day, and a snapshot after deletes that nobody
 * captured; then the same compiled job runs over the same bronze files on Spark with Delta Lake, window by window, and every silver, quarantine
 * and gold table is compared value by value. SPARK_PYTHON names a Python that has requirements.txt; Spark fetches Delta's jars once.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '../../src/databricks/compile/compile.ts';
import { readModels } from '../../src/databricks/models.ts';
import { root, run, startLocalFixture, withDatabase } from '../e2e/harness.ts';

const python = process.env['SPARK_PYTHON'] ?? 'python3';
const shop = process.argv.slice(2);
const smallShop = ['--orders-per-day', '60', '--days', '20'];

async function main(): Promise<number> {
  if (spawnSync(python, ['-c', 'import pyspark, delta']).status !== 0) {
    console.error(
      `parity: ${python} has no pyspark and delta-spark. Make an environment with tests/parity/requirements.txt, and name its Python in SPARK_PYTHON. Spark wants Java 17 or 21.`,
    );
    return 1;
  }
  const work = mkdtempSync(join(tmpdir(), 'dataops-parity-'));
  try {
    const local = join(work, 'local');
    const started = spawnSync(process.execPath, ['src/cli/main.ts', 'start', ...(shop.length > 0 ? shop : smallShop)], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, DATAOPS_LOCAL: local },
    });
    if (started.status !== 0) return 1;
    await snapshotAfterLoss(local);
    const plan = join(work, 'plan.json');
    writeFileSync(plan, JSON.stringify(planOf(work, join(local, 'lake'))));
    return (
      spawnSync(python, [join(import.meta.dirname, 'spark.py'), plan], { cwd: work, stdio: 'inherit' }).status ?? 1
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Rows deleted where no window reaches, and a new snapshot of their tables: what then lives in silver follows from the snapshot alone. */
async function snapshotAfterLoss(directory: string): Promise<void> {
  const lost = { customers: 'customer_id', returns: 'return_id', payments: 'payment_id' };
  const local = await startLocalFixture(directory);
  try {
    await withDatabase(local, 'azureSql', async (pool) => {
      for (const [table, key] of Object.entries(lost))
        await pool.request().batch(`
          DELETE FROM dbo.${table} WHERE ${key} IN (SELECT TOP (5) ${key} FROM dbo.${table} ORDER BY ${key});
          UPDATE etl.watermark SET lsn = sys.fn_cdc_get_max_lsn() WHERE table_name = '${table}';`);
      // A snapshot lies behind the watermark only once something has changed since.
      await pool.request().query('UPDATE dbo.products SET updated_at = SYSUTCDATETIME() WHERE product_id = 1;');
    });
    const parameters = JSON.stringify({ resnapshot_tables: Object.keys(lost) });
    for (const words of [['publish-adf'], ['run-pipeline', '--parameters', parameters]]) {
      const ran = await run(local, 'src/cli/main.ts', words);
      if (ran.code !== 0) throw new Error(`dataops ${words.join(' ')} ended with ${ran.code}:\n${ran.output}`);
    }
  } finally {
    await local.close({ keep: true });
  }
}

function planOf(work: string, lake: string): object {
  const theirs = join(work, 'spark');
  const source = join(lake, 'bronze');
  const tasks = compile(readModels(join(root, 'databricks')), 'lake').map(({ key, sql }) => ({
    key,
    statements: sql
      .replaceAll(
        /abfss:\/\/(\w+)@lake\.dfs\.core\.windows\.net/g,
        (_, filesystem: string) => `file:${join(theirs, filesystem)}`,
      )
      // So the compiler ends a statement; none of its texts holds such an end.
      .split(/;\n+/)
      .filter((statement) => statement.trim() !== ''),
  }));
  const tables = ['silver', 'gold'].flatMap((layer) =>
    readdirSync(join(lake, layer))
      .filter((name) => existsSync(join(lake, layer, name, '_delta_log')))
      .sort()
      .map((name) => `${layer}/${name}`),
  );
  return {
    work,
    windows: windowsOf(source),
    tasks,
    tables,
    source,
    bronze: join(theirs, 'bronze'),
    ours: lake,
    theirs,
  };
}

/** The bronze files of each run: a run adds one folder to every table, and folders sort by their first LSN. */
function windowsOf(bronze: string): Record<string, string[]>[] {
  const windows: Record<string, string[]>[] = [];
  for (const table of readdirSync(bronze).sort())
    for (const [index, folder] of readdirSync(join(bronze, table)).sort().entries()) {
      windows[index] ??= {};
      windows[index][table] = readdirSync(join(bronze, table, folder)).map((file) => join(bronze, table, folder, file));
    }
  return windows;
}

process.exitCode = await main();
