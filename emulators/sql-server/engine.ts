import type { DuckDBConnection } from '@duckdb/node-api';
import type { ResultSink } from '../tds/session.ts';
import {
  type BindContext,
  type BoundQuery,
  bindCondition,
  bindExpression,
  type Condition,
  type Expression,
  type InsertBulk,
  type Parameter,
  toSqlError,
} from '../tsql/index.ts';
import { SqlError } from '../tsql/sql-error.ts';
import type { ColumnChunk, SqlType, SqlValue } from '../tsql/sql-type.ts';
import { BindCatalog } from './bind-catalog.ts';
import type { Catalog, TableDefinition } from './catalog.ts';
import type { SqlCursor } from './cursors.ts';
import type { Database } from './database.ts';
import type { Dialect } from './dialect.ts';
import { Frame } from './frame.ts';
import { type Argument, rows, stream } from './run.ts';
import { sessionValue } from './session-values.ts';
import { SessionTransaction } from './transaction.ts';

/** Who signed in, for SUSER_SNAME() and its like. */
export interface Identity {
  readonly name: string;
  readonly application: string;
  readonly host: string;
}

export interface SessionOptions {
  nocount: boolean;
  xactAbort: boolean;
  /** Lower-case `schema.name` of the one table, as SQL Server allows it. */
  identityInsert: string | undefined;
  isolation: number;
  /** IMPLICIT_TRANSACTIONS: statements that read or write tables begin a transaction where there is none. */
  implicitTransactions: boolean;
  /** FMTONLY: nothing runs, queries answer with their columns alone. */
  formatOnly: boolean;
  /** ROWCOUNT: statements end after so many rows; 0 for all. */
  rowLimit: number;
}

/** Options of a new session, and after sp_reset_connection. */
export const DEFAULT_OPTIONS: Readonly<SessionOptions> = {
  nocount: false,
  xactAbort: false,
  identityInsert: undefined,
  isolation: 2,
  implicitTransactions: false,
  formatOnly: false,
  rowLimit: 0,
};

/** Milliseconds a writer waits for another before error 1222, unless SET LOCK_TIMEOUT says otherwise. */
export const LOCK_TIMEOUT = 30_000;

/** Depth of nested procedures, triggers and dynamic SQL that SQL Server allows. */
const NESTING = 32;

/** The state of one session and the few operations that everything else is made of. */
export class Engine {
  readonly id: number;
  readonly database: Database;
  readonly connection: DuckDBConnection;
  readonly dialect: Dialect;
  readonly identity: Identity;
  readonly transaction: SessionTransaction;
  readonly options: SessionOptions = { ...DEFAULT_OPTIONS };
  frame = new Frame();
  /** Procedures and dynamic texts entered: @@NESTLEVEL. */
  depth = 0;
  /** TRY blocks entered, over all frames. */
  tries = 0;
  /** Errors being handled by CATCH blocks, innermost last. */
  readonly handling: SqlError[] = [];
  rowCount = 0n;
  lastError = 0;
  lastIdentity: bigint | null = null;
  /** Cursors that are not LOCAL live as long as the session. */
  readonly cursors = new Map<string, SqlCursor>();
  fetchStatus = 0;
  cursorRows = 0;
  cancelled = false;
  /** INSERT BULK's target, until its rows arrive. */
  bulk: InsertBulk | undefined;
  #abort: AbortController | undefined;
  #wake: (() => void) | undefined;
  readonly #catalog: BindCatalog;
  #names = 0;

  constructor(id: number, database: Database, connection: DuckDBConnection, dialect: Dialect, identity: Identity) {
    this.id = id;
    this.database = database;
    this.connection = connection;
    this.dialect = dialect;
    this.identity = identity;
    this.transaction = new SessionTransaction(database, connection, dialect, LOCK_TIMEOUT);
    this.transaction.onEnd = () => database.appLocks.releaseAll(this, 'transaction');
    this.#catalog = new BindCatalog(this);
  }

  get catalog(): Catalog {
    return this.transaction.catalog;
  }

  get now(): bigint {
    return this.database.now();
  }

  /** A name for a temporary table of the engine's own. */
  name(prefix: string): string {
    this.#names += 1;
    return `$${prefix}${this.#names}`;
  }

