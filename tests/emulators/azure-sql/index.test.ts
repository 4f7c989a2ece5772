import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mssql from 'mssql';
import { type AzureSql, startAzureSql } from '../../../emulators/azure-sql/index.ts';
import { issueCertificate } from '../certificate.ts';

/** The service through the client that the platform uses. */

let folder: string;
let server: AzureSql;
let pool: mssql.ConnectionPool;

const start = async (): Promise<AzureSql> =>
  startAzureSql({
    tls: await issueCertificate(),
    file: join(folder, 'shop.duckdb'),
    database: 'shop',
    users: [{ name: 'app', password: 'secret' }],
    verifyToken: async (token, audience) => {
      if (token !== 'good' || audience !== 'https://database.windows.net/') throw new Error('bad token');
      return { name: 'platform' };
    },
    clock: () => new Date('2026-01-02T03:04:05.678Z'),
  });

const options = (): mssql.config => ({
  server: '127.0.0.1',
  port: server.port,
  database: 'shop',
  user: 'app',
  password: 'secret',
  options: { encrypt: true, trustServerCertificate: true },
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'azure-sql-'));
  server = await start();
  pool = await new mssql.ConnectionPool(options()).connect();
});
afterAll(async () => {
  await pool.close();
  await server.close();
  await rm(folder, { recursive: true });
});

describe('signing in', () => {
  it('takes an Entra token', async () => {
    const { user: _, password: __, ...rest } = options();
    const other = await new mssql.ConnectionPool({
      ...rest,
      authentication: { type: 'azure-active-directory-access-token', options: { token: 'good' } },
    }).connect();
    const { recordset } = await other.query`SELECT SUSER_SNAME() AS who, DB_NAME() AS db`;
    expect(recordset[0]).toEqual({ who: 'platform', db: 'shop' });
    await other.close();
  });

  it.each([
    ['a wrong password', { password: 'x' }, 'ELOGIN'],
    ['an unknown database', { database: 'nope' }, 'ELOGIN'],
  ])('refuses %s', async (_, change, code) => {
    await expect(new mssql.ConnectionPool({ ...options(), ...change }).connect()).rejects.toMatchObject({ code });
  });
});

