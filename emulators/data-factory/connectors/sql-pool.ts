import { Connection, type ConnectionConfiguration } from 'tedious';
import { ActivityError } from '../runtime/activity-error.ts';
import type { LinkedService } from './connectors.ts';

/** A connection in use by one activity. */
export interface SqlLease {
  readonly connection: Connection;
  /** Tells that the connection is not to be used again: a request on it was cut off. */
  spoil(): void;
  /** To be called once, when the activity is done with it. */
  giveBack(): void;
  /** What has to stop when the connection is given back, such as a reader that nobody reads. */
  readonly abandon: Set<() => void>;
}

export interface SqlPool {
  /** @throws ActivityError (SqlFailedToConnect) */
  take(service: LinkedService, configure: () => ConnectionConfiguration, signal: AbortSignal): Promise<SqlLease>;
}

/** A connection for as long as it lives. */
interface Member {
  readonly connection: Connection;
  spoilt: boolean;
  /** Closes it when nobody has wanted it for a while. */
  timer?: NodeJS.Timeout;
}

/** How long a connection waits for the next activity that wants it. Pipelines follow one activity with another at once. */
const idleTimeout = 5000;

/** Keeps connections for the next activity on the same linked service. One that is used again is reset first, as ADO.NET does. */
export function createSqlPool(): SqlPool {
  const idle = new Map<string, Member[]>();

  async function reuse(key: string): Promise<Member | undefined> {
    for (let next = idle.get(key)?.pop(); next !== undefined; next = idle.get(key)?.pop()) {
      clearTimeout(next.timer);
      const { connection } = next;
      const usable =
        !next.spoilt && (await new Promise<boolean>((resolve) => connection.reset((error) => resolve(error == null))));
      if (usable) return next;
      connection.close();
    }
    return undefined;
  }

  async function open(
    service: LinkedService,
    configuration: ConnectionConfiguration,
    signal: AbortSignal,
  ): Promise<Member> {
    const member: Member = { connection: await connect(service, configuration, signal), spoilt: false };
    const spoil = () => {
      member.spoilt = true;
      clearTimeout(member.timer);
    };
    // Without a listener an error between requests would end the process; who takes the connection next sees that it is spoilt.
    member.connection.on('error', spoil);
    member.connection.on('end', spoil);
    return member;
  }

  return {
    async take(service, configure, signal) {
      signal.throwIfAborted();
      const key = JSON.stringify([service.name, service.properties]);
      const member = (await reuse(key)) ?? (await open(service, configure(), signal));
      const { connection } = member;
      const abandon = new Set<() => void>();
      return {
        connection,
        abandon,
        spoil: () => {
          member.spoilt = true;
        },
        giveBack() {
          for (const stop of abandon) stop();
          if (member.spoilt) return connection.close();
          member.timer = setTimeout(() => connection.close(), idleTimeout).unref();
          idle.set(key, [...(idle.get(key) ?? []).filter((one) => !one.spoilt), member]);
        },
      };
    },
  };
}

async function connect(
  service: LinkedService,
  configuration: ConnectionConfiguration,
  signal: AbortSignal,
): Promise<Connection> {
  const connection = new Connection(configuration);
  let abort = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      abort = () => {
        connection.close();
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      connection.connect((error) => (error == null ? resolve() : reject(error)));
    });
    return connection;
  } catch (cause) {
    connection.close();
    if (signal.aborted) throw signal.reason;
    const { server, database } = service.properties;
    throw new ActivityError(
      'SqlFailedToConnect',
      `Cannot connect to SQL Database. Linked service: '${service.name}', server: '${String(server)}', database: '${String(database)}'. ${messageOf(cause)}`,
      { cause },
    );
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Several attempts, or several errors of one request, come as one AggregateError. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(' ');
  return error instanceof Error ? error.message : String(error);
}
