import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { putIfAbsent } from '../../../emulators/delta/commit.ts';
import {
  type Action,
  commit,
  LONG,
  printSchema,
  protocol,
  readSnapshot,
  STRING,
  tableExists,
  writeCheckpoint,
} from '../../../emulators/delta/index.ts';
import { printStats, statsOf } from '../../../emulators/delta/stats.ts';

let table: string;
beforeEach(() => {
  table = mkdtempSync(join(tmpdir(), 'delta-'));
});
afterEach(() => rmSync(table, { recursive: true, force: true }));

const metaData = {
  id: '5fba94ed-9794-4965-ba6e-6ee3c0d22af9',
  format: { provider: 'parquet', options: {} },
  schemaString: printSchema([{ name: 'id', type: LONG, nullable: true }]),
  partitionColumns: [],
  configuration: {},
};
const add = (path: string): Action => ({
  add: { path, partitionValues: {}, size: 1, modificationTime: 0, dataChange: true, stats: '{"numRecords":3}' },
});
const write = (
  base: Awaited<ReturnType<typeof readSnapshot>> | undefined,
  actions: readonly Action[],
  blindAppend = false,
): Promise<number> => commit(table, { base, actions, blindAppend, operation: 'TEST', timestamp: 0 });
const create = (): Promise<number> => write(undefined, [{ protocol }, { metaData }]);

test('replays commits: adds, removes, and what lies at an earlier version', async () => {
  expect(await tableExists(table)).toBe(false);
  await create();
  await write(await readSnapshot(table), [add('a.parquet'), add('b%20c.parquet')]);
  await write(await readSnapshot(table), [{ remove: { path: 'a.parquet', deletionTimestamp: 1, dataChange: true } }]);
  const snapshot = await readSnapshot(table);
  expect(snapshot).toMatchObject({ version: 2, schema: [{ name: 'id', type: LONG }] });
  expect(snapshot.files.map(({ path, rows }) => [path, rows])).toEqual([[join(table, 'b c.parquet'), 3]]);
  expect((await readSnapshot(table, 1)).files).toHaveLength(2);
  expect(await tableExists(table)).toBe(true);
});

test('of writers at once each version has one; blind appends all get in', async () => {
  await create();
  const base = await readSnapshot(table);
  const versions = await Promise.all(
    Array.from({ length: 8 }, (_, index) => write(base, [add(`${index}.parquet`)], true)),
  );
  expect(versions.sort((left, right) => left - right)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect((await readSnapshot(table)).files).toHaveLength(8);
  await expect(write(base, [add('late.parquet')])).rejects.toMatchObject({ code: 'DELTA_CONCURRENT_WRITE' });
});

test('a blind append does not pass a change of the schema', async () => {
  await create();
  const base = await readSnapshot(table);
  await write(base, [{ metaData: { ...metaData, configuration: { a: 'b' } } }]);
  await expect(write(base, [add('x.parquet')], true)).rejects.toMatchObject({ code: 'DELTA_METADATA_CHANGED' });
});

test('put-if-absent neither replaces nor leaves anything behind', async () => {
  const file = join(table, 'x.json');
  const results = await Promise.all(Array.from({ length: 10 }, (_, index) => putIfAbsent(file, `${index}`)));
  expect(results.filter((won) => won)).toHaveLength(1);
});

test('leftovers of a killed writer are passed over: temporary commits, torn hints, checkpoints with a part missing', async () => {
  await create();
  await write(await readSnapshot(table), [add('a.parquet')]);
  const log = join(table, '_delta_log');
  writeFileSync(join(log, '.commit-1.tmp'), '{"add":');
  writeFileSync(join(log, '_last_checkpoint'), '{"vers');
  writeFileSync(join(log, '00000000000000000001.checkpoint.0000000001.0000000002.parquet'), 'torn');
  expect((await readSnapshot(table)).files).toHaveLength(1);
});

test('a gap in the log and a torn commit are errors', async () => {
  await create();
  writeFileSync(join(table, '_delta_log', '00000000000000000002.json'), '');
  await expect(readSnapshot(table)).rejects.toMatchObject({ code: 'DELTA_VERSIONS_NOT_CONTIGUOUS' });
  writeFileSync(join(table, '_delta_log', '00000000000000000001.json'), '{"add":{"pa');
  await expect(readSnapshot(table)).rejects.toMatchObject({ code: 'DELTA_LOG_CORRUPT' });
});

test('a checkpoint stands for the commits up to it', async () => {
  await create();
  for (const name of ['a', 'b']) await write(await readSnapshot(table), [add(`${name}.parquet`)]);
  const before = await readSnapshot(table);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await writeCheckpoint(connection, table, 2, before.state, 0);
  connection.closeSync();
  instance.closeSync();
  for (const version of [0, 1]) rmSync(join(table, '_delta_log', `0000000000000000000${version}.json`));
  const after = await readSnapshot(table);
  expect(after.files.map(({ path, rows }) => [path, rows])).toEqual(before.files.map(({ path, rows }) => [path, rows]));
  expect(after.schema).toEqual(before.schema);
});

test.each([
  [
    'reader version 3',
    {
      protocol: {
        minReaderVersion: 3,
        minWriterVersion: 7,
        readerFeatures: ['deletionVectors'],
        writerFeatures: ['deletionVectors'],
      },
    },
    /deletionVectors/,
  ],
  [
    'column mapping',
    { metaData: { ...metaData, configuration: { 'delta.columnMapping.mode': 'name' } } },
    /column mapping name/,
  ],
])('a table with %s is refused by name', async (_, action, message) => {
  await create();
  mkdirSync(join(table, '_delta_log'), { recursive: true });
  writeFileSync(join(table, '_delta_log', '00000000000000000001.json'), JSON.stringify(action));
  await expect(readSnapshot(table)).rejects.toMatchObject({
    code: 'DELTA_UNSUPPORTED_FEATURES_FOR_READ',
    message: expect.stringMatching(message),
  });
});

test('a file outside of its table is refused', async () => {
  await create();
  await write(await readSnapshot(table), [add('../other/a.parquet')]);
  await expect(readSnapshot(table)).rejects.toMatchObject({ code: 'DELTA_PATH_OUTSIDE_TABLE' });
});

test('statistics keep every digit of a number, and bound cut strings from both sides', () => {
  const columns = new Map([
    [
      '"id"',
      new Map([
        ['min', '9007199254740993'],
        ['max', '9007199254740995'],
        ['null_count', '0'],
      ]),
    ],
    [
      '"name"',
      new Map([
        ['min', 'a'.repeat(40)],
        ['max', 'z'.repeat(40)],
        ['null_count', '2'],
      ]),
    ],
    [
      '"x"',
      new Map([
        ['min', '1'],
        ['max', '2'],
        ['has_nan', 'true'],
        ['null_count', '0'],
      ]),
    ],
  ]);
  const schema = [
    { name: 'id', type: LONG, nullable: true },
    { name: 'name', type: STRING, nullable: true },
    { name: 'x', type: { kind: 'double' as const }, nullable: true },
  ];
  expect(printStats(statsOf(schema, 5, columns))).toBe(
    `{"numRecords":5,"minValues":{"id":9007199254740993,"name":"${'a'.repeat(32)}"},"maxValues":{"id":9007199254740995,"name":"${'z'.repeat(32)}\u{10FFFF}"},"nullCount":{"id":0,"name":2,"x":0}}`,
  );
});