describe("the platform's use", () => {
  it('loads in bulk, captures, and calls procedures with OUTPUT parameters', async () => {
    await pool.batch('CREATE SCHEMA etl');
    await pool.batch(`CREATE TABLE dbo.orders (order_id bigint NOT NULL CONSTRAINT pk_orders PRIMARY KEY, status varchar(20) NOT NULL,
      currency char(3) NOT NULL, total decimal(12,2) NOT NULL, paid bit NULL, placed_at datetime2(3) NOT NULL)`);
    await pool.batch('EXEC sys.sp_cdc_enable_db');
    await pool.batch(`EXEC sys.sp_cdc_enable_table N'dbo', N'orders', @role_name = NULL`);
    const transaction = pool.transaction();
    await transaction.begin();
    await transaction.request().batch('SELECT TOP 0 * INTO #staged FROM dbo.orders');
    const table = new mssql.Table('#staged');
    table.columns.add('order_id', mssql.BigInt, { nullable: false });
    table.columns.add('status', mssql.VarChar(20), { nullable: false });
    table.columns.add('currency', mssql.Char(3), { nullable: false });
    table.columns.add('total', mssql.Decimal(12, 2), { nullable: false });
    table.columns.add('paid', mssql.Bit, { nullable: true });
    table.columns.add('placed_at', mssql.DateTime2(3), { nullable: false });
    for (let id = 1; id <= 5000; id += 1) {
      table.rows.add(id, 'placed', 'EUR', id + 0.25, id % 2 === 0 ? null : true, new Date(1_700_000_000_000 + id));
    }
    const loaded = await transaction.request().bulk(table);
    expect(loaded.rowsAffected).toBe(5000);
    await transaction.request().query('INSERT INTO dbo.orders SELECT * FROM #staged');
    const updated = await transaction
      .request()
      .query(
        "UPDATE o SET status = 'paid' FROM dbo.orders AS o JOIN #staged AS s ON s.order_id = o.order_id WHERE s.paid = 1",
      );
    expect(updated.rowsAffected).toEqual([2500]);
    await transaction
      .request()
      .query('DELETE o FROM dbo.orders AS o JOIN #staged AS s ON s.order_id = o.order_id WHERE s.order_id > 4990');
    await transaction.commit();

    await pool.batch(`CREATE PROCEDURE etl.plan_window @table_name sysname, @resnapshot bit = 0, @rows bigint = NULL OUTPUT AS
BEGIN
  SET NOCOUNT ON;
  IF @table_name IS NULL THROW 50001, 'no table', 1;
  DECLARE @sql nvarchar(max) = N'SELECT @n = COUNT(*) FROM dbo.' + QUOTENAME(@table_name);
  EXEC sys.sp_executesql @sql, N'@n bigint OUTPUT', @n = @rows OUTPUT;
  SELECT CONVERT(varchar(22), sys.fn_cdc_get_max_lsn(), 1) AS to_lsn, @rows AS source_rows;
  RETURN 7;
END`);
    const planned = await pool
      .request()
      .input('table_name', 'orders')
      .output('rows', mssql.BigInt)
      .execute('etl.plan_window');
    expect(planned.returnValue).toBe(7);
    expect(planned.output).toEqual({ rows: '4990' });
    expect(planned.recordset[0]).toMatchObject({ source_rows: '4990' });
    expect(planned.recordset[0].to_lsn).toMatch(/^0x[0-9A-F]{20}$/);
    await expect(pool.request().input('table_name', null).execute('etl.plan_window')).rejects.toMatchObject({
      number: 50001,
      procName: 'plan_window',
    });

    const changes =
      await pool.query(`DECLARE @from binary(10) = sys.fn_cdc_get_min_lsn('dbo_orders'), @to binary(10) = sys.fn_cdc_get_max_lsn();
      SELECT __$operation AS operation, COUNT(*) AS n FROM cdc.fn_cdc_get_all_changes_dbo_orders(@from, @to, N'all') GROUP BY __$operation ORDER BY 1`);
    expect(changes.recordset).toEqual([
      { operation: 1, n: 10 },
      { operation: 2, n: 5000 },
      { operation: 4, n: 2500 },
    ]);
  });

  it('types its results as the columns were declared', async () => {
    const { recordset } = await pool.query('SELECT TOP 1 * FROM dbo.orders ORDER BY order_id');
    expect(recordset.columns['currency']).toMatchObject({ length: 3, type: mssql.Char });
    expect(recordset.columns['total']).toMatchObject({ precision: 12, scale: 2 });
    expect(recordset[0]).toEqual({
      order_id: '1',
      status: 'paid',
      currency: 'EUR',
      total: 1.25,
      paid: true,
      placed_at: new Date(1_700_000_000_001),
    });
  });

  it('reports errors with the number of the server', async () => {
    await expect(pool.query('SELECT * FROM dbo.nope')).rejects.toMatchObject({
      number: 208,
      message: "Invalid object name 'dbo.nope'.",
    });
    await expect(
      pool.query("INSERT INTO dbo.orders VALUES (1, 'a', 'EUR', 1, NULL, '2026-01-01')"),
    ).rejects.toMatchObject({ number: 2627 });
  });

  it('prepares statements', async () => {
    const statement = new mssql.PreparedStatement(pool);
    statement.input('id', mssql.BigInt);
    await statement.prepare('SELECT total FROM dbo.orders WHERE order_id = @id');
    for (const id of [1, 2, 3]) expect((await statement.execute({ id })).recordset[0]).toEqual({ total: id + 0.25 });
    await statement.unprepare();
  });

  it('keeps everything over a restart', async () => {
    const before = await pool.query("SELECT sys.fn_cdc_get_max_lsn() AS lsn, OBJECT_ID('dbo.orders') AS id");
    await pool.close();
    await server.close();
    server = await start();
    pool = await new mssql.ConnectionPool(options()).connect();
    const after = await pool.query("SELECT sys.fn_cdc_get_max_lsn() AS lsn, OBJECT_ID('dbo.orders') AS id");
    expect(after.recordset).toEqual(before.recordset);
    await pool.query('DELETE FROM dbo.orders WHERE order_id = 1');
    const later = await pool.query('SELECT sys.fn_cdc_get_max_lsn() AS lsn');
    expect(Buffer.compare(later.recordset[0].lsn, before.recordset[0].lsn)).toBe(1);
  });
});
