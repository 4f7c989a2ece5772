import { DuckDBDataChunk } from '@duckdb/node-api';
import type { ResultSink } from '../../tds/session.ts';
import type { Relation } from '../../tsql/index.ts';
import type { Column, ColumnChunk, SqlType } from '../../tsql/sql-type.ts';
import { duckType, duckTypeName, quoteName, toDuck } from '../duck-type.ts';
import type { Engine } from '../engine.ts';
import { run } from '../run.ts';

/** Rows that come from outside DuckDB (bulk load, INSERT ... EXEC), appended by column into a temporary table. */
export interface Staging {
  readonly relation: Relation;
  append(chunk: ColumnChunk): void;
  /** After the last chunk. @returns rows staged. */
  finish(): number;
  drop(): Promise<void>;
}

/** What DuckDB takes at once. */
const VECTOR = 2048;

/** Names of staged columns are `c0`, `c1`, ...: the rows may come from anywhere. */
export async function stage(engine: Engine, columns: readonly Column[]): Promise<Staging> {
  const name = engine.name('staging');
  const sql = `temp.main.${quoteName(name)}`;
  const definitions = columns.map((each, index) => `c${index} ${duckTypeName(each.type)}`);
  await run(engine.connection, `CREATE TEMP TABLE ${sql} (${definitions.join(', ')})`);
  const appender = await engine.connection.createAppender(name, 'main', 'temp');
  const types = columns.map((each) => duckType(each.type));
  let count = 0;
  let open = true;
  const close = (): void => {
    if (open) appender.closeSync();
    open = false;
  };
  return {
    relation: { sql, columns: columns.map((each, index) => ({ ...each, name: `c${index}` })) },
    append(chunk) {
      for (let from = 0; from < chunk.rows; from += VECTOR) {
        const size = Math.min(VECTOR, chunk.rows - from);
        const data = DuckDBDataChunk.create(types, size);
        columns.forEach((each, index) => {
          const values = chunk.values[index] ?? [];
          const { type } = each;
          data.setColumnValues(
            index,
            plain(type)
              ? (values.slice(from, from + size) as never)
              : values.slice(from, from + size).map((value) => toDuck(value, type)),
          );
        });
        appender.appendDataChunk(data);
      }
      count += chunk.rows;
    },
    finish() {
      close();
      return count;
    },
    async drop() {
      close();
      await run(engine.connection, `DROP TABLE IF EXISTS ${sql}`);
    },
  };
}

/** Types whose values DuckDB takes as they are. */
const plain = (type: SqlType): boolean =>
  ['bit', 'tinyint', 'smallint', 'int', 'bigint', 'real', 'float', 'char', 'varchar', 'nchar', 'nvarchar'].includes(
    type.name,
  );

/** A sink that stages the first result set's rows instead of sending them; further sets must have the same columns. */
export function capture(
  engine: Engine,
  messages: ResultSink,
): { sink: ResultSink; staging: () => Staging | undefined } {
  let staging: Staging | undefined;
  let columns: readonly Column[] | undefined;
  // A result is held until it has ended: staging works on the connection that it streams from, and would cut it off.
  let held: ColumnChunk[] = [];
  return {
    staging: () => staging,
    sink: {
      ...forward(messages),
      columns: async (described) => {
        columns = described;
      },
      rows: async (chunk) => {
        held.push(chunk);
      },
      done: async () => {
        if (columns === undefined) return;
        staging ??= await stage(engine, columns);
        for (const chunk of held) staging.append(chunk);
        [columns, held] = [undefined, []];
      },
    },
  };
}

const forward = (sink: ResultSink): ResultSink => ({
  columns: (columns) => sink.columns(columns),
  rows: (chunk) => sink.rows(chunk),
  done: (rows, command) => sink.done(rows, command),
  info: (...message) => sink.info(...message),
  error: (error) => sink.error(error),
  output: (name, type, value) => sink.output(name, type, value),
  returnStatus: (status) => sink.returnStatus(status),
  databaseChanged: (name) => sink.databaseChanged(name),
});
