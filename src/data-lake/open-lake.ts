import type { TokenCredential } from '@azure/identity';
import { DataLakeServiceClient } from '@azure/storage-file-datalake';
import type { Environment } from '../environments/schema.ts';

/** Each attempt, in milliseconds: the calls made here are small. */
const attemptTimeout = 30_000;
const attempts = 4;

/**
 * A client for the environment's lake. Attempts that fail for a passing reason (throttled, busy, cut off) are repeated after 1, 2 and 4
 * seconds or as `Retry-After` says. Nothing is sent yet.
 */
export function openLake(environment: Environment, credential: TokenCredential): DataLakeServiceClient {
  return new DataLakeServiceClient(environment.endpoints.dataLake.url, credential, {
    retryOptions: {
      maxTries: attempts,
      tryTimeoutInMs: attemptTimeout,
      retryDelayInMs: 1000,
      maxRetryDelayInMs: 8000,
    },
  });
}
