import { randomUUID } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Action } from './actions.ts';
import { quoteString } from './data-type.ts';
import { checkpointFile, lastCheckpointFile, logFolder } from './log-files.ts';
import type { LogState } from './replay.ts';

/** Reads the actions of a classic checkpoint's files. */
export type ReadCheckpoint = (files: readonly string[]) => Promise<Action[]>;

/** Removed files are kept in checkpoints for a week, `delta.deletedFileRetentionDuration`'s default. */
const tombstoneRetention = 7 * 24 * 60 * 60 * 1000;

/** The checkpoint's columns: https://github.com/delta-io/delta/blob/master/PROTOCOL.md#checkpoint-schema */
const columns = {
  txn: 'STRUCT(appId VARCHAR, version BIGINT, lastUpdated BIGINT)',
  add: 'STRUCT(path VARCHAR, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT, modificationTime BIGINT, dataChange BOOLEAN, stats VARCHAR, tags MAP(VARCHAR, VARCHAR))',
  remove:
    'STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN, extendedFileMetadata BOOLEAN, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT)',
  metaData:
    'STRUCT(id VARCHAR, "name" VARCHAR, description VARCHAR, format STRUCT(provider VARCHAR, "options" MAP(VARCHAR, VARCHAR)), schemaString VARCHAR, partitionColumns VARCHAR[], configuration MAP(VARCHAR, VARCHAR), createdTime BIGINT)',
  protocol: 'STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER)',
} as const;

/** Reads a checkpoint through the given connection. */
export function checkpointReader(connection: DuckDBConnection): ReadCheckpoint {
  return async (files) => {
    const list = files.map(quoteString).join(', ');
    const described = await connection.runAndReadAll(
      `DESCRIBE SELECT * FROM read_parquet([${list}], union_by_name=true)`,
    );
    const present = new Set(described.getRowsJson().map((row) => String(row[0])));
    const wanted = Object.keys(columns).filter((name) => present.has(name));
    const selected = wanted
      .map((name) => `CASE WHEN "${name}" IS NOT NULL THEN to_json("${name}") END AS "${name}"`)
      .join(', ');
    const reader = await connection.runAndReadAll(
      `SELECT ${selected} FROM read_parquet([${list}], union_by_name=true)`,
    );
    return reader
      .getRowsJson()
      .flatMap((row) =>
        row.flatMap((cell, index) => (cell === null ? [] : [actionOf(wanted[index]!, JSON.parse(String(cell)))])),
      );
  };
}

/** DuckDB writes a Parquet map with NULL values as JSON with nulls, and absent optional members as nulls: both are what the log means. */
function actionOf(name: string, value: Record<string, unknown>): Action {
  return { [name]: value } as Action;
}

/** Reads a checkpoint with a database of its own, for readers that have none open. */
export async function readCheckpointAlone(files: readonly string[]): Promise<Action[]> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '256MB', threads: '1' });
  try {
    const connection = await instance.connect();
    try {
      return await checkpointReader(connection)(files);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** Writes the classic checkpoint of a version, and points `_last_checkpoint` at it. Each file appears whole or not at all. */
export async function writeCheckpoint(
  connection: DuckDBConnection,
  table: string,
  version: number,
  state: LogState,
  now: number,
): Promise<void> {
  const { readerFeatures: _reader, writerFeatures: _writer, ...protocol } = state.protocol!;
  const actions: Action[] = [
    { protocol },
    { metaData: state.metaData! },
    ...[...state.transactions.values()].map((txn): Action => ({ txn })),
    ...[...state.files.values()].map((add): Action => ({ add: { ...add, dataChange: false } })),
    ...[...state.tombstones.values()]
      .filter((remove) => remove.deletionTimestamp > now - tombstoneRetention)
      .map((remove): Action => ({ remove: { ...remove, dataChange: false } })),
  ];
  const temporary = join(logFolder(table), `.checkpoint-${randomUUID()}`);
  try {
    await writeFile(`${temporary}.json`, actions.map((action) => `${JSON.stringify(action)}\n`).join(''));
    const declared = Object.entries(columns).map(([name, type]) => `${quoteString(name)}: ${quoteString(type)}`);
    await connection.run(
      `COPY (SELECT ${Object.keys(columns).join(', ')} FROM read_json(${quoteString(`${temporary}.json`)}, format='newline_delimited', ` +
        `maximum_object_size=67108864, columns={${declared.join(', ')}})) TO ${quoteString(`${temporary}.parquet`)} (FORMAT parquet, COMPRESSION snappy)`,
    );
    const { size } = await stat(`${temporary}.parquet`);
    await rename(`${temporary}.parquet`, checkpointFile(table, version));
    await writeFile(
      `${temporary}.last`,
      JSON.stringify({ version, size: actions.length, sizeInBytes: size, numOfAddFiles: state.files.size }),
    );
    await rename(`${temporary}.last`, lastCheckpointFile(table));
  } finally {
    for (const suffix of ['.json', '.parquet', '.last']) await rm(`${temporary}${suffix}`, { force: true });
  }
}
