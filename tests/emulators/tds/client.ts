import sql from 'mssql';
import { Connection, type ConnectionConfiguration, type Request } from 'tedious';
import type { Fixture } from './fixture.ts';

export interface ClientOptions {
  readonly encrypt?: boolean | 'strict';
  readonly database?: string;
  readonly password?: string;
}

/** npm mssql, as the platform uses it. */
export async function connectPool(fixture: Fixture, options: ClientOptions = {}): Promise<sql.ConnectionPool> {
  const pool = new sql.ConnectionPool({
    server: '127.0.0.1',
    port: fixture.port,
    user: 'sa',
    password: options.password ?? 'secret',
    database: options.database ?? 'shop',
    pool: { max: 1 },
    options: {
      encrypt: (options.encrypt ?? false) as boolean,
      trustServerCertificate: options.encrypt !== 'strict',
      cryptoCredentialsDetails: { ca: fixture.ca },
      // Error 4060 is a transient one to tedious.
      maxRetriesOnTransientErrors: 0,
    },
  });
  await pool.connect();
  return pool;
}

/** A bare tedious connection, for what mssql hides. */
export function connectTedious(fixture: Fixture, config: Partial<ConnectionConfiguration> = {}): Promise<Connection> {
  const { options, ...rest } = config;
  const connection = new Connection({
    server: '127.0.0.1',
    authentication: { type: 'default', options: { userName: 'sa', password: 'secret' } },
    ...rest,
    options: {
      port: fixture.port,
      requestTimeout: 0,
      database: 'shop',
      encrypt: false,
      trustServerCertificate: true,
      ...options,
    },
  });
  return new Promise((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve(connection)));
  });
}

/** Runs what `start` starts on a connection, and resolves with the row count its callback gets. */
export function completed(start: (callback: (error?: Error | null, rows?: number) => void) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    start((error, rows) => (error ? reject(error) : resolve(rows ?? 0)));
  });
}

export function endTedious(connection: Connection): Promise<void> {
  if (connection.closed) return Promise.resolve();
  return new Promise((resolve) => {
    connection.once('end', resolve);
    connection.close();
  });
}

export function rowsOf(request: Request): unknown[][] {
  const rows: unknown[][] = [];
  request.on('row', (columns: { value: unknown }[]) => rows.push(columns.map((column) => column.value)));
  return rows;
}
