import { isIP } from 'node:net';
import type { TokenCredential } from '@azure/identity';
import sql from 'mssql';
import { ConfigurationError } from '../errors.ts';
import { chain, defaultRetry, errorNumber, type RetryPolicy, withRetry } from './retry.ts';

export interface SqlEndpoint {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

export interface OpenOptions {
  /** How the connection names itself in sys.dm_exec_sessions. */
  readonly applicationName?: string;
  /** Connections at most, 4 by default. */
  readonly maximumConnections?: number;
  /** Milliseconds; 30,000 by default, as a serverless database may have to wake up. */
  readonly connectTimeout?: number;
  /** Milliseconds; ten minutes by default, as one request applies a whole slice. */
  readonly requestTimeout?: number;
  readonly retry?: RetryPolicy;
}

/**
 * Opens a pool on Azure SQL Database (or Synapse serverless, which speaks the same) with an Entra token. The connection is
 * encrypted and the certificate checked against the process's authorities, in every environment.
 * @throws ConfigurationError when the server cannot be reached or does not let us in.
 */
export async function openSql(
  endpoint: SqlEndpoint,
  credential: TokenCredential,
  options: OpenOptions = {},
): Promise<sql.ConnectionPool> {
  const config = {
    server: endpoint.host,
    port: endpoint.port,
    database: endpoint.database,
    authentication: { type: 'token-credential', options: { credential } },
    // Checks a pooled connection by its socket: the default sends a SELECT 1 before every request.
    validateConnection: 'socket',
    connectionTimeout: options.connectTimeout ?? 30_000,
    requestTimeout: options.requestTimeout ?? 600_000,
    pool: { min: 0, max: options.maximumConnections ?? 4, idleTimeoutMillis: 30_000 },
    options: {
      encrypt: true,
      trustServerCertificate: false,
      useUTC: true,
      appName: options.applicationName ?? 'azure-dataops',
      // Fewer, larger packets for bulk loads; the server may settle on less.
      packetSize: 16_384,
      // An address is no TLS server name (RFC 6066). Only loopback is reached by address, and its certificate names localhost.
      ...(isIP(endpoint.host) !== 0 && { serverName: 'localhost' }),
    },
  } as unknown as sql.config;
  try {
    return await withRetry(async () => {
      const pool = new sql.ConnectionPool(config);
      // A pooled connection that breaks while idle is replaced at its next use; without a listener it would end the process.
      pool.on('error', () => {});
      return pool.connect();
    }, options.retry ?? defaultRetry);
  } catch (cause) {
    throw new ConfigurationError(explain(endpoint, cause), { cause });
  }
}

function explain({ host, port, database }: SqlEndpoint, cause: unknown): string {
  const where = `azure-sql: cannot open database '${database}' at ${host}:${port}`;
  const message = rootMessage(cause);
  switch (errorNumber(cause)) {
    case 18456:
      return `${where}: the server refused the sign-in (18456). Make the identity a user of the database: CREATE USER [name] FROM EXTERNAL PROVIDER.`;
    case 4060:
      return `${where}: no such database, or no right to it (4060). Check endpoints.azureSql.database.`;
    case 40615:
      return `${where}: the server's firewall refused this address (40615). Add a rule for it.`;
    default:
      return `${where}: ${message}. Check endpoints.azureSql in the environment and that the service is up.`;
  }
}

/** The innermost message says what happened, such as `connect ECONNREFUSED 127.0.0.1:1433`. */
function rootMessage(error: unknown): string {
  const messages = Array.from(chain(error), ({ message }) => message).filter((message) => typeof message === 'string');
  return messages.findLast((message) => message !== '') ?? String(error);
}
