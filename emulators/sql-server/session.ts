import type { Parameter, ResultSink, Session } from '../tds/session.ts';
import { parseBatch, resolveType } from '../tsql/index.ts';
import { SqlError } from '../tsql/sql-error.ts';
import type { Column, ColumnChunk, SqlType } from '../tsql/sql-type.ts';
import { resolve } from './bind-catalog.ts';
import type { Database } from './database.ts';
import type { Dialect } from './dialect.ts';
import { insertRows } from './dml/execute.ts';
import { stage } from './dml/staging.ts';
import { DEFAULT_OPTIONS, Engine, type Identity, LOCK_TIMEOUT } from './engine.ts';
import { noSuchObject } from './errors.ts';
import { Frame } from './frame.ts';
import { ApiCursors } from './procedures/api-cursors.ts';
import { call, dropLocals, type Outcome, splitName } from './procedures/execute.ts';
import type { Formal, Given } from './procedures/invocation.ts';
import { parseDefinitions, runPrepared } from './procedures/sp-executesql.ts';
import { rollback, save } from './savepoints.ts';
import { runStatements } from './statements.ts';

const int: SqlType = { name: 'int' };

/** A session of the wire over the engine: batches, calls, bulk loads, and the wire's own transaction requests. */
export class SqlSession implements Session {
  readonly engine: Engine;
  readonly #prepared = new Map<number, { readonly text: string; readonly formals: readonly Formal[] }>();
  readonly #apiCursors: ApiCursors;
  #handles = 0;

  private constructor(engine: Engine) {
    this.engine = engine;
    this.#apiCursors = new ApiCursors(engine);
  }

  /** @param id the session's @@SPID. */
  static async open(id: number, database: Database, dialect: Dialect, identity: Identity): Promise<SqlSession> {
    return new SqlSession(new Engine(id, database, await database.connect(), dialect, identity));
  }

  get transactionCount(): number {
    return this.engine.transaction.count;
  }

  get transactionOutcome(): 'commit' | 'rollback' {
    return this.engine.transaction.outcome;
  }