  /** An object id for a temporary table; negative, as in tempdb. */
  temporaryId(): number {
    this.#names += 1;
    return -(this.id * 100_000 + this.#names);
  }

  context(): BindContext {
    return {
      catalog: this.#catalog,
      variable: (name) => this.frame.variables.get(name.toLowerCase())?.type,
      identityInsert: (table) => this.options.identityInsert === `${table.schema}.${table.name}`.toLowerCase(),
    };
  }

  args(parameters: readonly Parameter[]): Argument[] {
    return parameters.map((each) => ({
      type: each.type,
      value: each.source === 'variable' ? this.frame.variable(each.name).value : sessionValue(this, each.name),
    }));
  }

  /** The table a temporary or table-variable name stands for. */
  local(name: string): TableDefinition | undefined {
    const key = name.toLowerCase();
    return name.startsWith('@') ? this.frame.tables.get(key) : this.transaction.temporary.get(key);
  }

  async evaluate(expression: Expression, type?: SqlType): Promise<SqlValue> {
    return (await this.typed(expression, type)).value;
  }

  async typed(expression: Expression, type?: SqlType): Promise<Argument> {
    const bound = bindExpression(expression, this.context(), type);
    const found = await this.rows(bound);
    const column = bound.columns[0];
    if (!column) throw new Error('an expression binds to one column');
    return { type: column.type, value: found[0]?.[0] ?? null };
  }

  async condition(condition: Condition): Promise<boolean> {
    const found = await this.rows(bindCondition(condition, this.context()));
    return found[0]?.[0] === true;
  }

  rows(bound: BoundQuery): Promise<SqlValue[][]> {
    return rows(
      this.connection,
      bound.sql,
      this.args(bound.parameters),
      bound.columns.map((each) => each.type),
    );
  }

  /** Sends a result set, up to ROWCOUNT rows. @returns its row count. */
  async send(bound: BoundQuery, sink: ResultSink, limit = this.options.rowLimit): Promise<bigint> {
    const chunks = stream(
      this.connection,
      bound.sql,
      this.args(bound.parameters),
      bound.columns.map((each) => each.type),
      () => this.cancelled,
    );
    let count = 0n;
    let begun = false;
    for await (const chunk of chunks) {
      if (this.cancelled) throw cancelled();
      if (!begun) await sink.columns(bound.columns);
      begun = true;
      const left = limit === 0 ? chunk.rows : Math.min(chunk.rows, limit - Number(count));
      await sink.rows(left === chunk.rows ? chunk : firstRows(chunk, left));
      count += BigInt(left);
      if (limit > 0 && count >= limit) break;
    }
    if (!begun) await sink.columns(bound.columns);
    return count;
  }

  /** A new request: variables, TRY blocks and cancellation of the last one are gone. */
  begin(abort: AbortController): void {
    this.#abort = abort;
    this.transaction.signal = abort.signal;
    this.cancelled = false;
    this.frame = new Frame();
    this.depth = 0;
    this.tries = 0;
    this.handling.length = 0;
  }

  /** Stops what runs now: the client's attention. */
  cancel(): void {
    this.cancelled = true;
    this.connection.interrupt();
    this.#abort?.abort();
    this.#wake?.();
  }

  /** WAITFOR DELAY, in milliseconds. */
  async pause(delay: number): Promise<void> {
    if (this.cancelled) throw cancelled();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delay);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
    if (this.cancelled) throw cancelled();
  }

  /** Runs work in a frame of its own, one level deeper. */
  async within<T>(frame: Frame, work: () => Promise<T>): Promise<T> {
    if (this.depth >= NESTING) {
      throw new SqlError(
        217,
        'Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).',
      );
    }
    const outer = this.frame;
    this.frame = frame;
    this.depth += 1;
    try {
      return await work();
    } finally {
      this.depth -= 1;
      this.frame = outer;
    }
  }

  /** Emitted SQL knows no database: messages that name a table get it here. */
  #named(error: SqlError | undefined): SqlError | undefined {
    if (error?.number !== 2628) return error;
    const message = error.message.replace(/in table '([^'#@]+)'/, `in table '${this.database.name}.$1'`);
    return new SqlError(error.number, message, { line: error.line, cause: error.cause });
  }

  /** Any failure as SQL Server would report it. */
  error(error: unknown, line: number): SqlError {
    if (error instanceof SqlError) return locate(error, line, this.frame.procedure);
    if (this.cancelled) return cancelled();
    const known = this.#named(toSqlError(error, line));
    if (known) return locate(known, line, this.frame.procedure);
    const text = error instanceof Error ? error.message : String(error);
    if (/out of memory|could not allocate/i.test(text)) {
      return new SqlError(701, 'There is insufficient system memory in resource pool to run this query.', {
        severity: 17,
        line,
        cause: error,
      });
    }
    return new SqlError(50000, `The local engine failed: ${text}`, { line, cause: error });
  }
}

const firstRows = (chunk: ColumnChunk, rows: number): ColumnChunk => ({
  rows,
  values: chunk.values.map((each) => each.slice(0, rows)),
});

export const cancelled = (): SqlError => new SqlError(0, 'Operation cancelled by user.', { severity: 11 });

const RELOCATED = new WeakMap<SqlError, string>();

/** Gives an error the line and procedure of the statement it left, once. */
function locate(error: SqlError, line: number, procedure: string): SqlError {
  if (RELOCATED.has(error) || (error.line !== 1 && procedure === '')) return error;
  if (error.line === line && error.procedure === procedure) return error;
  const located = new SqlError(error.number, error.message, {
    severity: error.severity,
    state: error.state,
    line: error.line === 1 ? line : error.line,
    procedure: error.procedure || procedure,
    cause: error.cause ?? error,
  });
  RELOCATED.set(located, procedure);
  return located;
}
