import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBBlobValue,
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
  /** A folder of the caller's for what does not fit in memory. */
  readonly temporaryDirectory: string;
  readonly signal: AbortSignal;
}

/** Rows wait in a table of this engine, which moves to disk what does not fit. */
const memoryLimit = '256MB';

/**
 * Writes batches to one Parquet file, rows in the order they come. DateTime becomes TIMESTAMP(MICROS, adjusted to UTC): read as an
 * instant by Spark and Synapse, as the INT96 the service writes is.
 * @returns rows written.
 */
export async function writeParquet(source: ColumnBatches, options: ParquetOptions): Promise<number> {
  const codec = codecs.get((options.codec ?? 'snappy').toLowerCase());
  if (codec === undefined) throw notImplemented(`The Parquet compression codec '${options.codec}'`);
  const names = new Set<string>();
  for (const { name } of source.columns) {
    if (name === '') throw badDefinition('A column of the source has no name; Parquet needs one: give it an alias.');
    if (names.has(name.toLowerCase())) throw badDefinition(`The source has two columns named '${name}'.`);
    names.add(name.toLowerCase());
  }
  const writers = source.columns.map(({ type }) => writerOf(type));
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memoryLimit,
    temp_directory: options.temporaryDirectory,
    threads: '2',
    preserve_insertion_order: 'true',
    // Nothing is to be fetched or looked for while copying.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  try {
    const connection = await instance.connect();
    const columns = source.columns.map(({ name }, index) => `${quoted(name)} ${writers[index]!.type}`);
    await connection.run(`CREATE TABLE rows (${columns.join(', ')})`);
    const appender = await connection.createAppender('rows');
    let rows = 0;
    for await (const batch of source.batches) {
      options.signal.throwIfAborted();
      const count = batch[0]?.length ?? 0;
      const chunk = DuckDBDataChunk.create(
        writers.map((writer) => writer.type),
        count,
      );
      for (const [index, values] of batch.entries()) chunk.setColumnValues(index, values.map(writers[index]!.convert));
      appender.appendDataChunk(chunk);
      rows += count;
    }
    appender.closeSync();
    await connection.run(`COPY rows TO ${literal(options.file)} (FORMAT parquet, COMPRESSION ${codec})`);
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
  }
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
