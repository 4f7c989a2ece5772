import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Errors of Azure SQL Database that pass: the database is moving, busy or throttling. Retried on a fresh connection.
 * https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues
 */
const transientNumbers = new Set([4060, 4221, 10928, 10929, 40197, 40501, 40613, 49918, 49919, 49920]);

/** A deadlock's victim: its transaction is rolled back, so the whole transaction may be run again. */
const deadlock = 1205;

/** Connections that broke. The outcome of what was under way is unknown: only what is idempotent may be repeated. */
const brokenCodes = new Set([
  'ESOCKET',
  'ECONNCLOSED',
  'ETIMEOUT',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'EINSTLOOKUP',
]);

export interface RetryPolicy {
  /** Tries in all. */
  readonly attempts: number;
  /** Wait before the second try, in milliseconds; it doubles with each. */
  readonly delay: number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

export const defaultRetry: RetryPolicy = { attempts: 5, delay: 500, sleep };

/** The number of a server's error, or undefined for an error of the client's. */
export function errorNumber(error: unknown): number | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; depth++) {
    const { number } = at as { number?: unknown };
    if (typeof number === 'number') return number;
    at = (at as { originalError?: unknown }).originalError ?? at.cause;
  }
  return undefined;
}

export function isTransient(error: unknown): boolean {
  const number = errorNumber(error);
  if (number !== undefined) return transientNumbers.has(number) || number === deadlock;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && brokenCodes.has(code);
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
