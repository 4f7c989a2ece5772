import { rm } from 'node:fs/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { DeltaError } from '../../delta/index.ts';
import { macros, restoreText, SparkError } from '../../spark-sql/index.ts';

export interface DatabaseOptions {
  readonly memoryLimit: string;
  readonly threads: number;
  readonly temporaryDirectory: string;
}

/** The in-memory DuckDB that runs the emitted SQL. Nothing is kept in it: tables are Delta, the catalog is a file. */
export interface Database {
  connect(): Promise<DuckDBConnection>;
  close(): Promise<void>;
}

export async function openDatabase({ memoryLimit, threads, temporaryDirectory }: DatabaseOptions): Promise<Database> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memoryLimit,
    threads: String(threads),
    temp_directory: temporaryDirectory,
    // Rows of a table have no order, and keeping one costs memory.
    preserve_insertion_order: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const first = await instance.connect();
  for (const macro of macros) await first.run(macro);
  // File footers are read once: a Delta table's files never change under their names.
  await first.run('SET parquet_metadata_cache = true');
  return {
    async connect() {
      const connection = await instance.connect();
      await connection.run("SET TimeZone = 'UTC'");
      return connection;
    },
    async close() {
      first.closeSync();
      instance.closeSync();
      await rm(temporaryDirectory, { recursive: true, force: true });
    },
  };
}

/** Rows of a query, values as JSON. */
export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJson() as unknown[][];
}

/** DuckDB's failures in Databricks' words. */
export function toSparkError(error: unknown): SparkError {
  if (error instanceof SparkError) return error;
  if (error instanceof DeltaError)
    return new SparkError(error.code, error.message, { sqlState: deltaStates[error.code] ?? '58030', cause: error });
  const message = restoreText(error instanceof Error ? error.message : String(error));
  const options = { cause: error };
  // The macros raise by casting their message to INTEGER: DuckDB quotes it back.
  const raised = /'\[([A-Z_.]+)\] ([\s\S]*)' to INT32/.exec(message);
  if (raised !== null)
    return new SparkError(raised[1]!, raised[2]!, {
      ...options,
      ...(raised[1] === 'USER_RAISED_EXCEPTION' ? { sqlState: 'P0001' } : {}),
    });
  const malformed = /Could not convert string '([\s\S]*?)' to '?([A-Z0-9(),]+)'?/.exec(message);
  if (malformed !== null) return castError(malformed[1]!, malformed[2]!, options);
  const field = /(?:invalid|timestamp|date) (?:timestamp|date)? ?field format: "([\s\S]*?)"/i.exec(message);
  if (field !== null) return castError(field[1]!, 'TIMESTAMP', options);
  const unparsed = /Could not parse string "([\s\S]*?)" according to format specifier/.exec(message);
  if (unparsed !== null)
    return new SparkError(
      'CANNOT_PARSE_TIMESTAMP',
      `Text '${unparsed[1]}' could not be parsed. Use \`try_to_timestamp\` to tolerate invalid input string and return NULL instead.`,
      { ...options, sqlState: '22007' },
    );
  if (
    /Could not cast value|Could not convert DECIMAL|out of range.*DECIMAL|too large.*DECIMAL/i.test(message) ||
    /Casting value ".*" to type DECIMAL/.test(message)
  )
    return new SparkError(
      'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
      `The value cannot be represented: ${firstLine(message)}.`,
      options,
    );
  if (/Overflow in (?:addition|subtraction|multiplication|negation)|out of range|Out of Range|overflow/i.test(message))
    return /Type .* with value .* can't be cast/.test(message)
      ? new SparkError(
          'CAST_OVERFLOW',
          `${firstLine(message)}. Use \`try_cast\` to tolerate overflow and return NULL instead.`,
          options,
        )
      : new SparkError(
          'ARITHMETIC_OVERFLOW',
          `${firstLine(message)}. If necessary set "ANSI_MODE" to "false" to bypass this error.`,
          options,
        );
  if (/Type .* with value .* can't be cast/.test(message))
    return new SparkError(
      'CAST_OVERFLOW',
      `${firstLine(message)}. Use \`try_cast\` to tolerate overflow and return NULL instead.`,
      options,
    );
  if (/More than one row returned by a subquery/.test(message))
    return new SparkError(
      'SCALAR_SUBQUERY_TOO_MANY_ROWS',
      'More than one row returned by a subquery used as an expression.',
      options,
    );
  if (/must appear in the GROUP BY clause|must appear in the GROUP BY/i.test(message))
    return new SparkError(
      'MISSING_AGGREGATION',
      `The non-aggregating expression is based on columns which are not participating in the GROUP BY clause: ${firstLine(message)}.`,
      options,
    );
  if (
    /aggregate function calls cannot be nested|cannot contain aggregates|cannot contain window functions|aggregates? .*not allowed/i.test(
      message,
    )
  )
    return new SparkError('INVALID_AGGREGATE_USE', firstLine(message), { ...options, sqlState: '42903' });
  if (/INTERRUPT/i.test(message))
    return new SparkError('OPERATION_CANCELED', 'Operation has been canceled.', { ...options, sqlState: 'HY008' });
  if (/Out of Memory|could not allocate|failed to (?:pin|allocate)/i.test(message))
    return new SparkError('OUT_OF_MEMORY', `The local engine's memory limit was reached: ${firstLine(message)}`, {
      ...options,
      sqlState: '53200',
    });
  return new SparkError('INTERNAL_ERROR', `The local engine failed: ${message}`, { ...options, sqlState: 'XX000' });
}

const deltaStates: Readonly<Record<string, string>> = {
  DELTA_CONCURRENT_WRITE: '2D521',
  DELTA_METADATA_CHANGED: '2D521',
  DELTA_PROTOCOL_CHANGED: '2D521',
  DELTA_UNSUPPORTED_FEATURES_FOR_READ: '56038',
  DELTA_UNSUPPORTED_FEATURES_FOR_WRITE: '56038',
  DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES: '42K05',
  DELTA_DUPLICATE_COLUMNS_FOUND: '42711',
  DELTA_UNSUPPORTED_DATA_TYPES: '0AKDC',
  DELTA_TABLE_NOT_FOUND: '42P01',
};

const sparkNames: Readonly<Record<string, string>> = {
  INT64: 'BIGINT',
  INT32: 'INT',
  INT16: 'SMALLINT',
  INT8: 'TINYINT',
  BOOL: 'BOOLEAN',
};

function castError(value: string, type: string, options: { cause: unknown }): SparkError {
  return new SparkError(
    'CAST_INVALID_INPUT',
    `The value '${value}' of the type "STRING" cannot be cast to "${sparkNames[type] ?? type}" because it is malformed. Correct the value as per the syntax, or change its target type. Use \`try_cast\` to tolerate malformed input and return NULL instead.`,
    options,
  );
}

const firstLine = (message: string): string => message.split('\n')[0]!.replace(/^[A-Za-z ]+ Error: /, '');
