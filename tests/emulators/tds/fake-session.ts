import type { Login, Parameter, ResultSink, Session } from '../../../emulators/tds/session.ts';
import { SqlError } from '../../../emulators/tsql/sql-error.ts';
import type { Column, ColumnChunk, SqlValue } from '../../../emulators/tsql/sql-type.ts';

export interface Loaded {
  readonly columns: readonly Column[];
  readonly rows: SqlValue[][];
}

/** A session in memory. Its batches are the words below, each a behaviour of the border that a test wants to see. */
export class FakeSession implements Session {
  readonly login: Login;
  readonly calls: string[] = [];
  readonly batches: string[] = [];
  readonly loads: Loaded[] = [];
  readonly prepared = new Map<number, string>();
  transactionCount = 0;
  transactionOutcome: 'commit' | 'rollback' | undefined = undefined;
  database: string;
  closed = false;
  cancelled = false;
  rowsStreamed = 0;
  bulkFailure: Error | null = null;
  /** What `result` answers. */
  result: { columns: Column[]; chunk: ColumnChunk } = { columns: [], chunk: { rows: 0, values: [] } };

  constructor(login: Login) {
    this.login = login;
    this.database = login.database || 'master';
  }

  async batch(sql: string, sink: ResultSink): Promise<void> {
    this.batches.push(sql);
    const [word, argument] = sql.trim().split(/\s+/);
    switch (word?.toLowerCase()) {
      case 'stream':
        return this.#stream(Number(argument), sink);
      case 'result':
        await sink.columns(this.result.columns);
        await sink.rows(this.result.chunk);
        return sink.done(this.result.chunk.rows, 'select');
      case 'two':
        for (const n of [1, 2]) {
          await sink.columns([{ name: `n${n}`, type: { name: 'int' }, nullable: false }]);
          await sink.rows({ rows: 1, values: [[n]] });
          await sink.done(1, 'select');
        }
        return sink.done(5, 'update');
      case 'fail':
        throw new SqlError(2627, 'Violation of PRIMARY KEY constraint.', {
          severity: 14,
          state: 7,
          line: 3,
          procedure: 'p',
        });
      case 'crash':
        throw new TypeError('x is not a function');
      case 'fatal':
        throw new SqlError(823, 'The disk is gone.', { severity: 24 });
      case 'midway':
        await sink.columns([{ name: 'n', type: { name: 'int' }, nullable: false }]);
        await sink.rows({ rows: 2, values: [[1, 2]] });
        throw new SqlError(8134, 'Divide by zero error encountered.');
      case 'misfit':
        await sink.columns([{ name: 'n', type: { name: 'int' }, nullable: false }]);
        return sink.rows({ rows: 2, values: [[1, 3e9]] });
      case 'goeson':
        sink.error(new SqlError(547, 'The statement conflicted.', { severity: 16 }));
        await sink.columns([{ name: 'n', type: { name: 'int' }, nullable: false }]);
        await sink.rows({ rows: 1, values: [[1]] });
        return sink.done(1, 'select');
      case 'print':
        sink.info(0, argument ?? '', 0, 1);
        return;
      case 'use':
        this.database = argument!;
        return sink.databaseChanged(argument!);
      case 'begin':
        await this.begin('', 0);
        return sink.done(null, 'other');
      case 'commit':
        await this.commit('');
        return sink.done(null, 'other');
      case 'rollback':
        await this.rollback('');
        return sink.done(null, 'other');
      case 'trancount':
        await sink.columns([{ name: 'n', type: { name: 'int' }, nullable: false }]);
        await sink.rows({ rows: 1, values: [[this.transactionCount]] });
        return sink.done(1, 'select');
      case 'wait':
        while (!this.cancelled) await new Promise((resolve) => setTimeout(resolve, 5));
        throw new SqlError(3617, 'interrupted');
      default:
        return;
    }
  }

