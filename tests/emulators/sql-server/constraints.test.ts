import { type Client, type Server, start } from './harness.ts';

let server: Server;
let client: Client;

beforeAll(async () => {
  server = await start();
  client = await server.connect();
  await client.ok(`
    CREATE TABLE dbo.parent (id int NOT NULL CONSTRAINT pk_parent PRIMARY KEY, code varchar(10) NULL CONSTRAINT uq_code UNIQUE);
    CREATE TABLE dbo.child (
      id int NOT NULL CONSTRAINT pk_child PRIMARY KEY,
      parent_id int NULL CONSTRAINT fk_parent REFERENCES dbo.parent (id),
      quantity int NOT NULL CONSTRAINT df_quantity DEFAULT 1 CONSTRAINT ck_quantity CHECK (quantity > 0),
      note nvarchar(5) NULL);
    CREATE TABLE dbo.line (id int NOT NULL PRIMARY KEY, child_id int NOT NULL REFERENCES dbo.child (id) ON DELETE CASCADE);`);
});
beforeEach(async () => {
  await client.ok(`
    DELETE FROM dbo.line; DELETE FROM dbo.child; DELETE FROM dbo.parent;
    INSERT INTO dbo.parent VALUES (1, 'a'), (2, 'b');
    INSERT INTO dbo.child (id, parent_id) VALUES (10, 1), (11, NULL);
    INSERT INTO dbo.line VALUES (100, 10), (101, 11)`);
});
afterAll(() => server.close());

describe("constraints refuse with the server's number and wording", () => {
  it.each([
    [
      'INSERT INTO dbo.parent VALUES (1, NULL)',
      2627,
      "Violation of PRIMARY KEY constraint 'pk_parent'. Cannot insert duplicate key in object 'dbo.parent'. The duplicate key value is (1).",
    ],
    [
      "INSERT INTO dbo.parent VALUES (3, 'B')",
      2627,
      "Violation of UNIQUE KEY constraint 'uq_code'. Cannot insert duplicate key in object 'dbo.parent'. The duplicate key value is (B).",
    ],
    [
      'INSERT INTO dbo.parent VALUES (3, NULL), (4, NULL)',
      2627,
      "Violation of UNIQUE KEY constraint 'uq_code'. Cannot insert duplicate key in object 'dbo.parent'. The duplicate key value is (<NULL>).",
    ],
    [
      "INSERT INTO dbo.parent VALUES (3, 'c'), (3, 'd')",
      2627,
      "Violation of PRIMARY KEY constraint 'pk_parent'. Cannot insert duplicate key in object 'dbo.parent'. The duplicate key value is (3).",
    ],
    [
      'INSERT INTO dbo.child (id, parent_id) VALUES (12, 9)',
      547,
      'The INSERT statement conflicted with the FOREIGN KEY constraint "fk_parent". The conflict occurred in database "shop", table "dbo.parent", column \'id\'.',
    ],
    [
      'UPDATE dbo.child SET parent_id = 9 WHERE id = 11',
      547,
      'The UPDATE statement conflicted with the FOREIGN KEY constraint "fk_parent". The conflict occurred in database "shop", table "dbo.parent", column \'id\'.',
    ],
    [
      'DELETE FROM dbo.parent WHERE id = 1',
      547,
      'The DELETE statement conflicted with the REFERENCE constraint "fk_parent". The conflict occurred in database "shop", table "dbo.child", column \'parent_id\'.',
    ],
    [
      'INSERT INTO dbo.child (id, quantity) VALUES (12, 0)',
      547,
      'The INSERT statement conflicted with the CHECK constraint "ck_quantity". The conflict occurred in database "shop", table "dbo.child".',
    ],
    [
      'INSERT INTO dbo.child (id, quantity) VALUES (12, NULL)',
      515,
      "Cannot insert the value NULL into column 'quantity', table 'shop.dbo.child'; column does not allow nulls. INSERT fails.",
    ],
    [
      'UPDATE dbo.child SET quantity = NULL',
      515,
      "Cannot insert the value NULL into column 'quantity', table 'shop.dbo.child'; column does not allow nulls. UPDATE fails.",
    ],
    [
      "INSERT INTO dbo.child (id, note) VALUES (12, N'abcdefg')",
      2628,
      "String or binary data would be truncated in table 'shop.dbo.child', column 'note'. Truncated value: 'abcde'.",
    ],
  ])('%s', async (sql, number, message) => {
    const { errors } = await client.run(sql);
    expect(errors.map((each) => [each.number, each.message])).toEqual([[number, message]]);
    expect(await client.rows('SELECT COUNT(*) FROM dbo.parent')).toEqual(['2']);
  });

  it.each([
    [
      'a key deleted and inserted again in one transaction',
      "BEGIN TRAN; DELETE FROM dbo.parent WHERE id = 2; INSERT INTO dbo.parent VALUES (2, 'b'); COMMIT",
    ],
    [
      'keys that trade places in one statement',
      "UPDATE dbo.parent SET code = CASE code WHEN 'a' THEN 'b' ELSE 'a' END",
    ],
    ['an unknown CHECK', 'INSERT INTO dbo.parent VALUES (7, NULL)'],
    ['trailing spaces beyond the length', "INSERT INTO dbo.child (id, note) VALUES (12, N'abcde   ')"],
  ])('allows %s', async (_, sql) => {
    expect(await client.errors(sql)).toEqual([]);
  });

  it('follows ON DELETE CASCADE', async () => {
    await client.ok('DELETE FROM dbo.child WHERE id = 10');
    expect(await client.rows('SELECT id FROM dbo.line')).toEqual(['101']);
  });
});
