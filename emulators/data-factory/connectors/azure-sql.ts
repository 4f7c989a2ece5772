import { isIP } from 'node:net';
import type { TokenCredential } from '@azure/identity';
import type { ConnectionConfiguration } from 'tedious';
import { badDefinition, notImplemented } from '../runtime/activity-error.ts';
import type { LinkedService, SqlConnection } from './connectors.ts';
import { secretOf } from './secret.ts';
import { runCommand, streamCommand } from './sql-command.ts';
import { createSqlPool } from './sql-pool.ts';

export interface AzureSqlOptions {
  readonly credential: TokenCredential;
  /** PEM; trusted besides the system's authorities. */
  readonly caCertificate: string | undefined;
}

const linkedServiceTypes = new Set(['AzureSqlDatabase', 'AzureSqlMI', 'SqlServer']);
const connectTimeout = 30_000;

/** Connects as linked services say: their server, their database, their encryption, their way to sign in. */
export function createAzureSql(
  options: AzureSqlOptions,
): (service: LinkedService, signal: AbortSignal) => Promise<SqlConnection> {
  const pool = createSqlPool();
  return async (service, signal) => {
    const lease = await pool.take(service, () => configurationOf(service, options), signal);
    return {
      stream: (command, stop) => streamCommand(lease, command, stop),
      run: (command, stop) => runCommand(lease, command, stop),
      close: async () => lease.giveBack(),
    };
  };
}

function configurationOf(
  { name, type, properties }: LinkedService,
  { credential, caCertificate }: AzureSqlOptions,
): ConnectionConfiguration {
  if (!linkedServiceTypes.has(type))
    throw notImplemented(`Reading SQL through linked service '${name}' of type '${type}'`);
  const { server, database } = properties;
  if (typeof server !== 'string' || typeof database !== 'string')
    throw notImplemented(`Linked service '${name}' without 'server' and 'database' (the legacy connection string)`);
  // "host", "host,port", with or without "tcp:" before it.
  const match = /^(?:tcp:)?([^,]+?)(?:,\s*(\d+))?$/i.exec(server.trim());
  if (match === null)
    throw badDefinition(`The server '${server}' of linked service '${name}' is not a host, or host,port.`);
  const [, host, port] = match;
  return {
    server: host!,
    authentication: signIn(name, properties, credential),
    options: {
      port: port === undefined ? 1433 : Number(port),
      database,
      // The driver's own declaration does not know strict (TDS 8) for all that it speaks it.
      encrypt: encryption(name, properties['encrypt']) as boolean,
      trustServerCertificate: properties['trustServerCertificate'] === true,
      connectTimeout,
      // Commands have limits of their own.
      requestTimeout: 0,
      useUTC: true,
      appName: 'Data Factory',
      // An address is no TLS server name (RFC 6066); the local server's certificate names localhost too.
      ...(isIP(host!) !== 0 && { serverName: 'localhost' }),
      ...(caCertificate === undefined ? {} : { cryptoCredentialsDetails: { ca: [caCertificate] } }),
    },
  };
}

function encryption(name: string, encrypt: unknown): boolean | 'strict' {
  switch (String(encrypt ?? 'mandatory').toLowerCase()) {
    case 'mandatory':
    case 'true':
      return true;
    case 'optional':
    case 'false':
      return false;
    case 'strict':
      return 'strict';
    default:
      throw badDefinition(
        `The encrypt '${String(encrypt)}' of linked service '${name}' is not known; expected mandatory, optional or strict.`,
      );
  }
}

function signIn(
  name: string,
  properties: Readonly<Record<string, unknown>>,
  credential: TokenCredential,
): ConnectionConfiguration['authentication'] {
  const { authenticationType = 'SystemAssignedManagedIdentity' } = properties;
  switch (authenticationType) {
    case 'SystemAssignedManagedIdentity':
    case 'UserAssignedManagedIdentity':
      return { type: 'token-credential', options: { credential } };
    case 'SQL':
      return {
        type: 'default',
        options: {
          userName: String(properties['userName']),
          password: secretOf(properties['password'], `password of linked service '${name}'`),
        },
      };
    default:
      throw notImplemented(`The authenticationType '${String(authenticationType)}' of linked service '${name}'`);
  }
}
