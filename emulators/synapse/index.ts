import { authenticator } from '../sql-server/authenticate.ts';
import { SqlSession } from '../sql-server/index.ts';
import { startTdsServer } from '../tds/index.ts';
import { Databases } from './databases.ts';
import { synapseDialect } from './dialect.ts';

export interface SynapseOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** PEM. */
  readonly tls: { readonly key: string; readonly cert: string };
  /** The folder behind the storage account: `<root>/<filesystem>/<path>`. */
  readonly lakeRoot: string;
  readonly account: string;
  /** Where the databases' views and data sources are kept. */
  readonly stateDirectory: string;
  readonly users: readonly { readonly name: string; readonly password: string }[];
  readonly verifyToken: (token: string, audience: string) => Promise<{ name: string }>;
  /** DuckDB's, per database. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  readonly clock?: () => Date;
  readonly log?: (line: string) => void;
}

export interface Synapse {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts a local serverless SQL pool on 127.0.0.1. */
export async function startSynapse(options: SynapseOptions): Promise<Synapse> {
  const databases = await Databases.open(options.stateDirectory, {
    clock: options.clock ?? (() => new Date()),
    memoryLimit: options.memoryLimit ?? '256MB',
    threads: options.threads ?? 2,
  });
  try {
    const dialect = synapseDialect({ root: options.lakeRoot, account: options.account }, databases);
    const authenticate = authenticator(options);
    let sessions = 50;
    const server = await startTdsServer({
      port: options.port ?? 0,
      tls: options.tls,
      ...(options.log ? { log: options.log } : {}),
      async open(login) {
        const name = await authenticate(login);
        sessions += 1;
        return SqlSession.open(sessions, databases.find(login.database), dialect, {
          name,
          application: login.application,
          host: login.host,
        });
      },
    });
    return {
      port: server.port,
      async close() {
        await server.close();
        databases.close();
      },
    };
  } catch (error) {
    databases.close();
    throw error;
  }
}
