import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import sql from 'mssql';
import { startEntra } from '../../../emulators/entra/index.ts';
import { startSynapse } from '../../../emulators/synapse/index.ts';

/** The serverless pool as its clients meet it: npm mssql over TDS, a lake of files, nothing in between. */

const folder = mkdtempSync(join(tmpdir(), 'synapse-'));
const user = { name: 'reader', password: 'Secret-1' };
let entra: Awaited<ReturnType<typeof startEntra>>;
let pool: Awaited<ReturnType<typeof startSynapse>>;
let shop: sql.ConnectionPool;

async function connect(database: string, login = user): Promise<sql.ConnectionPool> {
  return new sql.ConnectionPool({
    server: '127.0.0.1',
    port: pool.port,
    database,
    user: login.name,
    password: login.password,
    options: { encrypt: true, trustServerCertificate: true },
  }).connect();
}
const start = () =>
  startSynapse({
    tls: entra.certificate,
    verifyToken: entra.verify,
    lakeRoot: join(folder, 'lake'),
    account: 'account',
    stateDirectory: join(folder, 'state'),
    users: [user],
  });

/** Writes Parquet files below the lake, and a Delta table of two versions of which the second leaves one file. */
async function fillLake(): Promise<void> {
  for (const path of [
    'state',
    'lake/bronze/orders/from_lsn=01',
    'lake/bronze/orders/from_lsn=02',
    'lake/gold/sales/_delta_log',
  ])
    mkdirSync(join(folder, path), { recursive: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const copy = (query: string, file: string) =>
    connection.run(`COPY (${query}) TO '${join(folder, 'lake', file)}' (FORMAT parquet)`);
  const order = "TIMESTAMPTZ '2026-01-02 03:04:05+00' AS placed_at, 12.50::DECIMAL(10,2) AS amount, true AS paid";
  await copy(`SELECT 1::BIGINT AS order_id, 'first' AS note, ${order}`, 'bronze/orders/from_lsn=01/orders.parquet');
  await copy(
    `SELECT 2::BIGINT AS order_id, NULL::VARCHAR AS note, ${order}`,
    'bronze/orders/from_lsn=02/orders.parquet',
  );
  await copy('SELECT 99::BIGINT AS order_id', 'bronze/orders/from_lsn=02/_ignored.parquet');
  await copy('SELECT 20260101 AS date_key, 10.00::DECIMAL(18,2) AS revenue', 'gold/sales/old.parquet');
  await copy('SELECT 20260102 AS date_key, 99.99::DECIMAL(18,2) AS revenue', 'gold/sales/new.parquet');
  connection.closeSync();
  instance.closeSync();

  const column = (name: string, type: string) => ({ name, type, nullable: true, metadata: {} });
  const schemaString = JSON.stringify({
    type: 'struct',
    fields: [column('date_key', 'integer'), column('revenue', 'decimal(18,2)')],
  });
  const add = (path: string) => ({
    add: {
      path,
      partitionValues: {},
      size: statSync(join(folder, 'lake/gold/sales', path)).size,
      modificationTime: 0,
      dataChange: true,
    },
  });
  const commit = (version: number, actions: object[]) =>
    writeFileSync(
      join(folder, `lake/gold/sales/_delta_log/${String(version).padStart(20, '0')}.json`),
      actions.map((action) => JSON.stringify(action)).join('\n'),
    );
  commit(0, [
    { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
    {
      metaData: {
        id: 'a',
        format: { provider: 'parquet', options: {} },
        schemaString,
        partitionColumns: [],
        configuration: {},
      },
    },
    add('old.parquet'),
  ]);
  commit(1, [{ remove: { path: 'old.parquet', deletionTimestamp: 1, dataChange: true } }, add('new.parquet')]);
}

beforeAll(async () => {
  await fillLake();
  entra = await startEntra({ directory: join(folder, 'entra') });
  pool = await start();
  const master = await connect('master');
  await master.request().batch('CREATE DATABASE shop');
  await master.close();
  shop = await connect('shop');
  for (const layer of ['bronze', 'gold']) {
    await shop.request().batch(`CREATE SCHEMA ${layer}`);
    await shop
      .request()
      .batch(`CREATE EXTERNAL DATA SOURCE ${layer} WITH (LOCATION = 'https://account.dfs.core.windows.net/${layer}')`);
  }
  await shop
    .request()
    .batch(
      "CREATE VIEW gold.sales AS SELECT * FROM OPENROWSET(BULK 'sales/', DATA_SOURCE = 'gold', FORMAT = 'DELTA') WITH (revenue decimal(18,2), date_key int, missing nvarchar(10)) AS files",
    );
}, 30_000);
afterAll(async () => {
  await shop?.close();
  await pool?.close();
  await entra?.close();
  rmSync(folder, { recursive: true });
});

const query = async (text: string) => (await shop.request().query(text)).recordset;

test('Parquet by wildcard: columns and types are those of the files', async () => {
  const { recordset } = await shop
    .request()
    .query(
      "SELECT * FROM OPENROWSET(BULK 'orders/**', DATA_SOURCE = 'bronze', FORMAT = 'PARQUET') AS r ORDER BY order_id",
    );
  expect(recordset).toEqual([
    { order_id: '1', note: 'first', placed_at: new Date('2026-01-02T03:04:05Z'), amount: 12.5, paid: true },
    { order_id: '2', note: null, placed_at: new Date('2026-01-02T03:04:05Z'), amount: 12.5, paid: true },
  ]);
  expect(recordset.columns['amount']).toMatchObject({ type: sql.Decimal, precision: 10, scale: 2 });
});

test.each([
  ['a result', "EXEC sp_describe_first_result_set N'SELECT date_key FROM gold.sales'", { name: 'date_key' }],
  [
    'parameters',
    "EXEC sp_describe_undeclared_parameters N'SELECT * FROM gold.sales WHERE revenue > @least'",
    { name: '@least', suggested_system_type_name: 'decimal(18,2)' },
  ],
])('%s is described before any query has looked at the files', async (_, text, expected) => {
  const fresh = await connect('shop');
  try {
    expect((await fresh.request().batch(text)).recordset).toEqual([expect.objectContaining(expected)]);
  } finally {
    await fresh.close();
  }
});

test('and so is a cursor opened, with its first rows', async () => {
  const fresh = await connect('shop');
  try {
    const open = fresh.request().output('cursor', sql.Int).input('stmt', 'SELECT date_key FROM gold.sales');
    const { recordset } = await open
      .input('scrollopt', 0x2008)
      .input('ccopt', 1)
      .input('rowcount', 5)
      .execute('sp_cursoropen');
    expect(recordset).toEqual([{ date_key: 20260102, ROWSTAT: 1 }]);
  } finally {
    await fresh.close();
  }
});

test('filepath() gives what each wildcard stood for, filename() the file', async () => {
  expect(
    await query(
      "SELECT r.filepath(1) AS lsn, r.filename() AS [file] FROM OPENROWSET(BULK 'orders/from_lsn=*/*.parquet', DATA_SOURCE = 'bronze', FORMAT = 'PARQUET') AS r WHERE r.filepath(1) = '02'",
    ),
  ).toEqual([{ lsn: '02', file: 'orders.parquet' }]);
});

test('Delta is read at its newest version; a declared column that no file has is NULL', async () => {
  expect(await query('SELECT * FROM gold.sales')).toEqual([{ revenue: 99.99, date_key: 20260102, missing: null }]);
});

test('a view joins, aggregates and is used from dynamic SQL', async () => {
  const [row] = await query(
    "EXEC sp_executesql N'SELECT COUNT_BIG(*) AS n, SUM(revenue) AS total FROM gold.sales WHERE date_key > @day', N'@day int', @day = 20260101",
  );
  expect(row).toEqual({ n: '1', total: 99.99 });
});

test.each([
  ["BULK 'nothing/', DATA_SOURCE = 'gold', FORMAT = 'DELTA'", 13807, /nothing\/_delta_log/],
  ["BULK 'nothing/*', DATA_SOURCE = 'bronze', FORMAT = 'PARQUET'", 13807, /cannot be listed/],
  ["BULK '../../state/master.duckdb', DATA_SOURCE = 'bronze', FORMAT = 'PARQUET'", 13807, /cannot be listed/],
  ["BULK 'https://other.dfs.core.windows.net/bronze/orders/**', FORMAT = 'PARQUET'", 13807, /other\.dfs/],
  ["BULK 'orders/**', DATA_SOURCE = 'nowhere', FORMAT = 'PARQUET'", 46525, /'nowhere' cannot be found/],
  ["BULK 'orders/**', DATA_SOURCE = 'bronze', FORMAT = 'CSV'", 40517, /OPENROWSET with FORMAT = 'CSV'/],
])('OPENROWSET(%s) is refused', async (options, number, message) => {
  await expect(query(`SELECT * FROM OPENROWSET(${options}) AS r`)).rejects.toMatchObject({
    number,
    message: expect.stringMatching(message),
  });
});

test('links out of the lake are not followed', async () => {
  mkdirSync(join(folder, 'lake/bronze/linked'));
  symlinkSync(join(folder, 'lake/gold/sales/new.parquet'), join(folder, 'lake/bronze/linked/a.parquet'));
  await expect(
    query("SELECT * FROM OPENROWSET(BULK 'linked/*', DATA_SOURCE = 'bronze', FORMAT = 'PARQUET') AS r"),
  ).rejects.toMatchObject({ number: 13807 });
});

test('there is nothing to write to', async () => {
  await expect(query('CREATE TABLE dbo.t (a int)')).rejects.toThrow(
    /CREATE TABLE is not supported by a serverless SQL pool/,
  );
  await expect(query('DELETE FROM gold.sales')).rejects.toThrow(/DELETE is not supported/);
});

test('databases: known by name, refused twice, missing ones not opened', async () => {
  expect(await query("SELECT DB_ID(N'shop') AS here, DB_ID(N'none') AS there")).toEqual([
    { here: expect.any(Number), there: null },
  ]);
  await expect(query('CREATE DATABASE Shop')).rejects.toMatchObject({ number: 1801 });
  await expect(connect('none')).rejects.toThrow(/Cannot open database "none"/);
  await expect(connect('shop', { name: 'reader', password: 'wrong' })).rejects.toThrow(/Login failed/);
});

test('views and data sources are there after a restart', async () => {
  await shop.close();
  await pool.close();
  pool = await start();
  shop = await connect('shop');
  expect(await query('SELECT name FROM sys.external_data_sources ORDER BY name')).toEqual([
    { name: 'bronze' },
    { name: 'gold' },
  ]);
  expect(await query('SELECT COUNT(*) AS n FROM gold.sales')).toEqual([{ n: 1 }]);
});
