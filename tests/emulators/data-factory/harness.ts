import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenCredential } from '@azure/identity';
import type { Connectors, DataFactory, DataFactoryOptions } from '../../../emulators/data-factory/index.ts';
import { startDataFactory } from '../../../emulators/data-factory/index.ts';
import type { ActivityRun, PipelineRun } from '../../../emulators/data-factory/runtime/run-records.ts';
import { type Entra, startEntra } from '../../../emulators/entra/index.ts';

export const identity = {
  subscriptionId: '11111111-2222-3333-4444-555555555555',
  resourceGroup: 'rg-test',
  name: 'adf-test',
};
export const factoryPath = `/subscriptions/${identity.subscriptionId}/resourceGroups/${identity.resourceGroup}/providers/Microsoft.DataFactory/factories/${identity.name}`;

/** Connectors that nothing gets through: for pipelines that stay inside the factory. */
export const noConnectors: Connectors = {
  openSql: () => Promise.reject(new Error('no SQL in this test')),
  openLake: () => {
    throw new Error('no lake in this test');
  },
  http: () => Promise.reject(new Error('no HTTP in this test')),
  token: () => Promise.resolve('token'),
};

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests, whatever they hold.
  readonly json: any;
}

export interface Fixture {
  readonly entra: Entra;
  readonly directory: string;
  readonly ca: string;
  factory: DataFactory;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** PUTs an object, and fails the test when the factory does not take it. */
  publish(collection: string, name: string, properties: unknown): Promise<void>;
  start(pipeline: string, parameters?: unknown, query?: string): Promise<string>;
  /** Waits until a run has ended. */
  ended(runId: string): Promise<PipelineRun>;
  activities(runId: string): Promise<ActivityRun[]>;
  /** Closes the factory and starts it again on the same state. */
  restart(options?: Partial<DataFactoryOptions>): Promise<void>;
  close(): Promise<void>;
}

/** The factory's managed identity, without the way over HTTP. */
export function credentialOf(entra: Entra): TokenCredential {
  return {
    async getToken(scopes) {
      const { token, expiresOn } = await entra.tokenFor([scopes].flat()[0]!.replace(/\/\.default$/, ''));
      return { token, expiresOnTimestamp: expiresOn * 1000 };
    },
  };
}

export async function startFixture(options: Partial<DataFactoryOptions> = {}): Promise<Fixture> {
  const directory = await mkdtemp(join(tmpdir(), 'data-factory-test-'));
  const entra = await startEntra({ directory: join(directory, 'entra') });
  const ca = readFileSync(entra.certificate.caFile, 'utf8');
  const open = (more: Partial<DataFactoryOptions> = {}) =>
    startDataFactory({
      tls: entra.certificate,
      verifyToken: entra.verify,
      credential: credentialOf(entra),
      stateDirectory: join(directory, 'state'),
      caCertificate: ca,
      factory: identity,
      delays: { databricksPoll: 5, copyProgress: 0, retryScale: 0, waitScale: 0.01 },
      connectors: noConnectors,
      ...options,
      ...more,
    });
  const { token } = await entra.tokenFor('https://management.azure.com');
  const fixture: Fixture = {
    entra,
    directory,
    ca,
    factory: await open(),
    call: (method, path, body, headers = {}) =>
      new Promise((resolve, reject) => {
        const url = new URL(
          path.startsWith('https:') ? path : `${path.startsWith('/subscriptions') ? '' : factoryPath}${path}`,
          fixture.factory.url,
        );
        if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', '2018-06-01');
        const sent = request(
          url,
          { method, ca, headers: { authorization: `Bearer ${token}`, ...headers } },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('end', () => {
              const text = Buffer.concat(chunks).toString('utf8');
              resolve({
                status: response.statusCode!,
                headers: response.headers,
                text,
                json: text === '' ? undefined : JSON.parse(text),
              });
            });
          },
        );
        sent.on('error', reject);
        sent.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
      }),
    async publish(collection, name, properties) {
      const answer = await fixture.call('PUT', `/${collection}/${name}`, { properties });
      if (answer.status !== 200) throw new Error(`PUT ${collection}/${name}: ${answer.status} ${answer.text}`);
    },
    async start(pipeline, parameters = {}, query = '') {
      const answer = await fixture.call('POST', `/pipelines/${pipeline}/createRun${query}`, parameters);
      if (answer.status !== 200) throw new Error(`createRun ${pipeline}: ${answer.status} ${answer.text}`);
      return answer.json.runId;
    },
    async ended(runId) {
      for (;;) {
        const { json } = await fixture.call('GET', `/pipelineruns/${runId}`);
        if (['Succeeded', 'Failed', 'Cancelled'].includes(json.status)) return json;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async activities(runId) {
      const window = { lastUpdatedAfter: '2000-01-01T00:00:00Z', lastUpdatedBefore: '2100-01-01T00:00:00Z' };
      const all: ActivityRun[] = [];
      for (let continuationToken: string | undefined; ; ) {
        const { json } = await fixture.call('POST', `/pipelineruns/${runId}/queryActivityruns`, {
          ...window,
          continuationToken,
        });
        all.push(...json.value);
        continuationToken = json.continuationToken;
        if (continuationToken === undefined) return all;
      }
    },
    async restart(more) {
      await fixture.factory.close();
      fixture.factory = await open(more);
    },
    async close() {
      await fixture.factory.close();
      await entra.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return fixture;
}
