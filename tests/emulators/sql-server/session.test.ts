import { type Client, type Server, start } from './harness.ts';

let server: Server;
let client: Client;

beforeAll(async () => {
  server = await start();
  client = await server.connect();
  await client.ok(`CREATE TABLE dbo.items (id int IDENTITY(1, 1) NOT NULL CONSTRAINT pk_items PRIMARY KEY, name nvarchar(20) NOT NULL,
    price decimal(10, 2) NOT NULL CONSTRAINT df_price DEFAULT 1.5, made datetime2(3) NULL)`);
});
beforeEach(async () => {
  await client.ok("TRUNCATE TABLE dbo.items; INSERT INTO dbo.items (name) VALUES (N'apple'), (N'pear'), (N'fig')");
});
afterAll(() => server.close());

describe('statements give', () => {
  it.each([
    [
      'variables',
      "DECLARE @a int = 2, @b varchar(10); SET @b = CONCAT(@a, N'x'); SET @a += 3; SELECT @a, @b",
      ['5|2x'],
    ],
    [
      'SELECT @x =',
      'DECLARE @n int, @s nvarchar(20); SELECT @n = id, @s = name FROM dbo.items ORDER BY id; SELECT @n, @s, @@ROWCOUNT',
      ['3|fig|3'],
    ],
    [
      'IF and WHILE',
      'DECLARE @i int = 0; WHILE 1 = 1 BEGIN SET @i += 1; IF @i = 2 CONTINUE; IF @i > 4 BREAK; END; IF @i = 5 SELECT 1 ELSE SELECT 2',
      ['1'],
    ],
    [
      'identity',
      "INSERT INTO dbo.items (name) VALUES (N'plum'); SELECT SCOPE_IDENTITY(), @@IDENTITY, IDENT_CURRENT('dbo.items')",
      ['4|4|4'],
    ],
    ['defaults', 'SELECT DISTINCT price, made FROM dbo.items', ['1.50|NULL']],
    [
      'OUTPUT of UPDATE',
      'UPDATE dbo.items SET price = price * 2 OUTPUT deleted.price, inserted.price WHERE id = 1',
      ['1.50|3.00'],
    ],
    [
      'OUTPUT of INSERT',
      "INSERT INTO dbo.items (name) OUTPUT inserted.id, inserted.price VALUES (N'kiwi')",
      ['4|1.50'],
    ],
    [
      'OUTPUT INTO',
      'DECLARE @gone TABLE (id int); DELETE FROM dbo.items OUTPUT deleted.id INTO @gone WHERE id < 3; SELECT id FROM @gone ORDER BY id',
      ['1', '2'],
    ],
    [
      'temporary tables',
      'CREATE TABLE #t (a int NOT NULL PRIMARY KEY); INSERT INTO #t SELECT id FROM dbo.items; SELECT COUNT(*) FROM #t; DROP TABLE #t',
      ['3'],
    ],
    [
      'SELECT INTO',
      "SELECT id, name INTO #u FROM dbo.items WHERE name LIKE N'%p%'; SELECT name FROM #u ORDER BY id; DROP TABLE #u",
      ['apple', 'pear'],
    ],
    [
      'TRY and CATCH',
      'BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_MESSAGE(), ERROR_SEVERITY() END CATCH',
      ['8134|Divide by zero error encountered.|16'],
    ],
    [
      'nested CATCH',
      "BEGIN TRY BEGIN TRY THROW 50001, 'a', 3 END TRY BEGIN CATCH THROW END CATCH END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_MESSAGE(), ERROR_STATE() END CATCH",
      ['50001|a|3'],
    ],
    [
      'sp_executesql',
      "DECLARE @n int; EXEC sp_executesql N'SELECT @out = COUNT(*) FROM dbo.items WHERE id > @low', N'@low int, @out int OUTPUT', @low = 1, @out = @n OUTPUT; SELECT @n",
      ['2'],
    ],
    ['EXEC of text', "EXEC (N'SELECT ' + N'7')", ['7']],
    ['the clock', 'SELECT SYSUTCDATETIME()', ['2026-01-02 03:04:05.678']],
    [
      'IDENTITY_INSERT',
      "SET IDENTITY_INSERT dbo.items ON; INSERT INTO dbo.items (id, name) VALUES (9, N'nut'); SET IDENTITY_INSERT dbo.items OFF; INSERT INTO dbo.items (name) VALUES (N'oat'); SELECT MAX(id) FROM dbo.items",
      ['10'],
    ],
  ])('%s', async (_, sql, expected) => {
    expect(await client.rows(sql)).toEqual(expected);
  });
});