  async procedure(name: string, parameters: readonly Parameter[], sink: ResultSink): Promise<void> {
    this.calls.push(name);
    switch (name.toLowerCase()) {
      case 'sp_prepare':
      case 'sp_prepexec': {
        const handle = this.prepared.size + 1;
        this.prepared.set(handle, String(parameters[2]?.value));
        sink.output(parameters[0]!.name, { name: 'int' }, handle);
        if (name.toLowerCase() === 'sp_prepexec')
          await this.#run(String(parameters[2]?.value), parameters.slice(3), sink);
        return;
      }
      case 'sp_execute':
        return this.#run(this.prepared.get(Number(parameters[0]?.value)) ?? 'fail', parameters.slice(1), sink);
      case 'sp_unprepare':
        this.prepared.delete(Number(parameters[0]?.value));
        return;
      case 'sp_executesql':
        return this.#run(String(parameters[0]?.value), parameters.slice(2), sink);
      case 'outputs':
        for (const parameter of parameters)
          if (parameter.output) sink.output(parameter.name, parameter.type, parameter.value);
        sink.returnStatus(7);
        return;
      case 'fail':
        throw new SqlError(50001, 'The procedure failed.', { procedure: 'fail', line: 12 });
      default:
        throw new SqlError(2812, `Could not find stored procedure '${name}'.`);
    }
  }

  /** `echo` answers the parameters as one row. */
  async #run(sql: string, parameters: readonly Parameter[], sink: ResultSink): Promise<void> {
    // What drivers make of `{? = call outputs(?)}`.
    if (/^exec\b/i.test(sql.trim())) return this.procedure('outputs', parameters, sink);
    if (!/^echo\b/i.test(sql.trim())) return this.batch(sql, sink);
    await sink.columns(
      parameters.map((parameter) => ({ name: parameter.name.replace('@', ''), type: parameter.type, nullable: true })),
    );
    await sink.rows({ rows: 1, values: parameters.map((parameter) => [parameter.value]) });
    await sink.done(1, 'select');
  }

  async #stream(rows: number, sink: ResultSink): Promise<void> {
    await sink.columns([
      { name: 'id', type: { name: 'int' }, nullable: false },
      { name: 'name', type: { name: 'nvarchar', length: 100 }, nullable: true },
    ]);
    const size = 1000;
    for (let from = 0; from < rows; from += size) {
      const count = Math.min(size, rows - from);
      const ids = Array.from({ length: count }, (_, i) => from + i);
      await sink.rows({ rows: count, values: [ids, ids.map((id) => `row ${id}`)] });
      this.rowsStreamed += count;
    }
    await sink.done(rows, 'select');
  }

  async bulkLoad(columns: readonly Column[], chunks: AsyncIterable<ColumnChunk>): Promise<number> {
    const rows: SqlValue[][] = [];
    for await (const chunk of chunks) {
      if (this.bulkFailure !== null) throw this.bulkFailure;
      for (let row = 0; row < chunk.rows; row++) rows.push(chunk.values.map((column) => column[row]!));
    }
    this.loads.push({ columns, rows });
    return rows.length;
  }

  async begin(name: string, isolation: number): Promise<void> {
    this.calls.push(`begin ${name} ${isolation}`);
    this.transactionCount++;
  }

  async commit(name: string): Promise<void> {
    this.calls.push(`commit ${name}`);
    if (this.transactionCount === 0)
      throw new SqlError(3902, 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    this.transactionCount--;
    this.transactionOutcome = 'commit';
  }

  async rollback(name: string): Promise<void> {
    this.calls.push(`rollback ${name}`);
    if (name !== '') return;
    this.transactionCount = 0;
    this.transactionOutcome = 'rollback';
  }

  async save(name: string): Promise<void> {
    this.calls.push(`save ${name}`);
  }

  cancel(): void {
    this.cancelled = true;
  }

  async reset(keepTransaction: boolean): Promise<void> {
    this.calls.push(`reset ${keepTransaction}`);
    if (!keepTransaction) this.transactionCount = 0;
    this.database = this.login.database || 'master';
  }

  async close(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.closed = true;
  }
}
