import { azureSqlDialect } from '../../../emulators/azure-sql/dialect.ts';
import { type Client, type Server, start } from '../sql-server/harness.ts';

let server: Server;
let client: Client;

beforeEach(async () => {
  server = await start({ dialect: azureSqlDialect });
  client = await server.connect();
  await client.ok(
    `CREATE TABLE dbo.orders (id bigint NOT NULL CONSTRAINT pk_orders PRIMARY KEY, status varchar(20) NULL, amount decimal(10,2) NULL)`,
  );
  await client.ok('EXEC sys.sp_cdc_enable_db');
});
afterEach(() => server.close());

const enable = (more = ''): Promise<unknown> =>
  client.ok(`EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'orders', @role_name = NULL${more}`);

const WINDOW = `DECLARE @from binary(10) = sys.fn_cdc_get_min_lsn('dbo_orders'), @to binary(10) = sys.fn_cdc_get_max_lsn();`;
const all = (option = 'all'): Promise<string[]> =>
  client.rows(
    `${WINDOW} SELECT __$operation, __$update_mask, id, status, amount FROM cdc.fn_cdc_get_all_changes_dbo_orders(@from, @to, N'${option}') ORDER BY __$start_lsn, __$seqval, __$operation`,
  );
const net = (option = 'all'): Promise<string[]> =>
  client.rows(
    `${WINDOW} SELECT __$operation, __$update_mask, id, status FROM cdc.fn_cdc_get_net_changes_dbo_orders(@from, @to, N'${option}') ORDER BY id`,
  );

describe('change rows', () => {
  it('carry operation, mask and both images', async () => {
    await enable();
    await client.ok("INSERT INTO dbo.orders VALUES (1, 'placed', 9.5), (2, 'placed', 1)");
    await client.ok("UPDATE dbo.orders SET status = 'paid' WHERE id = 1");
    await client.ok('DELETE FROM dbo.orders WHERE id = 2');
    expect(await all()).toEqual([
      '2|0x07|1|placed|9.50',
      '2|0x07|2|placed|1.00',
      '4|0x02|1|paid|9.50',
      '1|0x07|2|placed|1.00',
    ]);
    expect((await all('all update old')).slice(2, 4)).toEqual(['3|0x02|1|placed|9.50', '4|0x02|1|paid|9.50']);
  });

  it('tell a change of the primary key as deletes, then inserts', async () => {
    await enable();
    await client.ok("INSERT INTO dbo.orders VALUES (1, 'a', 0), (2, 'b', 0); UPDATE dbo.orders SET id = id + 1");
    expect(await all()).toEqual([
      '2|0x07|1|a|0.00',
      '2|0x07|2|b|0.00',
      '1|0x07|1|a|0.00',
      '1|0x07|2|b|0.00',
      '2|0x07|2|a|0.00',
      '2|0x07|3|b|0.00',
    ]);
  });

  it('number the changes of a transaction from 1, statement by statement', async () => {
    await enable();
    await client.ok(
      "BEGIN TRAN; INSERT INTO dbo.orders VALUES (1, 'a', 0), (2, 'b', 0); DELETE FROM dbo.orders WHERE id = 1; COMMIT",
    );
    const found = await client.rows(
      'SELECT __$operation, __$command_id, __$seqval FROM cdc.dbo_orders_CT ORDER BY __$seqval',
    );
    expect(found.map((each) => each.split('|').slice(0, 2).join('|'))).toEqual(['2|1', '2|1', '1|2']);
    expect(found.every((each) => /0x0{17}[0-9A-F]{3}$/.test(each))).toBe(true);
  });

  it('leave out updates that change nothing, and transactions that roll back', async () => {
    await enable();
    await client.ok("INSERT INTO dbo.orders VALUES (1, 'a', 0); UPDATE dbo.orders SET status = 'a'");
    await client.ok('BEGIN TRAN; DELETE FROM dbo.orders; ROLLBACK');
    expect(await all()).toEqual(['2|0x07|1|a|0.00']);
  });

  it('come from MERGE too', async () => {
    await enable();
    await client.ok("INSERT INTO dbo.orders VALUES (1, 'a', 0), (2, 'b', 0)");
    await client.ok(`MERGE dbo.orders AS t USING (VALUES (1, 'z'), (3, 'c')) AS s (id, status) ON t.id = s.id
      WHEN MATCHED THEN UPDATE SET status = s.status
      WHEN NOT MATCHED THEN INSERT (id, status) VALUES (s.id, s.status)
      WHEN NOT MATCHED BY SOURCE THEN DELETE;`);
    expect((await all()).slice(2).sort()).toEqual(['1|0x07|2|b|0.00', '2|0x07|3|c|NULL', '4|0x02|1|z|0.00']);
  });

  it('share one LSN per transaction, which grows in commit order', async () => {
    await enable();
    await client.ok("BEGIN TRAN; INSERT INTO dbo.orders VALUES (1, 'a', 0); UPDATE dbo.orders SET amount = 1; COMMIT");
    await client.ok("INSERT INTO dbo.orders VALUES (2, 'b', 0)");
    const lsns = await client.rows(
      'SELECT CONVERT(varchar(22), __$start_lsn, 1) FROM cdc.dbo_orders_CT ORDER BY __$start_lsn, __$command_id, __$seqval, __$operation',
    );
    expect(lsns).toHaveLength(4);
    expect(new Set(lsns.slice(0, 3)).size).toBe(1);
    expect((lsns[3] ?? '') > (lsns[0] ?? '')).toBe(true);
    expect(lsns[0]).toMatch(/^0x[0-9A-F]{20}$/);
  });
});

