import { rm } from 'node:fs/promises';
import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
  FLOAT,
  INTEGER,
  SMALLINT,
  TIMESTAMPTZ,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import { badDefinition, notImplemented } from '../runtime/activity-error.ts';
import type { ColumnBatches, InterimType, InterimValue } from './columns.ts';

/** As a Parquet dataset names them. */
const codecs = new Map([
  ['none', 'uncompressed'],
  ['uncompressed', 'uncompressed'],
  ['snappy', 'snappy'],
  ['gzip', 'gzip'],
  ['zstd', 'zstd'],
  ['lz4', 'lz4_raw'],
  ['brotli', 'brotli'],
]);

export interface ParquetOptions {
  /** Where the file is made. */
  readonly file: string;
  /** A dataset's compressionCodec; snappy when it says none, as the service does. */
  readonly codec: string | undefined;
  readonly signal: AbortSignal;
}

export interface ParquetWriter {
  /**
   * Writes batches to one Parquet file, rows in the order they come. DateTime becomes TIMESTAMP(MICROS, adjusted to UTC): read as an
   * instant by Spark and Synapse, as the INT96 the service writes is.
   * @returns rows written.
   */
  write(source: ColumnBatches, options: ParquetOptions): Promise<number>;
  /** After the last write. */
  close(): Promise<void>;
}

/** Rows wait in a table of this engine, which moves to disk what does not fit: all copies that run at once share it. */
const memoryLimit = '512MB';

/** @param temporaryDirectory a folder of the writer's own, made when memory runs out and removed in the end. */
export function createParquetWriter(temporaryDirectory: string): ParquetWriter {
  let opening: Promise<DuckDBInstance> | undefined;
  const open = (): Promise<DuckDBInstance> => {
    opening ??= DuckDBInstance.create(':memory:', {
      memory_limit: memoryLimit,
      temp_directory: temporaryDirectory,
      // Copies run side by side: one thread each is enough, and none spins while another works.
      threads: '1',
      preserve_insertion_order: 'true',
      // Nothing is to be fetched or looked for while copying.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    return opening;
  };
  return {
    async write(source, options) {
      const codec = codecs.get((options.codec ?? 'snappy').toLowerCase());
      if (codec === undefined) throw notImplemented(`The Parquet compression codec '${options.codec}'`);
      checkNames(source);
      const connection = await (await open()).connect();
      try {
        const rows = await gather(connection, source, options.signal);
        await connection.run(`COPY temp.rows TO ${literal(options.file)} (FORMAT parquet, COMPRESSION ${codec})`);
        return rows;
      } finally {
        // The connection's temporary table goes with it.
        connection.closeSync();
      }
    },
    async close() {
      (await opening)?.closeSync();
      await rm(temporaryDirectory, { recursive: true, force: true });
    },
  };
}

function checkNames({ columns }: ColumnBatches): void {
  const names = new Set<string>();
  for (const { name } of columns) {
    if (name === '') throw badDefinition('A column of the source has no name; Parquet needs one: give it an alias.');
    if (names.has(name.toLowerCase())) throw badDefinition(`The source has two columns named '${name}'.`);
    names.add(name.toLowerCase());
  }
}

/** Takes the rows into the connection's temporary table `rows`. @returns how many. */
async function gather(connection: DuckDBConnection, source: ColumnBatches, signal: AbortSignal): Promise<number> {
  const writers = source.columns.map(({ type }) => writerOf(type));
  const types = writers.map(({ type }) => type);
  const columns = source.columns.map(({ name }, index) => `${quoted(name)} ${types[index]}`);
  await connection.run(`CREATE TEMP TABLE rows (${columns.join(', ')})`);
  const appender = await connection.createAppender('rows', 'main', 'temp');
  let rows = 0;
  for await (const batch of source.batches) {
    signal.throwIfAborted();
    const count = batch[0]?.length ?? 0;
    const chunk = DuckDBDataChunk.create(types, count);
    for (const [index, values] of batch.entries()) chunk.setColumnValues(index, values.map(writers[index]!.convert));
    appender.appendDataChunk(chunk);
    rows += count;
  }
  appender.closeSync();
  return rows;
}

interface ColumnWriter {
  readonly type: DuckDBType;
  readonly convert: (value: InterimValue) => DuckDBValue;
}

const asIs = (value: InterimValue) => value as DuckDBValue;

function unlessNull<T extends InterimValue>(convert: (value: T) => DuckDBValue): (value: InterimValue) => DuckDBValue {
  return (value) => (value === null ? null : convert(value as T));
}

function writerOf(type: InterimType): ColumnWriter {
  switch (type.kind) {
    case 'Boolean':
      return { type: BOOLEAN, convert: asIs };
    case 'Byte':
      return { type: UTINYINT, convert: asIs };
    case 'Int16':
      return { type: SMALLINT, convert: asIs };
    case 'Int32':
      return { type: INTEGER, convert: asIs };
    case 'Int64':
      return { type: BIGINT, convert: asIs };
    case 'Single':
      return { type: FLOAT, convert: asIs };
    case 'Double':
      return { type: DOUBLE, convert: asIs };
    case 'String':
    case 'Guid':
    case 'TimeSpan':
      return { type: VARCHAR, convert: asIs };
    case 'Byte[]':
      return { type: BLOB, convert: unlessNull((value: Uint8Array) => new DuckDBBlobValue(value)) };
    case 'Date':
      return { type: DATE, convert: unlessNull((days: number) => new DuckDBDateValue(days)) };
    case 'DateTime':
    case 'DateTimeOffset':
      return { type: TIMESTAMPTZ, convert: unlessNull((micros: bigint) => new DuckDBTimestampTZValue(micros)) };
    case 'Decimal': {
      const { precision, scale } = type;
      return {
        type: DECIMAL(precision, scale),
        convert: unlessNull((unscaled: bigint) => new DuckDBDecimalValue(unscaled, precision, scale)),
      };
    }
  }
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
