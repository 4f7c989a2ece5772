import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { SqlError } from '../../../emulators/tsql/sql-error.ts';
import type { ColumnChunk, SqlType, SqlValue } from '../../../emulators/tsql/sql-type.ts';
import { type Fixture, startFixture } from './harness.ts';
import { type Answer, type Services, startServices, table } from './services.ts';

const text = (value: string) => value as SqlValue;
const rows = 10_000;

/** SQL type, a value, the DuckDB type of the Parquet column, and the value as text. */
const types: [string, SqlType, SqlValue, string, string][] = [
  ['bit', { name: 'bit' }, true, 'BOOLEAN', 'true'],
  ['tinyint', { name: 'tinyint' }, 255, 'UTINYINT', '255'],
  ['smallint', { name: 'smallint' }, -32768, 'SMALLINT', '-32768'],
  ['int', { name: 'int' }, -2147483648, 'INTEGER', '-2147483648'],
  ['bigint', { name: 'bigint' }, 9223372036854775807n, 'BIGINT', '9223372036854775807'],
  ['real', { name: 'real' }, 1.5, 'FLOAT', '1.5'],
  ['float', { name: 'float' }, 0.1, 'DOUBLE', '0.1'],
  ['decimal', { name: 'decimal', precision: 12, scale: 2 }, -1005n, 'DECIMAL(12,2)', '-10.05'],
  ['wide_decimal', { name: 'decimal', precision: 38, scale: 6 }, 1234567n, 'DECIMAL(38,6)', '1.234567'],
  ['money', { name: 'money' }, 12345n, 'DECIMAL(19,4)', '1.2345'],
  ['varchar', { name: 'varchar', length: 10 }, text('plain'), 'VARCHAR', 'plain'],
  ['nvarchar', { name: 'nvarchar', length: 'max' }, text('žluťoučký 🐎'), 'VARCHAR', 'žluťoučký 🐎'],
  [
    'uniqueidentifier',
    { name: 'uniqueidentifier' },
    text('6F9619FF-8B86-D011-B42D-00C04FC964FF'),
    'VARCHAR',
    '6F9619FF-8B86-D011-B42D-00C04FC964FF',
  ],
  ['varbinary', { name: 'varbinary', length: 10 }, new Uint8Array([0, 255]), 'BLOB', '\\x00\\xFF'],
  ['date', { name: 'date' }, -1, 'DATE', '1969-12-31'],
  ['time', { name: 'time', scale: 7 }, 3_723_004_005n, 'VARCHAR', '01:02:03.0040050'],
  ['datetime', { name: 'datetime' }, 1_700_000_000_000_000n, 'TIMESTAMP WITH TIME ZONE', '1700000000000000'],
  [
    'datetime2',
    { name: 'datetime2', scale: 7 },
    1_700_000_000_123_456n,
    'TIMESTAMP WITH TIME ZONE',
    '1700000000123456',
  ],
];

function* numbers(count: number, fail?: () => void): Iterable<ColumnChunk> {
  for (let from = 0; from < count; from += 1000) {
    yield { rows: 1000, values: [Array.from({ length: 1000 }, (_, index) => BigInt(from + index))] };
    if (from === 5000) fail?.();
  }
}

/** What 'halfway' waits for before its second half. */
const rest = Promise.withResolvers<void>();

async function* halfway(): AsyncIterable<ColumnChunk> {
  yield* numbers(50_000);
  await rest.promise;
  yield* numbers(50_000);
}

function answer(command: string): Answer {
  const bigint = [{ name: 'n', type: { name: 'bigint' }, nullable: false } as const];
  switch (command) {
    case 'every type':
      return table(Object.fromEntries(types.map(([name, type]) => [name, type])), [
        types.map(([, , value]) => value),
        types.map(() => null),
      ]);
    case 'many':
      return { columns: bigint, chunks: numbers(rows) };
    case 'halfway':
      return { columns: bigint, chunks: halfway() };
    case 'none':
      return { columns: bigint, chunks: [] };
    case 'breaks off':
      return {
        columns: bigint,
        chunks: numbers(rows, () => {
          throw new SqlError(601, 'Could not continue scan.');
        }),
      };
    case 'too exact':
      return table({ d: { name: 'decimal', precision: 38, scale: 0 } }, [[12345678901234567890n]]);
    case 'unnamed':
      return table({ '': { name: 'int' } }, [[1]]);
    default:
      return table({ command: { name: 'nvarchar', length: 400 } }, [[command]]);
  }
}

