import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { AppLocks } from './app-locks.ts';
import type { Catalog } from './catalog.ts';
import { createStore, loadCatalog } from './catalog-store.ts';
import { WriterLock } from './writer-lock.ts';

export interface DatabaseOptions {
  /** Path of the DuckDB file, or `:memory:`. Spilled data goes to `<file>.tmp` beside it. */
  readonly file: string;
  readonly name: string;
  readonly memoryLimit?: string;
  /** DuckDB's; 1 by default: with more, the thread that runs a statement spins while another one works, and most statements are small. */
  readonly threads?: number;
  readonly clock: () => Date;
}

/**
 * Bytes of write-ahead log after which a commit moves them into the file, compressed: rarely, as that takes longer than all the rest of a
 * commit. The log is as durable as the file, and is read back when the database is opened.
 */
const checkpointThreshold = '128MB';

/**
 * One database: one DuckDB instance (a second on the same file would diverge from the first), the committed catalog, and the lock that
 * lets one transaction write at a time. Every session has a connection of its own.
 */
export class Database {
  readonly name: string;
  readonly created: Date;
  readonly clock: () => Date;
  readonly lock = new WriterLock();
  readonly appLocks = new AppLocks();
  /** The version of the last commit. */
  catalog: Catalog;
  /** Last identity value given per table, also by transactions that rolled back: SQL Server never takes one back. */
  readonly identities = new Map<number, bigint>();
  readonly #instance: DuckDBInstance;

  private constructor(instance: DuckDBInstance, catalog: Catalog, options: DatabaseOptions) {
    this.#instance = instance;
    this.catalog = catalog;
    this.name = options.name;
    this.clock = options.clock;
    this.created = options.clock();
  }

  static async open(options: DatabaseOptions): Promise<Database> {
    const memory = options.file === ':memory:';
    const instance = await DuckDBInstance.create(options.file, {
      memory_limit: options.memoryLimit ?? '384MB',
      threads: String(options.threads ?? 1),
      checkpoint_threshold: checkpointThreshold,
      ...(memory ? {} : { temp_directory: `${options.file}.tmp` }),
      // Nothing but the database's own file is reached through SQL text.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
    const connection = await instance.connect();
    try {
      await connection.run('PRAGMA disable_checkpoint_on_shutdown');
      await createStore(connection);
      return new Database(instance, await loadCatalog(connection), options);
    } finally {
      connection.closeSync();
    }
  }

  async connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    await connection.run(`SET TimeZone = 'UTC'`);
    return connection;
  }

  close(): void {
    this.#instance.closeSync();
  }

  /** Microseconds since 1970, UTC. */
  now(): bigint {
    return BigInt(this.clock().getTime()) * 1000n;
  }
}
