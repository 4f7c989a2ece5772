import { type AddressInfo, createServer } from 'node:net';
import { type Collation, SQL_LATIN1 } from './collation.ts';
import { Connection, type ConnectionLimits, type ConnectionOptions } from './connection.ts';
import type { OpenSession } from './session.ts';
import type { TlsCredentials } from './tls.ts';

export interface TdsServerOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly tls: TlsCredentials;
  readonly open: OpenSession;
  /** Receives one line per event worth knowing: refused logins, malformed requests, internal errors. */
  readonly log?: (line: string) => void;
  /** As errors and messages name it. */
  readonly serverName?: string;
  /** `major.minor.build`; Azure SQL Database's is 12.0.2000. */
  readonly serverVersion?: string;
  readonly collation?: Collation;
  /** What clients that fetch their own Entra token are told: where, and for which resource. */
  readonly federation?: { readonly stsUrl: string; readonly spn: string };
  readonly limits?: Partial<ConnectionLimits>;
}

export interface TdsServer {
  readonly port: number;
  /** Ends all connections and waits for their sessions to close. */
  close(): Promise<void>;
}

const LIMITS: ConnectionLimits = {
  loginMs: 15_000,
  tokenMs: 120_000,
  messageBytes: 64 * 1024 * 1024,
  loginBytes: 256 * 1024,
};
/** SPIDs up to 50 belong to the server's own processes. */
const FIRST_USER_PROCESS = 51;

/**
 * Listens for TDS 7.2 to 7.4 and 8.0 on 127.0.0.1. Rejects when the port is taken, or with RangeError for a serverVersion that
 * is not `major.minor.build`.
 */
export async function startTdsServer(options: TdsServerOptions): Promise<TdsServer> {
  let descriptors = 0n;
  let processes = 0;
  const running = new Map<Connection, Promise<void>>();
  const connectionOptions: ConnectionOptions = {
    tls: options.tls,
    open: options.open,
    log: options.log ?? (() => {}),
    serverName: options.serverName ?? 'local',
    version: parseVersion(options.serverVersion ?? '12.0.2000'),
    collation: options.collation ?? SQL_LATIN1,
    federation: options.federation ?? {
      stsUrl: 'https://login.microsoftonline.com/common',
      spn: 'https://database.windows.net/',
    },
    limits: { ...LIMITS, ...options.limits },
    newDescriptor: () => ++descriptors,
  };

  const server = createServer({ noDelay: true }, (socket) => {
    const id = FIRST_USER_PROCESS + (processes++ % 32_000);
    const connection = new Connection(socket, id, connectionOptions);
    running.set(
      connection,
      connection.run().finally(() => running.delete(connection)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });

  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of running.keys()) connection.destroy();
      await Promise.all([...running.values(), closed]);
    },
  };
}

function parseVersion(text: string): readonly [number, number, number] {
  const parts = text.split('.').map(Number);
  const [major, minor, build] = parts;
  const fits = parts.length >= 3 && parts.slice(0, 3).every((part, i) => part >= 0 && part <= (i < 2 ? 0xff : 0xffff));
  if (!fits) throw new RangeError(`TDS: serverVersion ${JSON.stringify(text)} is not major.minor.build`);
  return [major!, minor!, build!];
}
