import sql from 'mssql';
import { type BulkLoad, type Connection, Request, TYPES } from 'tedious';
import { SqlError } from '../../../emulators/tsql/sql-error.ts';
import { completed, connectPool, connectTedious, endTedious } from './client.ts';
import { type Fixture, startFixture } from './fixture.ts';

let fixture: Fixture;
let connection: Connection;

beforeAll(async () => {
  fixture = await startFixture({ limits: { messageBytes: 1024 * 1024 } });
});

beforeEach(async () => {
  connection = await connectTedious(fixture);
});

afterEach(() => endTedious(connection));
afterAll(() => fixture.close());

const session = () => fixture.sessions.at(-1)!;

function load(
  addColumns: (bulk: BulkLoad) => void,
  rows: Iterable<unknown[]> | AsyncIterable<unknown[]>,
  started?: (bulk: BulkLoad) => void,
): Promise<number> {
  return completed((done) => {
    const bulk = connection.newBulkLoad('target', done as never);
    addColumns(bulk);
    connection.execBulkLoad(bulk, rows as Iterable<unknown[]>);
    started?.(bulk);
  });
}

test('every type, with NULLs', async () => {
  const at = Date.UTC(2024, 1, 29, 12, 34, 56, 789);
  const cases = [
    [TYPES.Bit, {}, true, true],
    [TYPES.TinyInt, {}, 255, 255],
    [TYPES.SmallInt, {}, -5, -5],
    [TYPES.Int, {}, 2 ** 31 - 1, 2 ** 31 - 1],
    [TYPES.BigInt, {}, '-9223372036854775808', -9223372036854775808n],
    [TYPES.Decimal, { precision: 12, scale: 2 }, -1234.56, -123_456n],
    [TYPES.Money, {}, 12.34, 123_400n],
    [TYPES.SmallMoney, {}, -0.5, -5000n],
    [TYPES.Real, {}, 1.5, 1.5],
    [TYPES.Float, {}, 0.1, 0.1],
    [TYPES.Char, { length: 3 }, 'EUR', 'EUR'],
    [TYPES.VarChar, { length: 40 }, 'naïve €', 'naïve €'],
    [TYPES.VarChar, { length: Number.POSITIVE_INFINITY }, 'long', 'long'],
    [TYPES.Text, {}, 'old', 'old'],
    [TYPES.NChar, { length: 2 }, '日本', '日本'],
    [TYPES.NVarChar, { length: 40 }, 'Łódź 🚲', 'Łódź 🚲'],
    [TYPES.NVarChar, { length: Number.POSITIVE_INFINITY }, '', ''],
    [TYPES.VarBinary, { length: 10 }, Buffer.from([1, 2, 3]), new Uint8Array([1, 2, 3])],
    [TYPES.VarBinary, { length: Number.POSITIVE_INFINITY }, Buffer.alloc(0), new Uint8Array(0)],
    [TYPES.Image, {}, Buffer.from([9]), new Uint8Array([9])],
    [TYPES.Date, {}, new Date(at), Math.floor(at / 86_400_000)],
    [TYPES.Time, { scale: 3 }, new Date(at), BigInt(at % 86_400_000) * 1000n],
    [TYPES.DateTime2, { scale: 3 }, new Date(at), BigInt(at) * 1000n],
    [TYPES.DateTimeOffset, { scale: 3 }, new Date(at), { micros: BigInt(at) * 1000n, offset: 0 }],
    [TYPES.DateTime, {}, new Date(at - 9), BigInt(at - 9) * 1000n],
    [TYPES.SmallDateTime, {}, new Date(at - (at % 60_000)), BigInt(at - (at % 60_000)) * 1000n],
    [TYPES.UniqueIdentifier, {}, '6f9619ff-8b86-d011-b42d-00c04fc964ff', '6F9619FF-8B86-D011-B42D-00C04FC964FF'],
  ] as const;
  const count = await load(
    (bulk) =>
      cases.forEach(([type, options], i) => {
        bulk.addColumn(`c${i}`, type, { nullable: true, ...options });
      }),
    [cases.map(([, , sent]) => sent), cases.map(() => null)],
  );
  expect(count).toBe(2);
  const [loaded] = session().loads;
  expect(loaded!.rows[0]).toEqual(cases.map(([, , , expected]) => expected));
  expect(loaded!.rows[1]).toEqual(cases.map(() => null));
  expect(loaded!.columns[5]).toEqual({
    name: 'c5',
    type: { name: 'decimal', precision: 12, scale: 2 },
    nullable: true,
  });
  expect(session().batches.at(-1)).toMatch(/^insert bulk target/);
});

