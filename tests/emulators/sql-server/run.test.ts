import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { stream } from '../../../emulators/sql-server/run.ts';

/** Rows that DuckDB hands out before it meets the one that fails: far more than it works ahead. */
const late = 1_000_000;
const failing = `SELECT CASE WHEN n = ${late} THEN error('the last one') ELSE n END AS n FROM range(${late + 1}) AS r(n)`;

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeEach(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});
afterEach(() => {
  connection.closeSync();
  instance.closeSync();
});

async function count(sql: string, cancelled = () => false, each: () => void = () => {}): Promise<number> {
  let rows = 0;
  for await (const chunk of stream(connection, sql, [], [{ name: 'bigint' }], cancelled)) {
    rows += chunk.rows;
    each();
  }
  return rows;
}

test('a query that comes to its end gives all its rows', async () => {
  expect(await count(`SELECT n FROM range(${late}) AS r(n)`)).toBe(late);
  expect(await count('SELECT 1::BIGINT WHERE false')).toBe(0);
});

test('a query that fails after its first rows fails', async () => {
  let seen = 0;
  await expect(
    count(
      failing,
      () => false,
      () => {
        seen += 1;
      },
    ),
  ).rejects.toThrow('the last one');
  expect(seen).toBeGreaterThan(0);
});

test('a query that is interrupted fails, and is not run again', async () => {
  let cancelled = false;
  const interrupt = () => {
    cancelled = true;
    connection.interrupt();
  };
  await expect(count(`SELECT n FROM range(1000000000) AS r(n)`, () => cancelled, interrupt)).rejects.toThrow(
    /interrupted/i,
  );
});

test.each([0, 1, 2, 3, 5, 8])('an interrupt that comes %i turns after its start is not lost', async (turns) => {
  let cancelled = false;
  const counted = count('SELECT count(*) FROM range(1000000) AS a, range(1000000) AS b', () => cancelled);
  const refused = expect(counted).rejects.toThrow(/interrupted/i);
  for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
  cancelled = true;
  connection.interrupt();
  await refused;
});
