import { readdirSync, readFileSync } from 'node:fs';
import { azureSqlDialect } from '../../../emulators/azure-sql/dialect.ts';
import { type Client, type Server, start } from './harness.ts';

/** What clients and people send, and what the server answers. Batches run one after the other in one session. */
interface Case {
  readonly name: string;
  readonly batches: readonly string[];
  /** Rows of every result set of the last batch, `a|b` each. */
  readonly rows?: readonly string[];
  /** Column names of the last batch's last result set. */
  readonly columns?: readonly string[];
  /** Error numbers of the last batch. */
  readonly errors?: readonly number[];
}

const SETUP = `
CREATE TABLE dbo.customers (id int IDENTITY(1, 1) CONSTRAINT pk_customers PRIMARY KEY, name nvarchar(50) NOT NULL,
  code varchar(10) COLLATE Latin1_General_BIN NULL CONSTRAINT uq_code UNIQUE,
  credit decimal(10, 2) CONSTRAINT df_credit DEFAULT 0, CONSTRAINT ck_credit CHECK (credit >= 0));
CREATE TABLE dbo.orders (order_id bigint NOT NULL CONSTRAINT pk_orders PRIMARY KEY,
  customer_id int NULL CONSTRAINT fk_customer FOREIGN KEY REFERENCES dbo.customers (id), amount money, placed date, status varchar(10), note nvarchar(max));
INSERT INTO dbo.customers (name, code) VALUES (N'Ann', 'a'), (N'Bob', 'A');
INSERT INTO dbo.orders VALUES (1, 1, 10.5, '2024-01-01', 'new', NULL), (2, 1, 20, '2024-01-02', 'paid', NULL), (3, 2, 5, '2024-02-01', 'new', NULL);`;

const folder = new URL('./cases/', import.meta.url);

describe.each(readdirSync(folder))('%s', (file) => {
  const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Case[];
  let server: Server;
  let client: Client;
  beforeAll(async () => {
    server = await start({ dialect: azureSqlDialect });
    client = await server.connect();
    await client.ok(SETUP);
    await client.ok('CREATE VIEW dbo.doubled AS SELECT order_id, amount * 2 AS twice FROM dbo.orders');
    await client.ok("CREATE PROCEDURE dbo.act @a int, @s nvarchar(20) = N'x' OUTPUT AS SELECT @a AS a");
  });
  afterEach(() => client.run('IF @@TRANCOUNT > 0 ROLLBACK'));
  afterAll(() => server.close());

  test.each(cases)('$name', async ({ batches, rows, columns, errors = [] }) => {
    for (const batch of batches.slice(0, -1)) await client.ok(batch);
    const answer = await client.run(batches.at(-1) ?? '');
    expect(answer.errors.map((each) => each.number)).toEqual(errors);
    if (columns) expect(answer.sets.at(-1)?.columns.map((each) => each.name)).toEqual(columns);
    if (rows) expect(answer.sets.flatMap((each) => each.rows.map((row) => row.join('|')))).toEqual(rows);
  });
});