test('many rows, in chunks, in order', async () => {
  const rows = 10_000;
  const count = await load(
    (bulk) => {
      bulk.addColumn('id', TYPES.Int, { nullable: false });
      bulk.addColumn('name', TYPES.NVarChar, { length: 50, nullable: true });
    },
    Array.from({ length: rows }, (_, i) => [i, i % 3 === 0 ? null : `row ${i}`]),
  );
  expect(count).toBe(rows);
  expect(
    session().loads[0]!.rows.every(([id, name], i) => id === i && name === (i % 3 === 0 ? null : `row ${i}`)),
  ).toBe(true);
});

test('values of many packets', async () => {
  const big = '€'.repeat(200_000);
  await load(
    (bulk) => bulk.addColumn('text', TYPES.NVarChar, { length: Number.POSITIVE_INFINITY, nullable: true }),
    [[big], ['small'], [big]],
  );
  expect(session().loads[0]!.rows).toEqual([[big], ['small'], [big]]);
});

test('no rows', async () => {
  expect(await load((bulk) => bulk.addColumn('id', TYPES.Int, { nullable: false }), [])).toBe(0);
});

test('through mssql', async () => {
  const pool = await connectPool(fixture, { encrypt: true });
  const table = new sql.Table('dbo.orders');
  table.columns.add('order_id', sql.BigInt, { nullable: false });
  table.columns.add('placed_at', sql.DateTime2(3), { nullable: false });
  table.rows.add(1n as never, new Date(0));
  table.rows.add('2' as never, new Date(1));
  const { rowsAffected } = await pool.request().bulk(table);
  expect(rowsAffected).toBe(2);
  expect(session().loads[0]!.rows).toEqual([
    [1n, 0n],
    [2n, 1000n],
  ]);
  await pool.close();
});

test('an error of the session ends the load, unread rows and all', async () => {
  session().bulkFailure = new SqlError(515, 'Cannot insert the value NULL.');
  await expect(
    load(
      (bulk) => bulk.addColumn('id', TYPES.Int, { nullable: false }),
      Array.from({ length: 30_000 }, (_, i) => [i]),
    ),
  ).rejects.toMatchObject({ number: 515 });
  session().bulkFailure = null;
  expect(await load((bulk) => bulk.addColumn('id', TYPES.Int, { nullable: false }), [[1]])).toBe(1);
});

test('a load that the client cancels is not loaded', async () => {
  async function* endless() {
    for (let i = 0; ; i++) {
      if (i % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      yield [i];
    }
  }
  await expect(
    load(
      (bulk) => bulk.addColumn('id', TYPES.Int, { nullable: false }),
      endless(),
      (bulk) => setTimeout(() => bulk.cancel(), 50),
    ),
  ).rejects.toThrow('Canceled.');
  expect(session().loads).toEqual([]);
  await completed((done) => connection.execSqlBatch(new Request('two', done)));
});

test('a row larger than the limit closes the connection', async () => {
  connection.on('error', () => {});
  await expect(
    load(
      (bulk) => bulk.addColumn('text', TYPES.NVarChar, { length: Number.POSITIVE_INFINITY, nullable: true }),
      [['x'.repeat(2_000_000)]],
    ),
  ).rejects.toThrow();
  expect(fixture.log).toContainEqual(expect.stringContaining('a row of the bulk load takes more than 1048576 bytes'));
  connection = await connectTedious(fixture);
});
