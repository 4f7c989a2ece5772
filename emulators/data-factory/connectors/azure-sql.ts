import tls from 'node:tls';
import type { TokenCredential } from '@azure/identity';
import sql from 'mssql';
import { ActivityError, badDefinition, notImplemented } from '../runtime/activity-error.ts';
import { batchRows, type ColumnBatch, type ColumnBatches, type InterimValue } from './columns.ts';
import type { LinkedService, SqlCommand, SqlConnection, SqlResult } from './connectors.ts';
import { secretOf } from './secret.ts';
import { bindParameter, type DriverColumn, readerOf, toJson } from './sql-types.ts';

export interface AzureSqlOptions {
  readonly credential: TokenCredential;
  /** PEM; trusted besides the system's authorities. */
  readonly caCertificate: string | undefined;
}

const linkedServiceTypes = new Set(['AzureSqlDatabase', 'AzureSqlMI', 'SqlServer']);
const connectTimeout = 30_000;
/** Batches read ahead of the writer, before the server is asked to wait. */
const readAhead = 8;

/** Connects as the linked service says: its server, its database, its encryption, its way to sign in. */
export async function openAzureSql(
  service: LinkedService,
  options: AzureSqlOptions,
  signal: AbortSignal,
): Promise<SqlConnection> {
  const pool = new sql.ConnectionPool(configurationOf(service, options));
  // A connection that breaks while idle is reported here; the request that uses it next fails by itself.
  pool.on('error', () => {});
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    // A connection attempt cannot be called off; the pool closes it when it has come about.
    await Promise.race([pool.connect(), aborted]);
  } catch (cause) {
    await pool.close().catch(() => {});
    if (signal.aborted) throw signal.reason;
    const { server, database } = service.properties;
    throw new ActivityError(
      'SqlFailedToConnect',
      `Cannot connect to SQL Database. Linked service: '${service.name}', server: '${String(server)}', database: '${String(database)}'. ${(cause as Error).message}`,
      { cause },
    );
  } finally {
    signal.removeEventListener('abort', abort);
  }
  const open = new Set<() => void>();
  return {
    stream: (command, signal) => stream(pool, command, signal, open),
    run: (command, signal) => run(pool, command, signal),
    async close() {
      // Rows that nobody went on to read.
      for (const abandon of open) abandon();
      await pool.close();
    },
  };
}

function configurationOf(
  { name, type, properties }: LinkedService,
  { credential, caCertificate }: AzureSqlOptions,
): sql.config {
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
    port: port === undefined ? 1433 : Number(port),
    database,
    ...signIn(name, properties, credential),
    connectionTimeout: connectTimeout,
    requestTimeout: 0,
    pool: { min: 0, max: 1 },
    arrayRowMode: true,
    options: {
      encrypt: encryption(name, properties['encrypt']) as boolean,
      trustServerCertificate: properties['trustServerCertificate'] === true,
      useUTC: true,
      appName: 'Data Factory',
      ...(caCertificate === undefined
        ? {}
        : { cryptoCredentialsDetails: { ca: [...tls.getCACertificates('default'), caCertificate] } }),
    },
  } as sql.config;
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

function signIn(name: string, properties: Readonly<Record<string, unknown>>, credential: TokenCredential): object {
  const { authenticationType = 'SystemAssignedManagedIdentity' } = properties;
  switch (authenticationType) {
    case 'SystemAssignedManagedIdentity':
    case 'UserAssignedManagedIdentity':
      return { authentication: { type: 'token-credential', options: { credential } } };
    case 'SQL':
      return {
        user: String(properties['userName']),
        password: secretOf(properties['password'], `password of linked service '${name}'`),
      };
    default:
      throw notImplemented(`The authenticationType '${String(authenticationType)}' of linked service '${name}'`);
  }
}

function requestOf(pool: sql.ConnectionPool, command: SqlCommand): sql.Request {
  const request = pool.request();
  for (const parameter of command.parameters) {
    const { type, value } = bindParameter(parameter);
    if (parameter.output === true) request.output(parameter.name, type, value);
    else request.input(parameter.name, type, value);
  }
  return request;
}

const execute = (request: sql.Request, { kind, text }: SqlCommand): Promise<sql.IResult<unknown>> =>
  kind === 'procedure' ? (request.execute(text) as Promise<sql.IResult<unknown>>) : request.query(text);

