import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, type SqlEngine } from '../../../emulators/databricks/engine/index.ts';
import { type Databricks, startDatabricks } from '../../../emulators/databricks/index.ts';
import { issueCertificate } from '../certificate.ts';

export const token = 'dapi-test';

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the test asserts
  readonly body: any;
}

export interface Client {
  call(method: string, path: string, body?: unknown, bearer?: string): Promise<Reply>;
}

export function clientOf(url: string, ca: string): Client {
  return {
    call: async (method, path, given, bearer = token) => {
      const form = given instanceof FormData ? new Response(given) : undefined;
      const body = form ? Buffer.from(await form.arrayBuffer()) : given;
      const binary = form?.headers.get('content-type') ?? 'application/octet-stream';
      return new Promise((resolve, reject) => {
        const raw = Buffer.isBuffer(body) ? body : body === undefined ? undefined : Buffer.from(JSON.stringify(body));
        const type = Buffer.isBuffer(body) ? binary : 'application/json';
        const sent = request(
          new URL(path, url),
          { method, ca, headers: { authorization: `Bearer ${bearer}`, 'content-type': type } },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('end', () => {
              const text = Buffer.concat(chunks).toString('utf8');
              resolve({
                status: response.statusCode!,
                body: /json/.test(response.headers['content-type'] ?? '') ? JSON.parse(text) : text,
              });
            });
          },
        );
        sent.on('error', reject);
        sent.end(raw);
      });
    },
  };
}

export interface World {
  readonly folder: string;
  readonly databricks: Databricks;
  readonly client: Client;
  restart(): Promise<World>;
  close(): Promise<void>;
}

export async function startWorld(folder = mkdtempSync(join(tmpdir(), 'databricks-'))): Promise<World> {
  const tls = await issueCertificate();
  const databricks = await startDatabricks({
    tls,
    token,
    verifyToken: async (bearer, audience) => {
      if (bearer !== `entra for ${audience}`) throw new Error('not valid');
      return { sub: 'somebody' };
    },
    lakeRoot: join(folder, 'lake'),
    account: 'shop',
    stateDirectory: join(folder, 'state'),
  });
  return {
    folder,
    databricks,
    client: clientOf(databricks.url, tls.ca),
    async restart() {
      await databricks.close();
      return startWorld(folder);
    },
    async close() {
      await databricks.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface EngineWorld {
  readonly folder: string;
  readonly engine: SqlEngine;
  close(): Promise<void>;
}

export async function startEngine(now?: () => number): Promise<EngineWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'spark-sql-'));
  const engine = await openEngine({
    lakeRoot: join(folder, 'lake'),
    account: 'shop',
    stateDirectory: join(folder, 'state'),
    ...(now === undefined ? {} : { now }),
  });
  return {
    folder,
    engine,
    async close() {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Polls a run until it has ended. */
export async function runToEnd(client: Client, runId: number): Promise<Reply['body']> {
  for (;;) {
    const { body } = await client.call('GET', `/api/2.2/jobs/runs/get?run_id=${runId}`);
    if (body.status.state === 'TERMINATED') return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
