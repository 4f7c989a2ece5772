/**
 * The locks that applications name themselves: sp_getapplock. They guard nothing of the database's own.
 * https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-getapplock-transact-sql
 */

export type AppLockMode = 'IntentShared' | 'Shared' | 'Update' | 'IntentExclusive' | 'Exclusive';

/** What each mode lets others hold. */
const COMPATIBLE: Readonly<Record<AppLockMode, readonly AppLockMode[]>> = {
  IntentShared: ['IntentShared', 'Shared', 'Update', 'IntentExclusive'],
  Shared: ['IntentShared', 'Shared', 'Update'],
  Update: ['IntentShared', 'Shared'],
  IntentExclusive: ['IntentShared', 'IntentExclusive'],
  Exclusive: [],
};

export const APP_LOCK_MODES = Object.keys(COMPATIBLE) as AppLockMode[];

export interface AppLock {
  readonly resource: string;
  readonly mode: AppLockMode;
  /** Who holds it: a session, once for itself and once for its transaction. */
  readonly session: object;
  readonly owner: 'session' | 'transaction';
}

interface Waiter {
  readonly lock: AppLock;
  grant(): void;
}

export class AppLocks {
  readonly #held: AppLock[] = [];
  readonly #waiting: Waiter[] = [];

  /**
   * @param timeout milliseconds; negative waits for ever.
   * @returns whether it was granted at once, after a wait, or not.
   */
  async acquire(
    lock: AppLock,
    timeout: number,
    signal?: AbortSignal,
  ): Promise<'granted' | 'waited' | 'timeout' | 'cancelled'> {
    const before = this.#waiting.some(
      (each) => each.lock.resource === lock.resource && each.lock.session !== lock.session,
    );
    const mine = this.#held.some((each) => each.resource === lock.resource && each.session === lock.session);
    if (this.#free(lock) && (mine || !before)) {
      this.#held.push(lock);
      return 'granted';
    }
    if (timeout === 0) return 'timeout';
    return new Promise((resolve) => {
      const leave = (result: 'waited' | 'timeout' | 'cancelled'): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        if (result === 'waited') this.#held.push(lock);
        resolve(result);
        this.#grant();
      };
      const waiter: Waiter = { lock, grant: () => leave('waited') };
      const onAbort = (): void => leave('cancelled');
      const timer = timeout < 0 ? undefined : setTimeout(() => leave('timeout'), timeout);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiter);
    });
  }

  /** Gives up one lock, the one taken last. @returns false when there is none. */
  release(resource: string, session: object, owner: AppLock['owner']): boolean {
    const place = this.#held.findLastIndex(
      (each) => each.resource === resource && each.session === session && each.owner === owner,
    );
    if (place < 0) return false;
    this.#held.splice(place, 1);
    this.#grant();
    return true;
  }

  /** The session, or its transaction, has ended. */
  releaseAll(session: object, owner?: AppLock['owner']): void {
    for (let place = this.#held.length - 1; place >= 0; place -= 1) {
      const each = this.#held[place];
      if (each?.session === session && (owner === undefined || each.owner === owner)) this.#held.splice(place, 1);
    }
    this.#grant();
  }

  #free(lock: AppLock): boolean {
    return this.#held.every(
      (each) =>
        each.resource !== lock.resource || each.session === lock.session || COMPATIBLE[lock.mode].includes(each.mode),
    );
  }

  /** First come first served: a waiter is not passed by one that asked later. */
  #grant(): void {
    const next = this.#waiting.find(
      (each, place) =>
        this.#free(each.lock) &&
        !this.#waiting.slice(0, place).some((earlier) => earlier.lock.resource === each.lock.resource),
    );
    next?.grant();
  }
}
