import { randomUUID } from 'node:crypto';
import { typeName } from '../delta/index.ts';
import { SparkError } from '../spark-sql/index.ts';
import type { Parameter, Result, Session, SqlEngine } from './engine/index.ts';

/** What a statement is run with besides its parameters. */
interface Settings {
  readonly catalog?: string;
  readonly schema?: string;
  /** Rows of the result that are kept; what is beyond them is cut off, and the manifest says so. */
  readonly rowLimit?: number;
}

interface Execution {
  readonly id: string;
  readonly settings: Settings;
  readonly done: Promise<void>;
  state: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED';
  result?: Result;
  error?: { readonly error_code: string; readonly message: string; readonly sql_state?: string };
  session?: Session;
}

/** Statements run over /api/2.0/sql/statements, the latest hundred kept for polling. */
export class StatementStore {
  readonly #engine: SqlEngine;
  readonly #executions = new Map<string, Execution>();

  constructor(engine: SqlEngine) {
    this.#engine = engine;
  }

  start(sql: string, parameters: Readonly<Record<string, Parameter>>, settings: Settings = {}): string {
    const execution: Execution = { id: randomUUID(), settings, state: 'RUNNING', done: Promise.resolve() };
    this.#executions.set(execution.id, Object.assign(execution, { done: this.#run(execution, sql, parameters) }));
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
    const { state, error, result, settings } = execution;
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
    const kept = result.rows.slice(0, settings.rowLimit);
    const rows = kept.length;
    return {
      statement_id: id,
      status: { state },
      manifest: {
        format: 'JSON_ARRAY',
        schema: { column_count: columns.length, columns },
        total_chunk_count: rows > 0 ? 1 : 0,
        total_row_count: rows,
        truncated: rows < result.rows.length,
        ...(rows > 0 ? { chunks: [{ chunk_index: 0, row_offset: 0, row_count: rows }] } : {}),
      },
      result: rows > 0 ? { chunk_index: 0, row_offset: 0, row_count: rows, data_array: kept } : {},
    };
  }

  async close(): Promise<void> {
    for (const id of this.#executions.keys()) this.cancel(id);
    await Promise.all([...this.#executions.values()].map(({ done }) => done));
  }

  async #run(execution: Execution, sql: string, parameters: Readonly<Record<string, Parameter>>): Promise<void> {
    const { catalog, schema } = execution.settings;
    const session = await this.#engine.session();
    execution.session = session;
    try {
      if (execution.state === 'CANCELED') return;
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