describe('net changes', () => {
  it.each([
    ['all', ['1|NULL|1|b', '4|NULL|2|y', '2|NULL|3|n']],
    ['all with mask', ['1|NULL|1|b', '4|0x02|2|y', '2|NULL|3|n']],
    ['all with merge', ['1|NULL|1|b', '5|NULL|2|y', '5|NULL|3|n']],
  ])('%s', async (option, expected) => {
    await client.ok("INSERT INTO dbo.orders VALUES (1, 'a', 0), (2, 'x', 0)");
    await enable();
    await client.ok("UPDATE dbo.orders SET status = 'b' WHERE id = 1; DELETE FROM dbo.orders WHERE id = 1");
    await client.ok("UPDATE dbo.orders SET status = 'y' WHERE id = 2");
    await client.ok("INSERT INTO dbo.orders VALUES (3, 'm', 0); UPDATE dbo.orders SET status = 'n' WHERE id = 3");
    await client.ok("INSERT INTO dbo.orders VALUES (4, 'q', 0); DELETE FROM dbo.orders WHERE id = 4");
    expect(await net(option)).toEqual(expected);
  });
});

describe('LSN functions', () => {
  it('step through all ten bytes', async () => {
    expect(
      await client.rows(
        'SELECT sys.fn_cdc_increment_lsn(0x0000002000000001FFFF), sys.fn_cdc_decrement_lsn(0x00000020000000020000), sys.fn_cdc_increment_lsn(0x00000020000000010001)',
      ),
    ).toEqual(['0x00000020000000020000|0x0000002000000001FFFF|0x00000020000000010002']);
  });

  it('give NULL and zero when nothing is captured', async () => {
    expect(await client.rows("SELECT sys.fn_cdc_get_max_lsn(), sys.fn_cdc_get_min_lsn('nope')")).toEqual([
      'NULL|0x00000000000000000000',
    ]);
  });

  it.each([
    ['below the instance', '0x00000000000000000001', '@to'],
    ['above the last commit', '@from', '0xFFFFFFFFFFFFFFFFFFFF'],
    ['unknown', 'NULL', '@to'],
  ])('answer 313 for a window that is %s', async (_, from, to) => {
    await enable();
    const answer = await client.run(
      `${WINDOW} DECLARE @a binary(10) = ${from}, @b binary(10) = ${to}; SELECT * FROM cdc.fn_cdc_get_all_changes_dbo_orders(@a, @b, N'all')`,
    );
    expect(answer.errors[0]?.message).toBe(
      'An insufficient number of arguments were supplied for the procedure or function cdc.fn_cdc_get_all_changes_ ... .',
    );
  });

  it('read masks', async () => {
    await enable();
    expect(
      await client.rows(
        "SELECT sys.fn_cdc_get_column_ordinal('dbo_orders', 'amount'), sys.fn_cdc_is_bit_set(3, 0x04), sys.fn_cdc_has_column_changed('dbo_orders', 'status', 0x04), sys.fn_cdc_is_bit_set(9, 0x0100)",
      ),
    ).toEqual(['3|1|0|1']);
  });
});