describe('procedures', () => {
  beforeAll(async () => {
    await client.ok(
      'CREATE PROCEDURE dbo.add_one @n int, @by int = 1, @sum int OUTPUT AS BEGIN SET @sum = @n + @by; SELECT @n AS n; RETURN 3 END',
    );
  });

  it.each([
    ['by name', 'DECLARE @s int, @r int; EXEC @r = dbo.add_one @sum = @s OUTPUT, @n = 4; SELECT @s, @r', ['5|3']],
    ['by position', 'DECLARE @s int; EXEC dbo.add_one 4, DEFAULT, @s OUTPUT; SELECT @s', ['5']],
    ['INSERT EXEC', 'DECLARE @t TABLE (n int); INSERT INTO @t EXEC dbo.add_one 8, 1, NULL; SELECT n FROM @t', ['8']],
  ])('%s', async (_, sql, expected) => {
    expect(await client.rows(sql)).toEqual(expected);
  });

  it.each([
    ['EXEC dbo.nope', 2812],
    ['EXEC dbo.add_one', 201],
    ['EXEC dbo.add_one 1, 2, 3, 4', 8144],
    ['EXEC dbo.add_one @x = 1', 8145],
    ['CREATE PROCEDURE dbo.add_one AS SELECT 1', 2714],
    ['DROP PROCEDURE dbo.nope', 3701],
  ])('%s answers %d', async (sql, number) => {
    expect(await client.errors(sql)).toEqual([number]);
  });

  it('are called with typed parameters', async () => {
    const int = { name: 'int' } as const;
    const answer = await client.call('dbo.add_one', [
      { name: '@n', type: int, value: 1, output: false },
      { name: '@sum', type: int, value: null, output: true },
    ]);
    expect([answer.outputs.get('@sum'), answer.status]).toEqual([2, 3]);
  });
});

describe('errors', () => {
  it.each([
    ['SELECT * FROM dbo.nope', [208]],
    ['SELECT nope FROM dbo.items', [207]],
    ['SELECT @nope', [137]],
    ["SELECT CAST('x' AS int)", [245]],
    ['SELECT 1 / 0; SELECT 1', [8134]],
    ["RAISERROR('a %s', 16, 1, 'b'); SELECT 1", [50000]],
    ["THROW 50001, 'x', 1; SELECT 1", [50001]],
    ['CREATE TABLE dbo.items (a int)', [2714]],
    ['CREATE TABLE nope.items (a int)', [2760]],
    ['DROP TABLE dbo.nope', [3701]],
    ['DROP TABLE IF EXISTS dbo.nope', []],
    ["INSERT INTO dbo.items (id, name) VALUES (1, N'a')", [544]],
    ['USE other', [40508]],
    ['SELECT * FROM other.dbo.t', [40515]],
  ])('%s: %j', async (sql, numbers) => {
    expect(await client.errors(sql)).toEqual(numbers);
  });

  it('say where they happened', async () => {
    const { errors } = await client.run('SELECT 1;\nSELECT 2;\nSELECT 1 / 0;');
    expect(errors[0]).toMatchObject({ number: 8134, line: 3 });
  });

  it('go on with the next statement, or end the batch', async () => {
    expect((await client.run('SELECT 1 / 0; SELECT 5')).sets.at(-1)?.rows).toEqual([['5']]);
    expect((await client.run("SELECT 4; THROW 50001, 'x', 1; SELECT 5")).sets.at(-1)?.rows).toEqual([['4']]);
  });
});

