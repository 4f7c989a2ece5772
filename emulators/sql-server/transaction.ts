import type { DuckDBConnection } from '@duckdb/node-api';
import { SqlError } from '../tsql/sql-error.ts';
import type { Catalog, TableDefinition } from './catalog.ts';
import { lastIdentity, saveCatalog, saveIdentity } from './catalog-store.ts';
import type { Database } from './database.ts';
import type { Savepoint } from './savepoints.ts';

/** What a service adds to a transaction: Azure SQL writes the row of cdc.lsn_time_mapping just before it commits. */
export interface TransactionHooks {
  beforeCommit?(transaction: SessionTransaction): Promise<void>;
}

/**
 * A session's transaction, as SQL Server counts it and as DuckDB runs it.
 *
 * DuckDB's transaction begins with the first write, once the writer lock is held, so its snapshot is the latest state and nobody can
 * commit in between; reads before that see the last commit, statement by statement. A run-time error inside DuckDB aborts its whole
 * transaction; the session's is then doomed (XACT_STATE() = -1) as after an error under XACT_ABORT.
 */
export class SessionTransaction {
  readonly connection: DuckDBConnection;
  readonly database: Database;
  /** @@TRANCOUNT. */
  count = 0;
  doomed = false;
  /** How the outermost transaction ended last. */
  outcome: 'commit' | 'rollback' = 'commit';
  /** Name of the outermost transaction; empty without. */
  name = '';
  /** SAVE TRANSACTION's, oldest first. */
  savepoints: readonly Savepoint[] = [];
  /** When the first write happened, in microseconds since 1970. */
  began = 0n;
  /** The service's own state, empty at the first write of each transaction. */
  readonly state = new Map<string, unknown>();
  /** Temporary tables by lower-case name; they roll back like everything else. */
  temporary: ReadonlyMap<string, TableDefinition> = new Map();
  lockTimeout: number;
  /** The outermost transaction has ended, either way. */
  onEnd: () => void = () => undefined;
  signal: AbortSignal | undefined;
  readonly #hooks: TransactionHooks;
  #release: (() => void) | undefined;
  #active = false;
  #applying = false;
  #depth = 0;
  #catalog: Catalog | undefined;
  #temporaryBefore: ReadonlyMap<string, TableDefinition> = new Map();
  readonly #identities = new Set<number>();

  constructor(database: Database, connection: DuckDBConnection, hooks: TransactionHooks, lockTimeout: number) {
    this.database = database;
    this.connection = connection;
    this.#hooks = hooks;
    this.lockTimeout = lockTimeout;
  }

  /** The catalog as this transaction sees it. */
  get catalog(): Catalog {
    return this.#catalog ?? this.database.catalog;
  }