/** Cancels a request when told to, or when its time is up. @returns what undoes that. */
function limit(
  request: sql.Request,
  { timeout }: SqlCommand,
  signal: AbortSignal,
  fail: (error: Error) => void,
): () => void {
  const stop = (error: Error): void => {
    fail(error);
    request.cancel();
  };
  const abort = () => stop(signal.reason as Error);
  const timer =
    timeout === 0
      ? undefined
      : setTimeout(
          () =>
            stop(new ActivityError('SqlTimeout', `The command did not end within ${timeout / 1000} s (queryTimeout).`)),
          timeout,
        );
  signal.addEventListener('abort', abort, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  };
}

/** The first result set of a command, as batches. Rows stay in the order the server sends them. */
async function stream(
  pool: sql.ConnectionPool,
  command: SqlCommand,
  signal: AbortSignal,
  open: Set<() => void>,
): Promise<ColumnBatches> {
  signal.throwIfAborted();
  const request = requestOf(pool, command);
  request.stream = true;
  const ready: ColumnBatch[] = [];
  let readers: ReturnType<typeof readerOf>[] | undefined;
  let filling: InterimValue[][] = [];
  let ended = false;
  let failure: unknown;
  let wake = () => {};
  const changed = (): void => wake();
  const fail = (error: unknown): void => {
    failure ??= error;
    changed();
  };
  const empty = (): InterimValue[][] => readers!.map(() => []);

  request.on('recordset', (columns: readonly DriverColumn[]) => {
    // Data Factory reads one result set; what follows it is not looked at.
    if (readers !== undefined) return fail(badDefinition('The source answers with more than one result set.'));
    try {
      readers = columns.map(readerOf);
      filling = empty();
    } catch (error) {
      fail(error);
      request.cancel();
    }
    changed();
  });
  request.on('row', (row: readonly unknown[]) => {
    if (readers === undefined || failure !== undefined) return;
    try {
      for (let index = 0; index < readers.length; index++) filling[index]!.push(readers[index]!.read(row[index]));
    } catch (error) {
      fail(error);
      request.cancel();
      return;
    }
    if (filling[0]!.length < batchRows) return;
    ready.push(filling);
    filling = empty();
    if (ready.length >= readAhead) request.pause();
    changed();
  });
  request.on('error', (error: Error) => fail(error));
  request.on('done', () => {
    if (filling[0] !== undefined && filling[0].length > 0) ready.push(filling);
    ended = true;
    changed();
  });
  const lift = limit(request, command, signal, fail);
  const release = (): void => {
    lift();
    open.delete(release);
    if (!ended) request.cancel();
  };
  open.add(release);
  // Errors arrive as events; in streaming mode the promise says nothing more.
  execute(request, command).catch(fail);

  const change = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  while (readers === undefined && !ended && failure === undefined) await change();
  if (failure !== undefined || readers === undefined) {
    release();
    throw failure ?? badDefinition('The source answers with no result set.');
  }

  async function* batches(): AsyncIterable<ColumnBatch> {
    try {
      for (;;) {
        if (failure !== undefined) throw failure;
        const batch = ready.shift();
        if (batch !== undefined) {
          if (ready.length === readAhead - 2) request.resume();
          yield batch;
        } else if (ended) return;
        else await change();
      }
    } finally {
      release();
    }
  }
  return { columns: readers.map(({ column }) => column), batches: batches() };
}

async function run(pool: sql.ConnectionPool, command: SqlCommand, signal: AbortSignal): Promise<SqlResult> {
  signal.throwIfAborted();
  const request = requestOf(pool, command);
  const messages: string[] = [];
  request.on('info', ({ message }: { message: string }) => messages.push(message));
  let stopped: Error | undefined;
  const release = limit(request, command, signal, (error) => {
    stopped ??= error;
  });
  try {
    const result = (await execute(request, command)) as unknown as {
      readonly recordsets: readonly (readonly (readonly unknown[])[] & {
        readonly columns?: readonly DriverColumn[];
      })[];
      readonly columns?: readonly (readonly DriverColumn[])[];
      readonly rowsAffected: readonly number[];
      readonly output: Record<string, unknown>;
    };
    return {
      resultSets: result.recordsets.map((rows, index) => rowsOf(rows, result.columns?.[index] ?? [])),
      rowsAffected: result.rowsAffected.reduce((sum, count) => sum + count, 0),
      outputParameters: result.output,
      messages,
    };
  } catch (error) {
    throw stopped ?? error;
  } finally {
    release();
  }
}

function rowsOf(rows: readonly (readonly unknown[])[], columns: readonly DriverColumn[]): Record<string, unknown>[] {
  const declarations = columns.map(({ type }) => (type as { declaration?: string } | undefined)?.declaration ?? '');
  return rows.map((row) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, toJson(row[index], declarations[index]!)])),
  );
}