describe('procedures', () => {
  it.each([
    ['EXEC sys.sp_cdc_enable_db', 22905],
    ["EXEC sys.sp_cdc_enable_table N'dbo', N'nope', @role_name = NULL", 22931],
    ["EXEC sys.sp_cdc_enable_table N'dbo', N'orders', @role_name = NULL", 22926],
    ["EXEC sys.sp_cdc_disable_table N'dbo', N'orders', N'nope'", 22960],
    ["EXEC sys.sp_cdc_enable_table N'dbo', N'orders'", 201],
    ['TRUNCATE TABLE dbo.orders', 4711],
  ])('%s answers %d', async (sql, number) => {
    await enable();
    expect(await client.errors(sql)).toEqual([number]);
  });

  it('refuse a database that is not enabled', async () => {
    await client.ok('EXEC sys.sp_cdc_disable_db');
    expect(await client.errors("EXEC sys.sp_cdc_enable_table N'dbo', N'orders', @role_name = NULL")).toEqual([22901]);
    expect(await client.rows("SELECT is_cdc_enabled FROM sys.databases WHERE name = 'shop'")).toEqual(['0']);
  });

  it('allow two instances, not three', async () => {
    await enable();
    await enable(", @capture_instance = N'second', @captured_column_list = N'id, status'");
    expect(
      await client.errors(
        "EXEC sys.sp_cdc_enable_table N'dbo', N'orders', @role_name = NULL, @capture_instance = N'third'",
      ),
    ).toEqual([22962]);
    await client.ok("INSERT INTO dbo.orders VALUES (1, 'a', 0)");
    expect(await client.rows('SELECT id, status FROM cdc.second_CT')).toEqual(['1|a']);
    expect(
      await client.rows('SELECT capture_instance, supports_net_changes FROM cdc.change_tables ORDER BY 1'),
    ).toEqual(['dbo_orders|1', 'second|1']);
    expect(await client.rows("SELECT is_tracked_by_cdc FROM sys.tables WHERE name = 'orders'")).toEqual(['1']);
  });

  it('clean up below a watermark and raise it', async () => {
    await enable();
    await client.ok("INSERT INTO dbo.orders VALUES (1, 'a', 0)");
    await client.ok("INSERT INTO dbo.orders VALUES (2, 'b', 0)");
    await client.ok(
      "DECLARE @low binary(10) = sys.fn_cdc_get_max_lsn(); EXEC sys.sp_cdc_cleanup_change_table N'dbo_orders', @low",
    );
    expect(await all()).toEqual(['2|0x07|2|b|0.00']);
    expect(
      await client.rows(
        "SELECT CASE WHEN sys.fn_cdc_get_min_lsn('dbo_orders') = sys.fn_cdc_get_max_lsn() THEN 1 ELSE 0 END",
      ),
    ).toEqual(['1']);
  });
});

describe('DDL on a tracked table', () => {
  it('does not capture new columns, and gives NULL for dropped ones', async () => {
    await enable();
    await client.ok('ALTER TABLE dbo.orders ADD note nvarchar(10) NULL; ALTER TABLE dbo.orders DROP COLUMN amount');
    await client.ok("INSERT INTO dbo.orders VALUES (1, 'a', N'x')");
    expect(await all()).toEqual(['2|0x07|1|a|NULL']);
    expect(await client.rows('SELECT ddl_command FROM cdc.ddl_history')).toEqual([
      'ALTER TABLE dbo.orders ADD note nvarchar(10) NULL',
      'ALTER TABLE dbo.orders DROP COLUMN amount',
    ]);
  });

  it('drops the instances with the table', async () => {
    await enable();
    await client.ok('DROP TABLE dbo.orders');
    expect(await client.rows('SELECT COUNT(*) FROM cdc.change_tables')).toEqual(['0']);
    expect(await client.errors('SELECT * FROM cdc.dbo_orders_CT')).toEqual([208]);
  });
});