describe('Copy', () => {
  let fixture: Fixture;
  let services: Services;
  let duckdb: DuckDBInstance;

  beforeAll(async () => {
    fixture = await startFixture({ connectors: undefined });
    services = await startServices(fixture.entra, fixture.directory, answer);
    mkdirSync(join(services.lakeRoot, 'bronze'), { recursive: true });
    duckdb = await DuckDBInstance.create(':memory:');
    const reference = (referenceName: string, type: string, parameters?: object) => ({
      referenceName,
      type,
      parameters,
    });
    await fixture.publish('linkedservices', 'sql', {
      type: 'AzureSqlDatabase',
      parameters: { database: { type: 'String', defaultValue: 'shop' } },
      typeProperties: {
        server: services.sqlServer,
        database: '@{linkedService().database}',
        authenticationType: 'SQL',
        userName: 'me',
        password: { type: 'SecureString', value: 'secret' },
      },
    });
    await fixture.publish('linkedservices', 'lake', { type: 'AzureBlobFS', typeProperties: { url: services.lakeUrl } });
    await fixture.publish('datasets', 'source', {
      type: 'AzureSqlTable',
      linkedServiceName: reference('sql', 'LinkedServiceReference'),
      typeProperties: { schema: 'dbo', table: 'odd]name' },
    });
    await fixture.publish('datasets', 'target', {
      type: 'Parquet',
      linkedServiceName: reference('lake', 'LinkedServiceReference'),
      parameters: { file: { type: 'string' }, codec: { type: 'string', defaultValue: 'snappy' } },
      typeProperties: {
        location: { type: 'AzureBlobFSLocation', fileSystem: 'bronze', folderPath: 'a/b', fileName: '@dataset().file' },
        compressionCodec: '@dataset().codec',
      },
    });
    const copy = (source: object, sink: object = { type: 'ParquetSink' }) => ({
      parameters: {
        query: { type: 'string', defaultValue: '' },
        file: { type: 'string' },
        codec: { type: 'string', defaultValue: 'snappy' },
      },
      activities: [
        {
          name: 'Copy',
          type: 'Copy',
          policy: { timeout: '0.00:00:20' },
          typeProperties: { source: { type: 'AzureSqlSource', ...source }, sink, validateDataConsistency: true },
          inputs: [reference('source', 'DatasetReference')],
          outputs: [
            reference('target', 'DatasetReference', {
              file: '@pipeline().parameters.file',
              codec: '@pipeline().parameters.codec',
            }),
          ],
        },
      ],
    });
    await fixture.publish('pipelines', 'copy', copy({ sqlReaderQuery: '@pipeline().parameters.query' }));
    await fixture.publish('pipelines', 'copy_table', copy({}));
    await fixture.publish('pipelines', 'copy_csv', copy({}, { type: 'DelimitedTextSink' }));
  });
  afterAll(async () => {
    duckdb.closeSync();
    await services.close();
    await fixture.close();
  });

  const run = async (pipeline: string, parameters: object) => {
    const runId = await fixture.start(pipeline, parameters);
    const { status, message } = await fixture.ended(runId);
    const [activity] = await fixture.activities(runId);
    return { status, message, output: activity!.output as Record<string, unknown>, error: activity!.error };
  };
  const path = (file: string) => join(services.lakeRoot, 'bronze/a/b', file);
  const query = async (sql: string) => (await (await duckdb.connect()).runAndReadAll(sql)).getRows();

  test('every type arrives with its type and value, and so does NULL', async () => {
    expect(await run('copy', { query: 'every type', file: 'types.parquet' })).toMatchObject({
      status: 'Succeeded',
      message: '',
    });
    const described = await query(`DESCRIBE FROM '${path('types.parquet')}'`);
    expect(described.map(([name, type]) => [name, type])).toEqual(types.map(([name, , , type]) => [name, type]));
    const shown = types.map(([name, , , type]) =>
      type.startsWith('TIMESTAMP') ? `epoch_us("${name}")::varchar` : `"${name}"::varchar`,
    );
    const [values, nulls] = await query(`SELECT ${shown.join(', ')} FROM '${path('types.parquet')}'`);
    expect(values).toEqual(types.map(([, , , , value]) => value));
    expect(nulls).toEqual(types.map(() => null));
  });

  test('rows keep their order, and the output counts them', async () => {
    const { output } = await run('copy', { query: 'many', file: 'many.parquet' });
    expect(output).toMatchObject({
      rowsRead: rows,
      rowsCopied: rows,
      filesWritten: 1,
      usedParallelCopies: 1,
      dataConsistencyVerification: { VerificationResult: 'Verified' },
      executionDetails: [{ source: { type: 'AzureSqlDatabase' }, sink: { type: 'AzureBlobFS' }, status: 'Succeeded' }],
    });
    const found = await query(
      `SELECT count(*), bool_and(n = file_row_number) FROM read_parquet('${path('many.parquet')}', file_row_number = true)`,
    );
    expect(found).toEqual([[BigInt(rows), true]]);
  });

  test('a copy that goes on shows how far it is', async () => {
    const runId = await fixture.start('copy', { query: 'halfway', file: 'halfway.parquet' });
    const activity = async () => (await fixture.activities(runId))[0];
    const copied = (seen: Awaited<ReturnType<typeof activity>>) =>
      (seen?.output as { rowsCopied?: number } | undefined)?.rowsCopied ?? 0;
    let seen = await activity();
    while (copied(seen) === 0) seen = await activity();
    rest.resolve();
    expect(seen).toMatchObject({
      status: 'InProgress',
      output: { filesWritten: 0, executionDetails: [{ status: 'InProgress' }] },
    });
    expect(copied(seen)).toBeLessThanOrEqual(50_000);
    await fixture.ended(runId);
    expect(await activity()).toMatchObject({ status: 'Succeeded', output: { rowsRead: 100_000, rowsCopied: 100_000 } });
  });

  test('no rows make a file with columns', async () => {
    expect((await run('copy', { query: 'none', file: 'none.parquet' })).output).toMatchObject({ rowsCopied: 0 });
    const described = await query(`DESCRIBE FROM '${path('none.parquet')}'`);
    expect(described.map(([name, type]) => [name, type])).toEqual([['n', 'BIGINT']]);
  });

  test.each(['zstd', 'gzip', 'snappy', 'none'])('the codec %s', async (codec) => {
    await run('copy', { query: 'many', file: `${codec}.parquet`, codec });
    const [[used]] = (await query(
      `SELECT DISTINCT compression FROM parquet_metadata('${path(`${codec}.parquet`)}')`,
    )) as [[string]];
    expect(used.toLowerCase()).toBe(codec === 'none' ? 'uncompressed' : codec);
  });

  test('without a query the dataset names the table, quoted', async () => {
    await run('copy_table', { file: 'table.parquet' });
    expect(await query(`SELECT command FROM '${path('table.parquet')}'`)).toEqual([
      ['SELECT * FROM [dbo].[odd]]name]'],
    ]);
  });

  test('a copy that breaks off leaves what was there before, and nothing else', async () => {
    await run('copy', { query: 'none', file: 'kept.parquet' });
    const before = readdirSync(join(services.lakeRoot, 'bronze/a/b'));
    const { status, error } = await run('copy', { query: 'breaks off', file: 'kept.parquet' });
    expect({ status, code: error.errorCode }).toEqual({ status: 'Failed', code: '2200' });
    expect(error.message).toContain("'Could not continue scan.', SqlErrorNumber=601");
    expect((await run('copy', { query: 'breaks off', file: 'new.parquet' })).status).toBe('Failed');
    expect(readdirSync(join(services.lakeRoot, 'bronze/a/b'))).toEqual(before);
    expect(await query(`SELECT count(*) FROM '${path('kept.parquet')}'`)).toEqual([[0n]]);
  });

  test.each([
    ['copy', { query: 'too exact', file: 'x.parquet' }, 'has more digits than the local Data Factory can copy exactly'],
    ['copy', { query: 'unnamed', file: 'x.parquet' }, 'A column of the source has no name'],
    ['copy', { query: 'many', file: 'x.parquet', codec: 'lzo' }, "codec 'lzo' is not implemented"],
    ['copy', { query: 'many', file: '../../../x.parquet' }, 'leaves its filesystem'],
    ['copy_csv', { file: 'x.csv' }, "sink 'DelimitedTextSink'"],
  ])('%s %j is refused', async (pipeline, parameters, message) => {
    const result = await run(pipeline, parameters);
    expect(result.status).toBe('Failed');
    expect(result.message).toContain(message);
  });
});
