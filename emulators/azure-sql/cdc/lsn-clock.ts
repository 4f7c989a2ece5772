import { type Argument, type Database, type Engine, rows, run } from '../../sql-server/index.ts';
import type { SqlType } from '../../tsql/sql-type.ts';
import type { Position } from './capture.ts';
import { enabled } from './instance.ts';
import { counter, FIRST, hex } from './lsn.ts';
import { lsnType } from './tables.ts';

type Transaction = Engine['transaction'];

interface Progress {
  readonly number: bigint;
  sequence: bigint;
  command: number;
}

const KEY = 'cdc';
const datetime: SqlType = { name: 'datetime' };

/**
 * Gives each capturing transaction its LSN. Transactions capture under the writer lock, so numbers come in commit order; the last one
 * is read back from cdc.lsn_time_mapping when the database opens.
 */
export class LsnClock {
  #last: bigint;

  private constructor(last: bigint) {
    this.#last = last;
  }

  static async open(database: Database): Promise<LsnClock> {
    const kept = BigInt(database.catalog.settings.get('cdc:last_lsn') ?? FIRST);
    if (!enabled(database.catalog)) return new LsnClock(kept);
    const connection = await database.connect();
    try {
      const found = await rows(connection, 'SELECT max(start_lsn) FROM cdc.lsn_time_mapping', [], [lsnType]);
      const largest = found[0]?.[0];
      const last = largest instanceof Uint8Array ? counter(largest) : kept;
      return new LsnClock(last > kept ? last : kept);
    } finally {
      connection.closeSync();
    }
  }

  get last(): bigint {
    return this.#last;
  }

  /** The transaction's LSN, as 20 hex digits; a new one at its first change. */
  lsn(transaction: Transaction): string {
    return hex(this.#progress(transaction).number);
  }

  /** The place of the next statement, which changes this many rows. */
  position(transaction: Transaction, changed: bigint): Position {
    const progress = this.#progress(transaction);
    const { sequence } = progress;
    progress.sequence += changed * 4n;
    progress.command += 1;
    return { lsn: hex(progress.number), command: progress.command, sequence };
  }

  #progress(transaction: Transaction): Progress {
    const known = transaction.state.get(KEY) as Progress | undefined;
    if (known) return known;
    this.#last += 1n;
    const made: Progress = { number: this.#last, sequence: 0n, command: 0 };
    transaction.state.set(KEY, made);
    return made;
  }

  /** The row by which times map to LSNs, written just before the commit. */
  async beforeCommit(transaction: Transaction): Promise<void> {
    const progress = transaction.state.get(KEY) as Progress | undefined;
    if (!progress || !enabled(transaction.catalog)) return;
    const { number } = progress;
    const args: Argument[] = [
      { type: datetime, value: transaction.began },
      { type: datetime, value: transaction.database.now() },
    ];
    const id = number.toString(16).toUpperCase().padStart(12, '0');
    await run(
      transaction.connection,
      `INSERT INTO cdc.lsn_time_mapping VALUES (unhex('${hex(number)}'), $1, $2, unhex('${id}'), unhex('${hex(number)}'))`,
      args,
    );
  }
}