describe('the catalog', () => {
  it.each([
    [
      "SELECT name, max_length, is_nullable, is_identity FROM sys.columns WHERE object_id = OBJECT_ID(N'dbo.items') ORDER BY column_id",
      ['id|4|0|1', 'name|40|0|0', 'price|9|0|0', 'made|7|1|0'],
    ],
    [
      "SELECT s.name, t.name FROM sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id WHERE t.name = 'items'",
      ['dbo|items'],
    ],
    [
      "SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, COLUMN_DEFAULT FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'items' AND ORDINAL_POSITION > 1 ORDER BY ORDINAL_POSITION",
      ['name|nvarchar|20|NULL|NULL|NULL', 'price|decimal|NULL|10|2|(1.5)', 'made|datetime2|NULL|NULL|NULL|NULL'],
    ],
    ["SELECT p.rows FROM sys.partitions p WHERE p.object_id = OBJECT_ID('dbo.items') AND p.index_id IN (0, 1)", ['3']],
    [
      "SELECT OBJECT_ID('dbo.nope'), OBJECT_NAME(OBJECT_ID('[dbo].[items]')), SCHEMA_NAME(1), DB_NAME(), SUSER_SNAME()",
      ['NULL|items|dbo|shop|tester'],
    ],
    [
      "SELECT name, type_desc, is_primary_key FROM sys.indexes WHERE object_id = OBJECT_ID('dbo.items')",
      ['pk_items|CLUSTERED|1'],
    ],
    ["SELECT SERVERPROPERTY('EngineEdition'), COLUMNPROPERTY(OBJECT_ID('dbo.items'), 'id', 'IsIdentity')", ['5|1']],
    ["SELECT name FROM sys.database_principals WHERE type = 'S' AND name = 'dbo'", ['dbo']],
  ])('%s', async (sql, expected) => {
    expect(await client.rows(sql)).toEqual(expected);
  });
});

describe('ALTER TABLE', () => {
  beforeEach(async () => {
    await client.ok(
      "DROP TABLE IF EXISTS dbo.a; CREATE TABLE dbo.a (id int NOT NULL, s varchar(10) NULL); INSERT INTO dbo.a VALUES (1, 'one'), (2, NULL)",
    );
  });

  it.each([
    ['ADD n int NOT NULL CONSTRAINT df_n DEFAULT 7', '1|one|7'],
    ['ADD n int NULL DEFAULT 7', '1|one|NULL'],
    ['ALTER COLUMN s nvarchar(40) NULL', '1|one'],
    ['ALTER COLUMN id bigint NOT NULL', '1|one'],
    ['DROP COLUMN s', '1'],
    ['ADD CONSTRAINT pk_a PRIMARY KEY (id)', '1|one'],
  ])('%s', async (action, first) => {
    await client.ok(`BEGIN TRAN; UPDATE dbo.a SET id = id; ALTER TABLE dbo.a ${action}; COMMIT`);
    expect((await client.rows('SELECT * FROM dbo.a ORDER BY id'))[0]).toBe(first);
  });

  it.each([
    ['ADD n int NOT NULL', 4901],
    ['ALTER COLUMN s varchar(10) NOT NULL', 515],
    ['ALTER COLUMN s varchar(2) NULL', 2628],
    ['ADD CONSTRAINT ck CHECK (id > 1)', 547],
    ['ADD CONSTRAINT pk_a PRIMARY KEY (s)', 8111],
    ['DROP COLUMN nope', 4924],
    ['DROP CONSTRAINT nope', 3728],
  ])('%s answers %d', async (action, number) => {
    expect(await client.errors(`ALTER TABLE dbo.a ${action}`)).toEqual([number]);
  });
});

describe('a request is cancelled', () => {
  it.each([0, 1, 2, 3, 5, 8])('%i turns after its start', async (turns) => {
    const waiting = client.run("WAITFOR DELAY '00:01:00'; SELECT 1");
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
    client.session.cancel();
    const answer = await waiting;
    expect([answer.sets, answer.errors.map((each) => each.severity)]).toEqual([[], [11]]);
    expect(await client.rows('SELECT 2')).toEqual(['2']);
  });
});