  batch(sql: string, sink: ResultSink): Promise<void> {
    return this.#request(async () => {
      const batch = parseBatch(sql);
      await runStatements(this.engine, batch.statements, sink, sql);
    });
  }

  procedure(name: string, parameters: readonly Parameter[], sink: ResultSink): Promise<void> {
    return this.#request(async () => {
      const given: Given[] = parameters.map((each) => ({
        name: each.name,
        argument: { type: each.type, value: each.value },
        output: each.output,
      }));
      const outcome = await this.#call(splitName(name), given, sink);
      parameters.forEach((each, position) => {
        if (!each.output) return;
        const found = outcome.outputs.get(each.name.toLowerCase()) ?? outcome.outputs.get(`#${position}`);
        if (found) sink.output(each.name, found.type, found.value);
      });
      sink.returnStatus(outcome.status);
    });
  }

  /** The wire's own procedures take their arguments by position, whatever the names say. */
  async #call(parts: readonly string[], given: readonly Given[], sink: ResultSink): Promise<Outcome> {
    const { engine } = this;
    const text = (position: number): string => String(given[position]?.argument?.value ?? '');
    const handle = (position: number): Outcome['outputs'] =>
      new Map([[`#${position}`, { type: int, value: this.#handles }]]);
    const name = parts.at(-1)?.toLowerCase() ?? '';
    switch (name) {
      case 'sp_prepare':
        this.#prepare(text(1), text(2));
        return { outputs: handle(0), status: 0 };
      case 'sp_prepexec': {
        this.#prepare(text(1), text(2));
        const made = handle(0);
        const outcome = await runPrepared(engine, text(2), parseDefinitions(text(1)), given.slice(3), sink);
        return { outputs: new Map([...shift(outcome, 3), ...made]), status: outcome.status };
      }
      case 'sp_execute': {
        const number = Number(given[0]?.argument?.value ?? 0);
        const found = this.#prepared.get(number);
        if (!found) throw new SqlError(8179, `Could not find prepared statement with handle ${number}.`);
        const outcome = await runPrepared(engine, found.text, found.formals, given.slice(1), sink);
        return { outputs: shift(outcome, 1), status: outcome.status };
      }
      case 'sp_unprepare':
        this.#prepared.delete(Number(given[0]?.argument?.value ?? 0));
        return { outputs: new Map(), status: 0 };
      case 'sp_executesql': {
        const outcome = await call(engine, { parts, line: 1 }, given, sink);
        return { outputs: shift(outcome, 2), status: outcome.status };
      }
      case 'sp_reset_connection':
        await this.reset(false);
        return { outputs: new Map(), status: 0 };
      default:
        return (
          (await this.#apiCursors.call(name, given, sink)) ?? (await call(engine, { parts, line: 1 }, given, sink))
        );
    }
  }

  #prepare(definitions: string, text: string): void {
    parseBatch(text);
    this.#handles += 1;
    this.#prepared.set(this.#handles, { text, formals: parseDefinitions(definitions) });
  }

  async bulkLoad(columns: readonly Column[], chunks: AsyncIterable<ColumnChunk>): Promise<number> {
    const { engine } = this;
    const target = engine.bulk;
    engine.bulk = undefined;
    if (!target) throw new SqlError(4819, 'Cannot bulk load. The bulk data stream was announced by no INSERT BULK.');
    let count = 0;
    await this.#request(async () => {
      const { schema, object, written } = resolve(engine, target.table);
      const table = object.startsWith('#') ? engine.local(object) : engine.catalog.table(schema, object);
      if (!table) throw noSuchObject(written);
      const declared = target.columns.map((each) => resolveType(each.type));
      const staging = await stage(
        engine,
        columns.map((each, index) => ({ ...each, type: narrower(each.type, declared[index]) })),
      );
      const identityInsert = engine.options.identityInsert;
      try {
        for await (const chunk of chunks) {
          if (engine.cancelled) throw new SqlError(0, 'Operation cancelled by user.', { severity: 11 });
          staging.append(chunk);
        }
        count = staging.finish();
        // Values sent for an identity column are kept, as with KEEPIDENTITY: clients leave the column out otherwise.
        const names = target.columns.map((each) => each.name);
        if (table.columns.some((each) => each.identity && has(names, each.name))) {
          engine.options.identityInsert = `${table.schema}.${table.name}`.toLowerCase();
        }
        await insertRows(engine, table, names, staging.relation);
      } finally {
        engine.options.identityInsert = identityInsert;
        await staging.drop().catch(() => undefined);
      }
      engine.rowCount = BigInt(count);
    });
    return count;
  }

  async begin(name: string, isolation: number): Promise<void> {
    this.engine.transaction.begin(name);
    if (isolation > 0) this.engine.options.isolation = isolation;
  }

  commit(): Promise<void> {
    return this.#request(() => this.engine.transaction.commit());
  }

  rollback(name: string): Promise<void> {
    return this.#request(() => rollback(this.engine, name));
  }

  save(name: string): Promise<void> {
    return this.#request(() => save(this.engine, name));
  }

  cancel(): void {
    this.engine.cancel();
  }

  async reset(keepTransaction: boolean): Promise<void> {
    const { engine } = this;
    if (!keepTransaction) await engine.transaction.abandon();
    await dropLocals(engine, engine.frame, new Set());
    engine.frame = new Frame();
    Object.assign(engine.options, DEFAULT_OPTIONS);
    engine.transaction.lockTimeout = LOCK_TIMEOUT;
    this.#prepared.clear();
    engine.cursors.clear();
    engine.database.appLocks.releaseAll(engine, keepTransaction ? 'session' : undefined);
    this.#apiCursors.clear();
  }

  async close(): Promise<void> {
    this.engine.cancel();
    await this.#running;
    await this.engine.transaction.abandon();
    this.engine.database.appLocks.releaseAll(this.engine);
    this.engine.connection.closeSync();
  }

  #running: Promise<void> = Promise.resolve();

  /** A request: its own variables, its own cancellation, and the end-of-batch rules. */
  #request(work: () => Promise<void>): Promise<void> {
    const { engine } = this;
    const run = async (): Promise<void> => {
      const abort = new AbortController();
      engine.begin(abort);
      let failure: SqlError | undefined;
      try {
        await work();
      } catch (caught) {
        await engine.transaction.afterReadError();
        failure = engine.error(caught, 1);
        if (failure.severity >= 20) await engine.transaction.abandon();
      }
      await dropLocals(engine, engine.frame, new Set(engine.transaction.temporary.keys())).catch(() => undefined);
      if (engine.transaction.doomed) {
        // https://learn.microsoft.com/sql/t-sql/functions/xact-state-transact-sql: the batch's end rolls back what cannot be committed.
        await engine.transaction.abandon();
        failure ??= new SqlError(
          3998,
          'Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.',
        );
      }
      if (failure) throw failure;
    };
    const running = run();
    this.#running = running.catch(() => undefined);
    return running;
  }
}

/** Outputs found by position, counted from the first argument of the whole call. */
function shift(outcome: Outcome, by: number): Outcome['outputs'] {
  return new Map(
    [...outcome.outputs].map(([name, value]) => [
      name.startsWith('#') ? `#${Number(name.slice(1)) + by}` : name,
      value,
    ]),
  );
}

const has = (names: readonly string[], name: string): boolean =>
  names.some((each) => each.toLowerCase() === name.toLowerCase());

/** The wire's type wins unless the batch declared the same kind of value more exactly. */
function narrower(wire: SqlType, declared: SqlType | undefined): SqlType {
  return declared && declared.name === wire.name && wire.scale === undefined && wire.length === undefined
    ? { ...declared, ...wire }
    : wire;
}