  /** Only inside `write`. */
  set catalog(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** The version this transaction made; undefined while it has changed nothing. */
  get ownCatalog(): Catalog | undefined {
    return this.#catalog;
  }

  set ownCatalog(catalog: Catalog | undefined) {
    this.#catalog = catalog;
  }

  /** A step back for the newest savepoint, for what the service writes besides tables of the catalog. */
  onReturn(step: () => Promise<unknown>): void {
    this.savepoints.at(-1)?.undo.push(step);
  }

  begin(name = ''): void {
    if (this.count === 0) this.name = name;
    this.count += 1;
  }

  /** @throws SqlError 3902 without a transaction, 3930 in a doomed one. */
  async commit(): Promise<void> {
    if (this.count === 0) {
      throw new SqlError(3902, 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    }
    if (this.doomed) throw uncommittable();
    if (this.count === 1) {
      await this.#finish();
      this.outcome = 'commit';
      this.savepoints = [];
    }
    this.count -= 1;
    if (this.count === 0) this.onEnd();
  }

  /** @throws SqlError 3903 without a transaction. */
  async rollback(): Promise<void> {
    if (this.count === 0) {
      throw new SqlError(3903, 'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    }
    await this.abandon();
  }

  /** Ends whatever is open without keeping it. */
  async abandon(): Promise<void> {
    if (this.count > 0) this.outcome = 'rollback';
    this.count = 0;
    this.savepoints = [];
    await this.#discard();
    this.doomed = false;
    this.onEnd();
  }

  /** XACT_ABORT: the transaction can only be rolled back from now on. */
  async doom(): Promise<void> {
    await this.#discard();
    if (this.count > 0) this.doomed = true;
  }

  /**
   * Runs work that writes: takes the writer lock and begins DuckDB's transaction if need be, and commits when no transaction was begun
   * by the client.
   * @param options.local only temporary tables are written: outside a transaction no lock is needed.
   */
  async write<T>(work: () => Promise<T>, options: { local?: boolean } = {}): Promise<T> {
    if (this.doomed) throw uncommittable();
    if (this.#depth > 0) return work();
    await this.#open(options.local === true && this.count === 0);
    this.#depth += 1;
    let result: T;
    try {
      result = await work();
    } catch (error) {
      this.#depth -= 1;
      await this.#failed();
      throw error;
    }
    this.#depth -= 1;
    if (this.count === 0) await this.#finish();
    return result;
  }

  /** The part of a write that has no way back but the whole transaction's: what fails in it dooms the transaction. */
  async apply<T>(work: () => Promise<T>): Promise<T> {
    const outer = this.#applying;
    this.#applying = true;
    const result = await work();
    this.#applying = outer;
    return result;
  }

  /** After a read that failed: a transaction that DuckDB has aborted is doomed. */
  async afterReadError(): Promise<void> {
    if (this.#active && this.#depth === 0 && !(await this.#alive())) await this.doom();
  }

  /** Gives out `count` identity values of a table; only inside `write`. @returns the first. */
  async identityRange(table: TableDefinition, count: bigint): Promise<bigint> {
    const identity = table.columns.find((each) => each.identity)?.identity;
    if (!identity) throw new Error(`table ${table.name} has no identity column`);
    const increment = BigInt(identity.increment);
    const known = this.database.identities.get(table.id) ?? (await lastIdentity(this.connection, table.id));
    const first = known === undefined ? BigInt(identity.seed) : known + increment;
    this.setIdentity(table, first + increment * (count - 1n));
    return first;
  }

  setIdentity(table: TableDefinition, last: bigint): void {
    this.database.identities.set(table.id, last);
    if (!table.storage) this.#identities.add(table.id);
  }

  async #open(local: boolean): Promise<void> {
    if (this.#active) return;
    const release = local ? undefined : await this.database.lock.acquire(this.lockTimeout, this.signal);
    try {
      await this.connection.run('BEGIN TRANSACTION');
    } catch (error) {
      release?.();
      throw error;
    }
    this.#release = release;
    this.#active = true;
    this.began = this.database.now();
    this.#temporaryBefore = this.temporary;
    this.state.clear();
  }

  async #finish(): Promise<void> {
    if (!this.#active) return;
    try {
      for (const each of this.savepoints) await each.release();
      await this.#hooks.beforeCommit?.(this);
      if (this.#catalog) await saveCatalog(this.connection, this.database.catalog, this.#catalog);
      for (const id of this.#identities) await saveIdentity(this.connection, id, this.database.identities.get(id));
      await this.connection.run('COMMIT');
    } catch (error) {
      this.count = 0;
      this.outcome = 'rollback';
      await this.#discard();
      this.onEnd();
      throw error;
    }
    if (this.#catalog) this.database.catalog = this.#catalog;
    this.#clear();
  }

  async #failed(): Promise<void> {
    const applying = this.#applying;
    this.#applying = false;
    if (this.count === 0) await this.#discard();
    else if (applying || !(await this.#alive())) await this.doom();
  }

  async #alive(): Promise<boolean> {
    try {
      await this.connection.run('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  async #discard(): Promise<void> {
    if (!this.#active) return;
    this.temporary = this.#temporaryBefore;
    try {
      await this.connection.run('ROLLBACK');
    } finally {
      this.#clear();
    }
  }

  #clear(): void {
    this.#active = false;
    this.#catalog = undefined;
    this.#identities.clear();
    this.savepoints = [];
    this.#release?.();
    this.#release = undefined;
  }
}

const uncommittable = (): SqlError =>
  new SqlError(
    3930,
    'The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.',
  );
