import { setTimeout as pause } from 'node:timers/promises';
import { type Client, type Server, start } from './harness.ts';

let server: Server;
let one: Client;
let two: Client;

beforeAll(async () => {
  server = await start();
  one = await server.connect();
  two = await server.connect();
});
afterEach(async () => {
  for (const each of [one, two]) await each.session.reset(false);
});
afterAll(() => server.close());

const get = (mode: string, options = "@LockOwner = 'Session'"): string =>
  `DECLARE @r int; EXEC @r = sp_getapplock @Resource = 'r', @LockMode = '${mode}', ${options}; SELECT @r`;
const release = "DECLARE @r int; EXEC @r = sp_releaseapplock 'r', 'Session'; SELECT @r";
const session = (timeout: number): string => `@LockOwner = 'Session', @LockTimeout = ${timeout}`;

test.each([
  ['Shared', 'Shared', '0'],
  ['Shared', 'Exclusive', '-1'],
  ['Update', 'Shared', '0'],
  ['Update', 'Update', '-1'],
  ['IntentExclusive', 'IntentExclusive', '0'],
  ['IntentShared', 'Exclusive', '-1'],
  ['Exclusive', 'IntentShared', '-1'],
])('one holds %s, another asks for %s', async (held, asked, expected) => {
  expect(await one.rows(get(held))).toEqual(['0']);
  expect(await two.rows(get(asked, session(0)))).toEqual([expected]);
});

test('a waiter gets it when it is released, having waited', async () => {
  await one.ok(get('Exclusive'));
  const waiting = two.rows(get('Exclusive', session(5000)));
  await pause(20);
  expect(await one.rows(release)).toEqual(['0']);
  expect(await waiting).toEqual(['1']);
  expect(await one.rows(get('Shared', session(10)))).toEqual(['-1']);
});

test('what is taken twice is released twice', async () => {
  await one.ok(`${get('Exclusive')}; EXEC sp_getapplock 'r', 'Exclusive', 'Session'`);
  await one.ok(release);
  expect(await two.rows(get('Shared', session(0)))).toEqual(['-1']);
  await one.ok(release);
  expect(await two.rows(get('Shared', session(0)))).toEqual(['0']);
});

test.each(['COMMIT', 'ROLLBACK'])("a transaction's lock ends with %s", async (end) => {
  await one.ok(`BEGIN TRANSACTION; ${get('Exclusive', "@LockOwner = 'Transaction'")}`);
  expect(await two.rows(get('Shared', session(0)))).toEqual(['-1']);
  await one.ok(end);
  expect(await two.rows(get('Shared', session(0)))).toEqual(['0']);
});

test('a session that ends gives up its locks, and an attention the wait', async () => {
  const third = await server.connect();
  await third.ok(get('Exclusive'));
  const waiting = two.run(get('Exclusive', session(-1)));
  await pause(20);
  two.session.cancel();
  await waiting;
  await third.session.close();
  expect(await one.rows(get('Exclusive', session(0)))).toEqual(['0']);
});

test.each([
  ['no lock to release', release, 1223],
  ['a mode that is none', get('Strong'), 1225],
  ['an owner that is none', get('Shared', "@LockOwner = 'Me'"), 1226],
  ['a time-out below -1', get('Shared', session(-2)), 1227],
  ['no transaction to own it', get('Shared', "@LockOwner = 'Transaction'"), 3918],
])('%s: -999', async (_, sql, number) => {
  const answer = await one.run(sql);
  expect(answer.errors.map((each) => each.number)).toEqual([number]);
  expect(answer.sets[0]?.rows).toEqual([['-999']]);
});
