import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { azureSqlDialect } from '../../../emulators/azure-sql/dialect.ts';
import { start } from '../sql-server/harness.ts';

/** A process that commits, says so, and is killed without warning. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'azure-sql-kill-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the writer until it has acknowledged `commits`, kills it, and gives what it acknowledged. */
function killed(file: string, commits: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-writer.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.stdout.on('data', (data) => {
      text += String(data);
      if (text.split('\n').length > commits) child.kill('SIGKILL');
    });
    child.on('close', () => resolve(Number(text.split('\n').at(-2) ?? 0)));
  });
}

it.each([[1], [12]])('loses no acknowledged commit and tears none after %d commits', async (commits) => {
  const file = join(folder, `shop-${commits}.duckdb`);
  const acknowledged = await killed(file, commits);
  expect(acknowledged).toBeGreaterThanOrEqual(commits);
  const server = await start({ file, dialect: azureSqlDialect });
  try {
    const client = await server.connect();
    // Every transaction inserts three rows and deletes one: whole or not at all, in the table and in the changes alike.
    const [counts = ''] = await client.rows(`SELECT (SELECT COUNT(*) FROM dbo.t),
      (SELECT COUNT(*) FROM cdc.dbo_t_CT), (SELECT COUNT(DISTINCT __$start_lsn) FROM cdc.dbo_t_CT), (SELECT MAX(batch) FROM dbo.t)`);
    const [rows = 0, changes = 0, transactions = 0, last = 0] = counts.split('|').map(Number);
    expect(last).toBeGreaterThanOrEqual(acknowledged);
    expect([rows, changes, transactions]).toEqual([last * 2, last * 4, last]);
    const [max = ''] = await client.rows('SELECT CONVERT(varchar(22), sys.fn_cdc_get_max_lsn(), 1)');
    await client.ok('INSERT INTO dbo.t VALUES (-1, 0)');
    const [next = ''] = await client.rows('SELECT CONVERT(varchar(22), sys.fn_cdc_get_max_lsn(), 1)');
    expect(next > max).toBe(true);
  } finally {
    await server.close();
  }
});
