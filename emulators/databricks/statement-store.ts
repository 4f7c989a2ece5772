import { randomUUID } from 'node:crypto';
import { typeName } from '../delta/index.ts';
import { SparkError } from '../spark-sql/index.ts';
import type { Parameter, Result, Session, SqlEngine } from './engine/index.ts';

interface Execution {
  readonly id: string;
  readonly rowLimit: number | undefined;
  readonly done: Promise<void>;
  state: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED';
  result?: Result;
  error?: { readonly error_code: string; readonly message: string; readonly sql_state?: string };
  session?: Session;
}

export interface StatementOptions {
  readonly catalog?: string;
  readonly schema?: string;
  /** The result ends after so many rows, and says that it was cut. */
  readonly rowLimit?: number;
}

/** Statements run over /api/2.0/sql/statements, the latest hundred kept for polling. */
export class StatementStore {
  readonly #engine: SqlEngine;
  readonly #executions = new Map<string, Execution>();

  constructor(engine: SqlEngine) {
    this.#engine = engine;
  }

  start(sql: string, parameters: Readonly<Record<string, Parameter>>, options: StatementOptions): string {
    const { rowLimit } = options;
    const execution: Execution = { id: randomUUID(), rowLimit, state: 'RUNNING', done: Promise.resolve() };
    this.#executions.set(
      execution.id,
      Object.assign(execution, { done: this.#run(execution, sql, parameters, options) }),
    );
    for (const [id, { state }] of this.#executions)
      if (this.#executions.size > 100 && state !== 'RUNNING') this.#executions.delete(id);
    return execution.id;
  }

  async wait(id: string, milliseconds: number): Promise<void> {
    const execution = this.#executions.get(id);
    if (execution === undefined || milliseconds === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([execution.done, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
    clearTimeout(timer);
  }

  cancel(id: string): boolean {
    const execution = this.#executions.get(id);
    if (execution?.state === 'RUNNING') {
      execution.state = 'CANCELED';
      execution.session?.cancel();
    }
    return execution !== undefined;
  }

  /** https://docs.databricks.com/api/workspace/statementexecution/getstatement */
  view(id: string): Record<string, unknown> | undefined {
    const execution = this.#executions.get(id);
    if (execution === undefined) return undefined;
    const { state, error, result } = execution;
    if (state !== 'SUCCEEDED' || result === undefined)
      return {
        statement_id: id,
        status: {
          state,
          ...(error === undefined
            ? {}
            : { error, ...(error.sql_state === undefined ? {} : { sql_state: error.sql_state }) }),
        },
      };
    const columns = result.columns.map(({ name, type }, position) => ({
      name,
      type_text: typeName(type),
      type_name:
        { integer: 'INT', long: 'LONG', short: 'SHORT', byte: 'BYTE', timestamp_ntz: 'TIMESTAMP_NTZ', void: 'NULL' }[
          type.kind as 'integer'
        ] ?? type.kind.toUpperCase(),
      ...(type.kind === 'decimal' ? { type_precision: type.precision, type_scale: type.scale } : {}),
      position,
    }));
    const { rowLimit = Number.POSITIVE_INFINITY } = execution;
    const rows = Math.min(result.rows.length, rowLimit);
    return {
      statement_id: id,
      status: { state },
      manifest: {
        format: 'JSON_ARRAY',
        schema: { column_count: columns.length, columns },
        total_chunk_count: rows > 0 ? 1 : 0,
        total_row_count: rows,
        truncated: result.rows.length > rows,
        ...(rows > 0 ? { chunks: [{ chunk_index: 0, row_offset: 0, row_count: rows }] } : {}),
      },
      result:
        rows > 0 ? { chunk_index: 0, row_offset: 0, row_count: rows, data_array: result.rows.slice(0, rows) } : {},
    };
  }

  async close(): Promise<void> {
    for (const id of this.#executions.keys()) this.cancel(id);
    await Promise.all([...this.#executions.values()].map(({ done }) => done));
  }

  async #run(
    execution: Execution,
    sql: string,
    parameters: Readonly<Record<string, Parameter>>,
    { catalog, schema }: StatementOptions,
  ): Promise<void> {
    const session = await this.#engine.session();
    execution.session = session;
    try {
      const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
      if (catalog !== undefined) await session.execute(`USE CATALOG ${quote(catalog)}`);
      if (schema !== undefined) await session.execute(`USE SCHEMA ${quote(schema)}`);
      const result = await session.execute(sql, parameters);
      if (execution.state === 'RUNNING') Object.assign(execution, { result, state: 'SUCCEEDED' });
    } catch (error) {
      if (execution.state !== 'RUNNING') return;
      execution.state = 'FAILED';
      execution.error = {
        error_code: 'BAD_REQUEST',
        message: error instanceof Error ? error.message : String(error),
        ...(error instanceof SparkError ? { sql_state: error.sqlState } : {}),
      };
    } finally {
      delete execution.session;
      session.close();
    }
  }
}
