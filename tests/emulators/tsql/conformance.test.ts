import { readdirSync, readFileSync } from 'node:fs';
import { DuckDBBlobValue, DuckDBStructValue } from '@duckdb/node-api';
import type { SqlType } from '../../../emulators/tsql/index.ts';
import { SqlError } from '../../../emulators/tsql/sql-error.ts';
import { type Database, openDatabase, type Result } from './database.ts';

interface Case {
  readonly name: string;
  readonly sql: string;
  /** A second batch; the result counted is its. */
  readonly then?: string;
  readonly columns?: readonly string[];
  readonly types?: readonly string[];
  readonly rows?: readonly (readonly unknown[])[];
  readonly error?: number;
  readonly state?: number;
}

const SETUP = `
CREATE TABLE dbo.orders (id bigint NOT NULL, customer bigint, status varchar(20), amount decimal(10,2), placed date);
CREATE TABLE dbo.customers (id bigint NOT NULL, name varchar(10), active bit DEFAULT 1);
CREATE TABLE dbo.lines (line smallint, price decimal(10,2));
CREATE TABLE dbo.items (id bigint IDENTITY(1,1) NOT NULL, name varchar(10), qty int DEFAULT (7));
INSERT INTO orders VALUES (1, 1, 'Paid', 10, '2024-01-01'), (2, 1, 'SHIPPED', 20, '20240102'), (3, 2, 'paid', 7.5, '2024-01-03'), (4, 9, NULL, 5, '2024-01-04');
INSERT INTO customers VALUES (1, 'Ann', 1), (2, 'bob', 0), (3, 'Cy', DEFAULT);
INSERT INTO lines VALUES (1, 1), (2, 3), (3, 4);`;

const folder = new URL('./cases/', import.meta.url);

describe.each(readdirSync(folder))('%s', (file) => {
  const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Case[];
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase();
    await database.run(SETUP);
  });
  // Each case leaves the tables as it found them.
  beforeEach(() => database.begin());
  afterEach(() => database.rollback());
  afterAll(() => database.close());

  test.each(cases)('$name', async (example) => {
    if (example.error !== undefined) {
      const failure = await database.run(example.sql).then(
        (results) => new Error(`it answered ${JSON.stringify(results.map(plainRows))}`),
        (error: unknown) => error as Error,
      );
      if (!(failure instanceof SqlError)) throw failure;
      expect(failure).toMatchObject({
        number: example.error,
        ...(example.state !== undefined && { state: example.state }),
      });
      return;
    }
    let results = await database.run(example.sql);
    if (example.then) results = await database.run(example.then);
    const last = results.at(-1)!;
    if (example.columns) expect(last.columns.map((c) => c.name)).toEqual(example.columns);
    if (example.types) expect(last.columns.map((c) => typeText(c.type))).toEqual(example.types);
    expect(plainRows(last)).toEqual(example.rows);
  });
});

function typeText(type: SqlType): string {
  if (type.length !== undefined) return `${type.name}(${type.length})`;
  if (type.name === 'decimal') return `decimal(${type.precision},${type.scale})`;
  return type.scale === undefined ? type.name : `${type.name}(${type.scale})`;
}

/** Values as JSON holds them: bigint, decimals and dates as text, bytes as 0x... */
function plainRows(result: Result): unknown[][] {
  return result.rows.map((row) =>
    row.map((value) => {
      if (value instanceof DuckDBBlobValue) return `0x${Buffer.from(value.bytes).toString('hex').toUpperCase()}`;
      if (value instanceof DuckDBStructValue) return Object.values(value.entries).join('|');
      if (typeof value === 'bigint' || (typeof value === 'object' && value !== null)) return String(value);
      return value;
    }),
  );
}
