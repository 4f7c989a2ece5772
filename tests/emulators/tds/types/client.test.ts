import fc from 'fast-check';
import { type Connection, Request, TYPES } from 'tedious';
import { completed, connectTedious, endTedious, rowsOf } from '../client.ts';
import { type Fixture, startFixture } from '../fixture.ts';

let fixture: Fixture;
let connection: Connection;

beforeAll(async () => {
  fixture = await startFixture();
  connection = await connectTedious(fixture, { options: { useUTC: true } });
});

afterAll(async () => {
  expect(fixture.log).toEqual([]);
  await endTedious(connection);
  await fixture.close();
});

type TediousType = (typeof TYPES)[keyof typeof TYPES];
type ParameterOptions = Parameters<Request['addParameter']>[3];

interface Sent {
  readonly type: TediousType;
  readonly options?: ParameterOptions;
  readonly value: unknown;
}

/** Sends parameters, has the server answer them as a row, and returns what the client reads. */
function echo(sent: readonly Sent[]): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const request = new Request('echo', (error) => (error ? reject(error) : resolve(rows[0]!)));
    const rows = rowsOf(request);
    sent.forEach(({ type, options, value }, i) => {
      request.addParameter(`p${i}`, type, value, options);
    });
    connection.execSql(request);
  });
}

const text = (max: number) =>
  fc.string({ unit: 'grapheme', maxLength: max }).filter((s) => s.length <= max && s.isWellFormed());
const ascii = (max: number) => fc.string({ maxLength: max });
const bytes = (max: number) => fc.uint8Array({ maxLength: max }).map((array) => Buffer.from(array));
const date = (from: string, to: string, unit: number) =>
  fc
    .integer({ min: Math.ceil(Date.parse(from) / unit), max: Math.floor(Date.parse(to) / unit) })
    .map((units) => new Date(units * unit));
const DAY = 86_400_000;

/** tedious reads bigint as text, decimals and money as numbers, and times as dates of 1970. */
const CASES: readonly (readonly [string, TediousType, ParameterOptions, fc.Arbitrary<unknown>])[] = [
  ['bit', TYPES.Bit, {}, fc.boolean()],
  ['tinyint', TYPES.TinyInt, {}, fc.integer({ min: 0, max: 255 })],
  ['smallint', TYPES.SmallInt, {}, fc.integer({ min: -32_768, max: 32_767 })],
  ['int', TYPES.Int, {}, fc.integer()],
  ['bigint', TYPES.BigInt, {}, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)],
  [
    'decimal(9,2)',
    TYPES.Decimal,
    { precision: 9, scale: 2 },
    fc.integer({ min: -99_999, max: 99_999 }).map((n) => n / 100),
  ],
  ['decimal(18,0)', TYPES.Decimal, { precision: 18, scale: 0 }, fc.maxSafeInteger()],
  ['money', TYPES.Money, {}, fc.integer({ min: -(2 ** 21), max: 2 ** 21 }).map((n) => n / 16)],
  ['smallmoney', TYPES.SmallMoney, {}, fc.integer({ min: -(2 ** 21), max: 2 ** 21 }).map((n) => n / 16)],
  ['real', TYPES.Real, {}, fc.float({ noNaN: true, noDefaultInfinity: true })],
  ['float', TYPES.Float, {}, fc.double({ noNaN: true, noDefaultInfinity: true })],
  ['char', TYPES.Char, { length: 20 }, ascii(20)],
  ['varchar', TYPES.VarChar, {}, ascii(100)],
  ['varchar(max)', TYPES.VarChar, { length: Number.POSITIVE_INFINITY }, ascii(100).map((s) => s.repeat(300))],
  ['text', TYPES.Text, {}, ascii(100)],
  ['nchar', TYPES.NChar, { length: 20 }, text(20)],
  ['nvarchar', TYPES.NVarChar, {}, text(100)],
  ['nvarchar(max)', TYPES.NVarChar, {}, text(50).map((s) => s.repeat(300))],
  [
    'binary',
    TYPES.Binary,
    { length: 3 },
    fc.uint8Array({ minLength: 3, maxLength: 3 }).map((array) => Buffer.from(array)),
  ],
  ['varbinary', TYPES.VarBinary, {}, bytes(100)],
  ['varbinary(max)', TYPES.VarBinary, {}, bytes(100).map((b) => Buffer.concat(Array<Buffer>(200).fill(b)))],
  ['image', TYPES.Image, {}, bytes(100)],
  ['date', TYPES.Date, {}, date('0001-01-01', '9999-12-31', DAY)],
  ['time', TYPES.Time, { scale: 3 }, fc.integer({ min: 0, max: DAY - 1 }).map((ms) => new Date(ms))],
  ['smalldatetime', TYPES.SmallDateTime, {}, date('1900-01-01', '2079-06-06', 60_000)],
  ['datetime', TYPES.DateTime, {}, date('1753-01-01', '9999-12-31', 10)],
  ['datetime2', TYPES.DateTime2, { scale: 3 }, date('0001-01-01', '9999-12-31', 1)],
  ['datetimeoffset', TYPES.DateTimeOffset, { scale: 3 }, date('0001-01-02', '9999-12-30', 1)],
  ['uniqueidentifier', TYPES.UniqueIdentifier, {}, fc.uuid().map((uuid) => uuid.toUpperCase())],
];

test.each(CASES)('%s goes to the server and back', async (_, type, options, arbitrary) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(arbitrary), { minLength: 1, maxLength: 6 }), async (values) => {
      const received = await echo(values.map((value) => ({ type, options, value })));
      expect(received.map(plain)).toEqual(values.map(plain));
    }),
    { numRuns: 8 },
  );
});

/** Dates by their instant (tedious adds the nanoseconds as a property), binary as hex, -0 as 0. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return value.toString('hex');
  return value === 0 ? 0 : value;
}

test('characters that only Windows-1252 has', async () => {
  const sent = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ ÀÿÑß';
  expect(await echo([{ type: TYPES.VarChar, value: sent }])).toEqual([sent]);
});

test('columns carry their types', async () => {
  const session = fixture.sessions.at(-1)!;
  session.result = {
    columns: [
      { name: 'id', type: { name: 'int' }, nullable: false, identity: true },
      { name: 'price', type: { name: 'decimal', precision: 10, scale: 2 }, nullable: true },
      { name: 'name', type: { name: 'nvarchar', length: 50 }, nullable: true },
      { name: 'code', type: { name: 'char', length: 2 }, nullable: true },
      { name: 'blob', type: { name: 'varbinary', length: 'max' }, nullable: true },
      { name: 'at', type: { name: 'datetime2', scale: 3 }, nullable: true },
    ],
    chunk: { rows: 0, values: [[], [], [], [], [], []] },
  };
  let columns: unknown;
  await completed((done) => {
    const request = new Request('result', done);
    request.on('columnMetadata', (metadata) => {
      columns = metadata;
    });
    connection.execSqlBatch(request);
  });
  expect(columns).toMatchObject([
    { colName: 'id', type: { name: 'IntN' }, dataLength: 4, flags: 0x10 },
    { colName: 'price', type: { name: 'DecimalN' }, precision: 10, scale: 2, flags: 0x09 },
    { colName: 'name', type: { name: 'NVarChar' }, dataLength: 100 },
    { colName: 'code', type: { name: 'Char' }, dataLength: 2, collation: { codepage: 'CP1252' } },
    { colName: 'blob', type: { name: 'VarBinary' }, dataLength: 65_535 },
    { colName: 'at', type: { name: 'DateTime2' }, scale: 3 },
  ]);
});
