import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { openEngine } from './engine/index.ts';
import { Runner } from './jobs/runner.ts';
import { JobStore } from './jobs/store.ts';
import { operations } from './rest/index.ts';
import type { Service } from './rest/operation.ts';
import { createRestServer } from './server.ts';
import { StatementStore } from './statement-store.ts';
import { WorkspaceStore } from './workspace-store.ts';

/** The application that Entra ID issues Databricks tokens for. */
export const databricksAudience = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d';

export interface DatabricksOptions {
  /** 0 picks a free one. */
  readonly port?: number;
  readonly tls: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** A personal access token that is accepted besides Entra's. */
  readonly token: string;
  /** Checks an Entra token. @returns its claims @throws when it is not valid for the audience */
  readonly verifyToken: (token: string, audience: string) => Promise<unknown>;
  /** The data lake's folder: one folder per filesystem. */
  readonly lakeRoot: string;
  /** The storage account that abfss paths name. */
  readonly account: string;
  /** Catalog, workspace, jobs and runs; kept over restarts. */
  readonly stateDirectory: string;
  /** DuckDB's limit, '512MB' by default. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  readonly clock?: () => Date;
  readonly log?: (message: string) => void;
}

export interface Databricks {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the local Databricks on 127.0.0.1: Jobs, workspace and SQL REST over https, and the engine that runs the SQL. */
export async function startDatabricks(options: DatabricksOptions): Promise<Databricks> {
  const {
    port = 0,
    tls,
    token,
    verifyToken,
    lakeRoot,
    account,
    stateDirectory,
    clock = () => new Date(),
    log = () => {},
  } = options;
  const now = (): number => clock().getTime();
  const engine = await openEngine({
    lakeRoot,
    account,
    stateDirectory,
    now,
    ...(options.memoryLimit === undefined ? {} : { memoryLimit: options.memoryLimit }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  const workspace = new WorkspaceStore(stateDirectory, now);
  const jobs = new JobStore(stateDirectory, now());
  const runner = new Runner({ engine, workspace, store: jobs, now, parallelTasks: 2, log });
  const statements = new StatementStore(engine);
  let url = '';
  const service: Service = { engine, workspace, jobs, runner, statements, url: () => url, now };
  const server = createRestServer({ tls, authenticate: authenticator(token, verifyToken), operations, service, log });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  url = `https://127.0.0.1:${bound}`;
  return {
    port: bound,
    url,
    async close() {
      server.close();
      server.closeAllConnections();
      await Promise.all([runner.close(), statements.close()]);
      await engine.close();
    },
  };
}

/** A personal access token is compared in constant time; anything else must be Entra's. */
function authenticator(
  token: string,
  verifyToken: DatabricksOptions['verifyToken'],
): (bearer: string) => Promise<string> {
  const expected = Buffer.from(token);
  return async (bearer) => {
    const given = Buffer.from(bearer);
    if (expected.length > 0 && given.length === expected.length && timingSafeEqual(given, expected))
      return 'local@localhost';
    const claims = (await verifyToken(bearer, databricksAudience)) as
      | { readonly appid?: unknown; readonly sub?: unknown }
      | undefined;
    return String(claims?.appid ?? claims?.sub ?? 'service-principal');
  };
}
