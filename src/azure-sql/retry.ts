import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Errors of Azure SQL Database that pass: the database is moving, busy or throttling. Retried on a fresh connection.
 * https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues
 */
const transientNumbers = new Set([4060, 4221, 10928, 10929, 40197, 40501, 40613, 49918, 49919, 49920]);

/** A deadlock's victim: its transaction is rolled back, so the whole transaction may be run again. */
const deadlock = 1205;

/** Connections that broke. The outcome of what was under way is unknown: only what is idempotent may be repeated. */
const brokenCodes = new Set(['ESOCKET', 'ECONNCLOSED', 'ETIMEOUT', 'ECONNRESET', 'EPIPE']);

/** What the driver also calls ESOCKET, but trying again does not cure: nobody listens, no such name, a certificate we do not trust. */
const lastingCodes = /^(?:ECONNREFUSED|ENOTFOUND|ERR_TLS_|.*_CERT|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;

export interface RetryPolicy {
  /** Tries in all. */
  readonly attempts: number;
  /** Wait before the second try, in milliseconds; it doubles with each. */
  readonly delay: number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

export const defaultRetry: RetryPolicy = { attempts: 5, delay: 500, sleep };

/** What an error may carry: the server's number, the client's code, and what it wraps. */
interface Wrapping {
  readonly message?: unknown;
  readonly number?: unknown;
  readonly code?: unknown;
  readonly originalError?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** An error and what it wraps, outermost first: mssql wraps what tedious wraps of what the socket says. */
export function* chain(error: unknown): Generator<Wrapping> {
  let at = error as Wrapping | null | undefined;
  for (let depth = 0; typeof at === 'object' && at !== null && depth < 6; depth++) {
    yield at;
    at = (at.originalError ?? at.cause ?? at.errors?.[0]) as Wrapping | undefined;
  }
}

/** The number of a server's error, or undefined for an error of the client's. */
export function errorNumber(error: unknown): number | undefined {
  for (const { number } of chain(error)) if (typeof number === 'number') return number;
  return undefined;
}

export function isTransient(error: unknown): boolean {
  const number = errorNumber(error);
  if (number !== undefined) return transientNumbers.has(number) || number === deadlock;
  const codes = Array.from(chain(error), ({ code }) => code).filter((code) => typeof code === 'string');
  return codes.some((code) => brokenCodes.has(code)) && !codes.some((code) => lastingCodes.test(code));
}

/** Runs idempotent work, and runs it again after an error that passes. The last error is thrown as it is. */
export async function withRetry<T>(work: () => Promise<T>, policy: RetryPolicy = defaultRetry): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= policy.attempts || !isTransient(error)) throw error;
      await policy.sleep(policy.delay * 2 ** (attempt - 1));
    }
  }
}
