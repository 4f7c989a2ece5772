import type { TokenCredential } from '@azure/identity';
import { ActivityError } from '../runtime/activity-error.ts';
import { createAzureSql } from './azure-sql.ts';
import type { Connectors } from './connectors.ts';
import { openDataLake } from './data-lake.ts';
import { createHttpClient } from './http.ts';

export interface ConnectorOptions {
  /** The factory's managed identity. */
  readonly credential: TokenCredential;
  /** PEM; trusted besides the system's authorities for every outgoing call. */
  readonly caCertificate?: string | undefined;
}

/** Connectors to the real services, or to whatever speaks their protocols. */
export function createConnectors({ credential, caCertificate }: ConnectorOptions): Connectors {
  return {
    openSql: createAzureSql({ credential, caCertificate }),
    openLake: (linkedService) => openDataLake(linkedService, { credential, caCertificate }),
    http: createHttpClient(caCertificate),
    async token(scope, signal) {
      const token = await credential.getToken(scope, { abortSignal: signal });
      if (token === null)
        throw new ActivityError('FailedToGetToken', `The factory's identity got no token for ${scope}.`);
      return token.token;
    },
  };
}
