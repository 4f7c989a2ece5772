import { randomUUID } from 'node:crypto';

/** https://learn.microsoft.com/rest/api/storageservices/lease-blob#outcomes-of-use-attempts-on-blobs-by-lease-state */
export type LeaseState = 'available' | 'leased' | 'expired' | 'breaking' | 'broken';

export type LeaseFailure =
  | 'LeaseAlreadyPresent'
  | 'LeaseIdMismatchWithLeaseOperation'
  | 'LeaseNotPresentWithLeaseOperation'
  | 'LeaseIsBreakingAndCannotBeAcquired'
  | 'LeaseIsBreakingAndCannotBeChanged'
  | 'LeaseIsBrokenAndCannotBeRenewed'
  | 'LeaseIdMissing'
  | 'LeaseIdMismatchWithBlobOperation'
  | 'LeaseNotPresentWithBlobOperation'
  | 'LeaseLost';

export class LeaseError extends Error {
  override readonly name = 'LeaseError';
  readonly failure: LeaseFailure;

  constructor(failure: LeaseFailure) {
    super(`data-lake store: ${failure}`);
    this.failure = failure;
  }
}

export interface LeaseStatus {
  readonly state: LeaseState;
  readonly duration?: 'fixed' | 'infinite';
}

/** Leases by path, in memory: like a session's locks, they do not outlive the process. */
export interface Leases {
  status(key: string): LeaseStatus;
  /** @param seconds 15 to 60, or -1 for no end. @returns the lease's id. */
  acquire(key: string, seconds: number, proposed: string | undefined): string;
  renew(key: string, id: string): string;
  change(key: string, id: string, proposed: string): string;
  release(key: string, id: string): void;
  /** @returns seconds until the lease is broken. */
  break(key: string, seconds: number | undefined): number;
  /** Whether a request that names this lease (or none) may write. */
  check(key: string, id: string | undefined): void;
  /** Whether a request that names this lease may read; one that names none always may. */
  checkRead(key: string, id: string | undefined): void;
  forget(key: string): void;
}

interface Lease {
  readonly id: string;
  /** -1 for no end. */
  readonly seconds: number;
  /** Milliseconds since 1970. */
  readonly ends: number;
  readonly breaks?: number;
}

const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

export function createLeases(clock: () => Date): Leases {
  const leases = new Map<string, Lease>();
  const now = (): number => clock().getTime();

  const stateOf = (lease: Lease | undefined): LeaseState => {
    if (lease === undefined) return 'available';
    if (lease.breaks !== undefined) return now() < lease.breaks ? 'breaking' : 'broken';
    return now() < lease.ends ? 'leased' : 'expired';
  };

  const endOf = (seconds: number): number => (seconds === -1 ? Number.POSITIVE_INFINITY : now() + seconds * 1000);

  const owned = (key: string, id: string): Lease => {
    const lease = leases.get(key);
    if (lease === undefined) throw new LeaseError('LeaseNotPresentWithLeaseOperation');
    if (!same(lease.id, id)) throw new LeaseError('LeaseIdMismatchWithLeaseOperation');
    return lease;
  };

  const held = (lease: Lease | undefined): lease is Lease => ['leased', 'breaking'].includes(stateOf(lease));

  const checkGiven = (lease: Lease | undefined, id: string): void => {
    if (lease === undefined) throw new LeaseError('LeaseNotPresentWithBlobOperation');
    if (!same(lease.id, id)) throw new LeaseError('LeaseIdMismatchWithBlobOperation');
    if (!held(lease)) throw new LeaseError('LeaseLost');
  };

  return {
    status(key) {
      const lease = leases.get(key);
      const state = stateOf(lease);
      return { state, ...(state === 'leased' ? { duration: lease?.seconds === -1 ? 'infinite' : 'fixed' } : {}) };
    },
    acquire(key, seconds, proposed) {
      const lease = leases.get(key);
      const state = stateOf(lease);
      if (state === 'breaking') throw new LeaseError('LeaseIsBreakingAndCannotBeAcquired');
      if (state === 'leased' && !(proposed !== undefined && lease !== undefined && same(lease.id, proposed)))
        throw new LeaseError('LeaseAlreadyPresent');
      const id = proposed ?? randomUUID();
      leases.set(key, { id, seconds, ends: endOf(seconds) });
      return id;
    },
    renew(key, id) {
      const lease = owned(key, id);
      if (lease.breaks !== undefined) throw new LeaseError('LeaseIsBrokenAndCannotBeRenewed');
      leases.set(key, { ...lease, ends: endOf(lease.seconds) });
      return lease.id;
    },
    change(key, id, proposed) {
      const lease = leases.get(key);
      if (!held(lease)) throw new LeaseError('LeaseNotPresentWithLeaseOperation');
      if (!same(lease.id, id) && !same(lease.id, proposed)) throw new LeaseError('LeaseIdMismatchWithLeaseOperation');
      if (lease.breaks !== undefined) throw new LeaseError('LeaseIsBreakingAndCannotBeChanged');
      leases.set(key, { ...lease, id: proposed });
      return proposed;
    },
    release(key, id) {
      owned(key, id);
      leases.delete(key);
    },
    break(key, seconds) {
      const lease = leases.get(key);
      if (lease === undefined) throw new LeaseError('LeaseNotPresentWithLeaseOperation');
      const left = lease.seconds === -1 ? 0 : Math.max(0, lease.ends - now());
      const asked = seconds === undefined ? left : seconds * 1000;
      const wait = lease.seconds === -1 ? asked : Math.min(left, asked);
      // Breaking again can only shorten the wait.
      const breaks = Math.min(lease.breaks ?? Number.POSITIVE_INFINITY, now() + wait);
      leases.set(key, { ...lease, breaks });
      return Math.max(0, Math.ceil((breaks - now()) / 1000));
    },
    check(key, id) {
      const lease = leases.get(key);
      if (id !== undefined) checkGiven(lease, id);
      else if (held(lease)) throw new LeaseError('LeaseIdMissing');
    },
    checkRead(key, id) {
      if (id !== undefined) checkGiven(leases.get(key), id);
    },
    forget(key) {
      leases.delete(key);
    },
  };
}
