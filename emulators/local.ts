import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startAzureSql } from './azure-sql/index.ts';
import { startDataFactoryThread } from './data-factory/start-thread.ts';
import { startDataLake } from './data-lake/index.ts';
import { startDatabricks } from './databricks/index.ts';
import { startEntra } from './entra/index.ts';
import { type ClaimOptions, claim, explainFileError, LocalEnvironmentError, secretsOf, writeWhole } from './state.ts';
import { startSynapse } from './synapse/index.ts';

export type Service = 'azureSql' | 'synapse' | 'dataLake' | 'dataFactory' | 'databricks' | 'entra';

export interface LocalOptions extends ClaimOptions {
  /** The folder that holds all state: `.local`. */
  readonly directory: string;
  /** Ports by service; 0 or none for any that is free. */
  readonly ports?: Partial<Readonly<Record<Service, number>>>;
  readonly log?: (message: string) => void;
}

export interface Local {
  /** What `endpoints.json` holds (`src/environments/schema.ts`). */
  readonly endpoints: Readonly<Record<string, unknown>>;
  readonly endpointsFile: string;
  /** Where state of other contents lies now, when the folder held some. */
  readonly setAside?: string;
  close(): Promise<void>;
}

const account = 'dataopslocal';
const database = 'shop';
const user = 'dataops';
const factory = {
  subscriptionId: '00000000-0000-0000-0000-000000000000',
  resourceGroup: 'rg-local',
  name: 'adf-local',
};

/**
 * Starts every service on 127.0.0.1 and writes `endpoints.json` once all of them answer.
 * @throws LocalEnvironmentError when a port is taken, or the folder is in use or of another version.
 */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const { directory, ports = {}, log } = options;
  const { release, setAside } = await claim(directory, options);
  const started: { close(): Promise<void> }[] = [];
  const endpointsFile = join(directory, 'endpoints.json');
  const close = async (): Promise<void> => {
    rmSync(endpointsFile, { force: true });
    try {
      for (const service of started.reverse()) await service.close();
    } finally {
      release();
    }
  };
  const start = async <T extends { close(): Promise<void> }>(service: Service, starting: Promise<T>): Promise<T> => {
    try {
      const running = await starting;
      started.push(running);
      return running;
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException;
      if (syscall !== 'listen') throw error;
      throw new LocalEnvironmentError(
        `local: port ${ports[service]} for ${service} ${code === 'EADDRINUSE' ? 'is taken. Free it' : `cannot be had (${code})`}, or choose others with --port-base (0 takes any that are free).`,
        { cause: error },
      );
    }
  };

  try {
    const secrets = secretsOf(directory);
    const folder = (name: string): string => {
      const path = join(directory, name);
      mkdirSync(path, { recursive: true, mode: 0o700 });
      return path;
    };
    const lakeRoot = folder('lake');
    const entra = await start('entra', startEntra({ directory: folder('entra'), port: ports.entra ?? 0 }));
    const tls = { key: entra.certificate.key, cert: entra.certificate.cert };
    const verifyToken = entra.verify;
    const common = { tls, verifyToken, ...(log && { log }) };
    const users = [{ name: user, password: secrets.sqlPassword }];

    const lake = await start(
      'dataLake',
      startDataLake({
        tls,
        verifyToken,
        root: lakeRoot,
        account,
        key: secrets.lakeKey,
        port: ports.dataLake ?? 0,
        ...(log && {
          log: ({ method, path, status, milliseconds, error }) =>
            log(`data-lake: ${method} ${path} ${status} ${Math.round(milliseconds)} ms${error ? ` ${error}` : ''}`),
        }),
      }),
    );
    const sql = await start(
      'azureSql',
      startAzureSql({
        ...common,
        file: join(folder('azure-sql'), 'shop.duckdb'),
        // Four copies sort their windows at a time: with millions of rows each, less makes them wait for one another.
        memoryLimit: '768MB',
        database,
        users,
        port: ports.azureSql ?? 0,
        clock: () => new Date(),
      }),
    );
    const synapse = await start(
      'synapse',
      startSynapse({
        ...common,
        lakeRoot,
        account,
        stateDirectory: folder('synapse'),
        users,
        port: ports.synapse ?? 0,
      }),
    );
    const databricks = await start(
      'databricks',
      startDatabricks({
        ...common,
        lakeRoot,
        account,
        token: secrets.databricksToken,
        stateDirectory: folder('databricks'),
        port: ports.databricks ?? 0,
      }),
    );
    const dataFactory = await start(
      'dataFactory',
      startDataFactoryThread({
        ...common,
        factory,
        // The service looks at a job every 5 s and waits 30 s before a retry; here both answer at once.
        delays: { databricksPoll: 100, retryScale: 0.05 },
        stateDirectory: folder('data-factory'),
        caCertificate: readFileSync(entra.certificate.caFile, 'utf8'),
        credential: {
          getToken: async (scopes) => {
            const scope = Array.isArray(scopes) ? scopes[0] : scopes;
            const { token, expiresOn } = await entra.tokenFor(String(scope).replace(/\/\.default$/, ''));
            return { token, expiresOnTimestamp: expiresOn * 1000 };
          },
        },
        port: ports.dataFactory ?? 0,
      }),
    );

    const endpoints = {
      azureSql: { host: '127.0.0.1', port: sql.port, database, user, password: secrets.sqlPassword },
      synapse: { host: '127.0.0.1', port: synapse.port, database, user, password: secrets.sqlPassword },
      dataLake: { url: lake.url, account, key: secrets.lakeKey, root: lakeRoot },
      dataFactory: {
        url: dataFactory.url,
        subscriptionId: factory.subscriptionId,
        resourceGroup: factory.resourceGroup,
        factory: factory.name,
      },
      databricks: { host: databricks.url, token: secrets.databricksToken, warehouseId: 'local' },
      caCertificate: entra.certificate.caFile,
      identity: entra.identity,
    };
    writeWhole(endpointsFile, endpoints);
    return { endpoints, endpointsFile, ...(setAside !== undefined && { setAside }), close };
  } catch (error) {
    await close();
    throw explainFileError(error, directory);
  }
}
