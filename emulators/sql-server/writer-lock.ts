import { SqlError } from '../tsql/sql-error.ts';

/**
 * One writing transaction at a time per database, first come first served. Readers never take it: they read the last committed state
 * (READ_COMMITTED_SNAPSHOT, Azure SQL's default).
 */
export class WriterLock {
  #held = false;
  readonly #queue: { grant: () => void; fail: (error: Error) => void }[] = [];

  /**
   * @param timeout milliseconds to wait; 0 fails at once, negative waits for ever.
   * @param signal aborts the wait (the client's attention).
   * @returns the release function; calling it twice releases once.
   * @throws SqlError 1222 when the time is over.
   */
  async acquire(timeout: number, signal?: AbortSignal): Promise<() => void> {
    if (this.#held) await this.#wait(timeout, signal);
    this.#held = true;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#queue.shift();
      if (next) next.grant();
      else this.#held = false;
    };
  }

  #wait(timeout: number, signal?: AbortSignal): Promise<void> {
    if (timeout === 0) throw lockTimeout();
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        const place = this.#queue.indexOf(waiter);
        if (place >= 0) this.#queue.splice(place, 1);
      };
      const waiter = {
        grant: () => {
          leave();
          resolve();
        },
        fail: (error: Error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = (): void => waiter.fail(new SqlError(0, 'Operation cancelled by user.', { severity: 11 }));
      const timer = timeout < 0 ? undefined : setTimeout(() => waiter.fail(lockTimeout()), timeout);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(waiter);
    });
  }
}

const lockTimeout = (): SqlError =>
  new SqlError(1222, 'Lock request time out period exceeded.', { severity: 16, state: 51 });
