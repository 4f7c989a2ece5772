import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import type { Environment } from './schema.ts';

/**
 * The credential for an environment: DefaultAzureCredential, unmodified. Where the environment brings its own certificate
 * authority or managed-identity endpoint, the process is told of them first, as a host in Azure would be.
 */
export function connect(environment: Environment): TokenCredential {
  const { caCertificate, identity } = environment.endpoints;
  if (caCertificate !== undefined)
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(caCertificate, 'utf8')]);
  if (identity !== undefined) {
    process.env['IDENTITY_ENDPOINT'] = identity.endpoint;
    process.env['IDENTITY_HEADER'] = identity.header;
    process.env['AZURE_TOKEN_CREDENTIALS'] = 'ManagedIdentityCredential';
  }
  return new DefaultAzureCredential();
}
