import type { Parameter } from '../../../emulators/tds/session.ts';
import type { SqlType, SqlValue } from '../../../emulators/tsql/sql-type.ts';
import { type Answer, type Client, type Server, start } from './harness.ts';

const int: SqlType = { name: 'int' };
const text: SqlType = { name: 'nvarchar', length: 4000 };
const FORWARD = 0x10;
const KEYSET = 0x01;
const STATIC = 0x08;
const PARAMETERIZED = 0x1000;
const AUTO_FETCH = 0x2000;
const AUTO_CLOSE = 0x4000;
const ALLOW_DIRECT = 0x2000;

const given = (type: SqlType, value: SqlValue, output = false): Parameter => ({ name: '', type, value, output });
const number = (value: number | null): Parameter => given(int, value);
const out = (value: number | null = null): Parameter => given(int, value, true);

let server: Server;
let client: Client;
/** OUTPUT parameters of the last call, in order: by position they have no names. */
let outputs: SqlValue[];

beforeAll(async () => {
  server = await start();
  client = await server.connect();
  await client.ok('CREATE TABLE t (id int, s varchar(9)); INSERT t VALUES (1,1), (2,2), (3,3), (4,4), (5,5)');
});
afterAll(() => server.close());

async function call(name: string, ...parameters: Parameter[]): Promise<Answer> {
  const answer = await client.call(name, parameters);
  outputs = answer.outputList;
  return answer;
}

const open = (query: string, scroll: number, concurrency = 1): Promise<Answer> =>
  call('sp_cursoropen', out(), given(text, query), out(scroll), out(concurrency), out(2));

const fetch = async (handle: SqlValue, type: number, row: number, rows: number): Promise<string[]> => {
  const answer = await call('sp_cursorfetch', given(int, handle), number(type), number(row), number(rows));
  return answer.errors.length > 0
    ? answer.errors.map((each) => String(each.number))
    : (answer.sets[0]?.rows ?? []).map((each) => each.join('|'));
};

test('a static cursor scrolls over the rows of its opening, each with its status', async () => {
  const opened = await open('SELECT id FROM t ORDER BY id', STATIC);
  expect(opened.sets[0]?.columns.map((each) => [each.name, each.hidden ?? false])).toEqual([
    ['id', false],
    ['ROWSTAT', true],
  ]);
  const [handle, ...kind] = outputs;
  expect(kind).toEqual([STATIC, 1, 5]);
  await client.ok('UPDATE t SET s = 9; INSERT t VALUES (6, 6)');
  expect(await fetch(handle ?? 0, 0x08, 0, 2)).toEqual(['4|1', '5|1']);
  expect(await fetch(handle ?? 0, 0x01, 0, 2)).toEqual(['1|1', '2|1']);
  expect(await fetch(handle ?? 0, 0x02, 0, 2)).toEqual(['3|1', '4|1']);
  await call('sp_cursorfetch', given(int, handle ?? 0), number(0x100), out(), out());
  expect(outputs).toEqual([3, 5]);
  expect((await call('sp_cursor', given(int, handle ?? 0), number(2), number(1))).errors[0]?.number).toBe(16929);
  await call('sp_cursorclose', given(int, handle ?? 0));
  expect(await fetch(handle ?? 0, 0x02, 0, 2)).toEqual(['16909']);
  await client.ok('DELETE t WHERE id = 6');
});

test('another kind is answered with the one that was made', async () => {
  const opened = await open('SELECT id FROM t', KEYSET, 4);
  expect(opened.infos).toEqual(['The created cursor is not of the requested type.']);
  expect(outputs.slice(1)).toEqual([STATIC, 1, 5]);
});

test('a forward-only cursor goes forward', async () => {
  await open('SELECT id FROM t ORDER BY id', FORWARD);
  const [handle = 0, ...kind] = outputs;
  expect(kind).toEqual([FORWARD, 1, -1]);
  expect(await fetch(handle, 0x02, 0, 4)).toEqual(['1|1', '2|1', '3|1', '4|1']);
  expect(await fetch(handle, 0x02, 0, 4)).toEqual(['5|1']);
  expect(await fetch(handle, 0x02, 0, 4)).toEqual([]);
  expect(await fetch(handle, 0x04, 0, 4)).toEqual(['16911']);
});

test('the first rows come with the opening, and a cursor that is at its end is closed', async () => {
  const opened = await open('SELECT TOP (1) id FROM t ORDER BY id', FORWARD | AUTO_FETCH | AUTO_CLOSE);
  expect([opened.sets[0]?.rows, opened.status]).toEqual([[['1', '1']], 0x10]);
  expect(await fetch(outputs[0] ?? 0, 0x02, 0, 1)).toEqual(['16909']);
});

test.each([
  ['two queries', 'SELECT 1; SELECT 2', ['1', '2']],
  ['a procedure', "EXEC sp_executesql N'SELECT 3'", ['3']],
])('%s have no cursor, and run directly where that is allowed', async (_, query, expected) => {
  expect((await open(query, STATIC)).errors[0]?.number).toBe(16937);
  const direct = await open(query, STATIC, 1 | ALLOW_DIRECT);
  expect(direct.infos).toEqual(['Executing SQL directly; no cursor.']);
  expect(direct.sets.map((each) => each.rows.join())).toEqual(expected);
  expect(outputs).toEqual([]);
});

test('prepared once, opened with other values', async () => {
  const definitions = given(text, '@from int');
  const query = given(text, 'SELECT id FROM t WHERE id > @from ORDER BY id');
  const scroll = STATIC | PARAMETERIZED;
  await call('sp_cursorprepexec', out(), out(), definitions, query, out(scroll), out(1), out(), number(3));
  const [prepared = 0, first = 0, ...kind] = outputs;
  expect(kind).toEqual([STATIC, 1, 2]);
  expect(await fetch(first, 0x02, 0, 9)).toEqual(['4|1', '5|1']);
  await call('sp_cursorexecute', given(int, prepared), out(), out(scroll), out(1), out(), number(4));
  expect(await fetch(outputs[0] ?? 0, 0x02, 0, 9)).toEqual(['5|1']);
  expect((await call('sp_cursorunprepare', given(int, prepared))).errors).toEqual([]);
  const gone = await call('sp_cursorexecute', given(int, prepared), out(), out(scroll), out(1), out(), number(4));
  expect(gone.errors[0]?.number).toBe(8179);
});

test('values in the opening itself', async () => {
  const parameters = [given(text, '@id int'), number(2)];
  await call(
    'sp_cursoropen',
    out(),
    given(text, 'SELECT s FROM t WHERE id = @id'),
    out(STATIC),
    out(1),
    out(),
    ...parameters,
  );
  expect(await fetch(outputs[0] ?? 0, 0x02, 0, 9)).toEqual(['9|1']);
});
