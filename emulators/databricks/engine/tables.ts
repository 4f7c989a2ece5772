import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type Action,
  type Add,
  checkpointReader,
  commit,
  type DataFile,
  DeltaError,
  type Field,
  quoteString,
  type ReadCheckpoint,
  readSnapshot,
  refreshSnapshot,
  type Snapshot,
  writeCheckpoint,
} from '../../delta/index.ts';
import { printStats, statsOf } from '../../delta/stats.ts';

/** Delta tables read and written through DuckDB. Snapshots are kept by folder and brought up to date from the log's new commits. */
export class Tables {
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #staging: string;
  readonly #now: () => number;

  constructor(stateDirectory: string, now: () => number) {
    this.#staging = join(stateDirectory, 'staging');
    this.#now = now;
  }

  async snapshot(connection: DuckDBConnection, folder: string): Promise<Snapshot> {
    const read: ReadCheckpoint = checkpointReader(connection);
    const cached = this.#snapshots.get(folder);
    const snapshot =
      cached === undefined ? await readSnapshot(folder, undefined, read) : await refreshSnapshot(cached, read);
    this.#snapshots.set(folder, snapshot);
    return snapshot;
  }

  async version(connection: DuckDBConnection, folder: string, version: number): Promise<Snapshot> {
    return readSnapshot(folder, version, checkpointReader(connection));
  }

  forget(folder: string): void {
    this.#snapshots.delete(folder);
  }

  /**
   * Runs a query into new data files of the table. They are written beside the lake and moved in whole; until a commit names them no reader sees them.
   * @param query DuckDB SQL that yields exactly the schema's columns, in order
   */
  async write(connection: DuckDBConnection, folder: string, schema: readonly Field[], query: string): Promise<Add[]> {
    const staging = join(this.#staging, randomUUID());
    await mkdir(staging, { recursive: true });
    try {
      const reader = await connection.runAndReadAll(
        `COPY (${query}) TO ${quoteString(join(staging, 'data'))} (FORMAT parquet, COMPRESSION zstd, FILE_SIZE_BYTES '128MB', RETURN_STATS)`,
      );
      await mkdir(folder, { recursive: true });
      const adds: Add[] = [];
      for (const [file, rows, size, , columns] of reader.getRowsJson() as [
        string,
        string,
        string,
        string,
        CopyColumns,
      ][]) {
        if (Number(rows) === 0) continue;
        const statistics = statsOf(schema, Number(rows), statisticsOf(columns));
        checkNotNull(schema, statistics.nullCount);
        const name = `part-${String(adds.length).padStart(5, '0')}-${randomUUID()}.c000.zstd.parquet`;
        await move(file, join(folder, name));
        adds.push({
          path: name,
          partitionValues: {},
          size: Number(size),
          modificationTime: this.#now(),
          dataChange: true,
          stats: printStats(statistics),
        });
      }
      return adds;
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }

  /** Commits, and writes a checkpoint every tenth version. A commit that fails takes its new files with it. */
  async commit(
    connection: DuckDBConnection,
    folder: string,
    base: Snapshot | undefined,
    actions: readonly Action[],
    operation: {
      readonly name: string;
      readonly parameters?: Readonly<Record<string, unknown>>;
      readonly metrics?: Readonly<Record<string, string>>;
      readonly blindAppend?: boolean;
    },
  ): Promise<number> {
    let version: number;
    try {
      version = await commit(folder, {
        base,
        actions,
        blindAppend: operation.blindAppend ?? false,
        operation: operation.name,
        operationParameters: operation.parameters ?? {},
        operationMetrics: operation.metrics ?? {},
        timestamp: this.#now(),
      });
    } catch (error) {
      for (const { add } of actions) if (add !== undefined) await rm(join(folder, add.path), { force: true });
      throw error;
    }
    if (version > 0 && version % 10 === 0) {
      const { state } = await this.version(connection, folder, version);
      await writeCheckpoint(connection, folder, version, state, this.#now());
    }
    return version;
  }

  removal(file: DataFile): Action {
    const { path, partitionValues, size } = file.add;
    return {
      remove: {
        path,
        deletionTimestamp: this.#now(),
        dataChange: true,
        extendedFileMetadata: true,
        partitionValues,
        size,
      },
    };
  }
}

type CopyColumns = readonly { key: string; value: readonly { key: string; value: string }[] }[] | null;

function statisticsOf(columns: CopyColumns): Map<string, Map<string, string>> {
  return new Map(
    (columns ?? []).map(({ key, value }) => [key, new Map(value.map((entry) => [entry.key, entry.value]))]),
  );
}

function checkNotNull(schema: readonly Field[], nullCount: Readonly<Record<string, unknown>>): void {
  for (const field of schema)
    if (!field.nullable && Number(nullCount[field.name] ?? 0) > 0)
      throw new DeltaError(
        'DELTA_NOT_NULL_CONSTRAINT_VIOLATED',
        `NOT NULL constraint violated for column: ${field.name}.`,
      );
}

/** rename(), or where the lake is another file system, a copy under a hidden name first. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const hidden = join(to, '..', `.${basename(to)}.tmp`);
    await copyFile(from, hidden);
    await rename(hidden, to);
  }
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
