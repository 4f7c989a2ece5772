import {
  type DuckDBConnection,
  type DuckDBMaterializedResult,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  ResultReturnType,
} from '@duckdb/node-api';
import type { ColumnChunk, SqlType, SqlValue } from '../tsql/sql-type.ts';
import { duckType, readChunk, toDuck } from './duck-type.ts';

/** A value for `$1`, `$2`, ... of emitted SQL. */
export interface Argument {
  readonly type: SqlType;
  readonly value: SqlValue;
}

/** Milliseconds. */
const INTERRUPT_EVERY = 50;

/** Runs a statement for its effect. @returns rows changed. */
export async function run(connection: DuckDBConnection, sql: string, args: readonly Argument[] = []): Promise<number> {
  if (args.length === 0) return (await connection.run(sql)).rowsChanged;
  const statement = await connection.prepare(sql);
  try {
    bind(statement, args);
    return (await statement.run()).rowsChanged;
  } finally {
    statement.destroySync();
  }
}

/**
 * Streams a query's rows chunk by chunk, typed as the binder promised.
 * @param cancelled whether the query has been interrupted.
 * @throws what DuckDB throws, also when it comes to grief after the first rows.
 */
export async function* stream(
  connection: DuckDBConnection,
  sql: string,
  args: readonly Argument[],
  types: readonly SqlType[],
  cancelled: () => boolean = () => false,
): AsyncGenerator<ColumnChunk> {
  const statement = await connection.prepare(sql);
  // DuckDB forgets an interrupt that comes just before a statement begins: a query that was cancelled then is interrupted again.
  const again = setInterval(() => {
    if (cancelled()) connection.interrupt();
  }, INTERRUPT_EVERY);
  try {
    if (cancelled()) throw new Error('the query was interrupted.');
    bind(statement, args);
    const result: DuckDBResult = await statement.stream();
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      yield readChunk(chunk, types);
    }
    // A result that fails while it is read ends like one that is complete; only its type tells.
    if (result.returnType !== ResultReturnType.INVALID) return;
    throw cancelled() ? new Error('the query was interrupted.') : await failureOf(connection, sql, args);
  } finally {
    clearInterval(again);
    statement.destroySync();
  }
}

/** Why a query failed while its rows were read. DuckDB does not say, so it is run once more, for its error alone. */
async function failureOf(connection: DuckDBConnection, sql: string, args: readonly Argument[]): Promise<unknown> {
  try {
    await run(connection, `EXPLAIN ANALYZE ${sql}`, args);
  } catch (error) {
    return error;
  }
  return new Error('the query ended before its last row, and succeeds when it is run again.');
}

/** All rows of a small query: materialised by DuckDB, and so read without going back to it. */
export async function rows(
  connection: DuckDBConnection,
  sql: string,
  args: readonly Argument[],
  types: readonly SqlType[],
): Promise<SqlValue[][]> {
  if (args.length === 0) return rowsOf(await connection.run(sql), types);
  const statement = await connection.prepare(sql);
  try {
    bind(statement, args);
    return rowsOf(await statement.run(), types);
  } finally {
    statement.destroySync();
  }
}

function rowsOf(result: DuckDBMaterializedResult, types: readonly SqlType[]): SqlValue[][] {
  const found: SqlValue[][] = [];
  for (let index = 0; index < result.chunkCount; index += 1) {
    const { rows, values } = readChunk(result.getChunk(index), types);
    for (let row = 0; row < rows; row += 1) found.push(values.map((each) => each[row] ?? null));
  }
  return found;
}

function bind(statement: DuckDBPreparedStatement, args: readonly Argument[]): void {
  args.forEach((each, index) => {
    if (each.value === null) statement.bindNull(index + 1);
    else statement.bindValue(index + 1, toDuck(each.value, each.type), duckType(each.type));
  });
}
