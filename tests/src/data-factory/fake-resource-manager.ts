import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type ClientOptions, connectFactory, type FactoryClient } from '../../../src/data-factory/index.ts';
import { issueCertificate } from '../../emulators/certificate.ts';

/** A request as it came over the wire. */
export interface Received {
  readonly method: string;
  /** Below the factory, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly authorization: string | undefined;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
  /** Says nothing at all. */
  readonly silent?: boolean;
}

export interface FakeResourceManager {
  readonly url: string;
  readonly received: Received[];
  /** A client of it that waits for nothing and remembers for how long it would have. */
  client(options?: ClientOptions): FactoryClient;
  readonly delays: number[];
  close(): Promise<void>;
}

const factoryPath = '/subscriptions/s1/resourceGroups/rg/providers/Microsoft.DataFactory/factories/adf';

/** An HTTPS server of canned answers, for the faults of the wire; what a factory does is the emulator's matter. */
export async function startFakeResourceManager(answer: (request: Received) => Answer): Promise<FakeResourceManager> {
  const { key, cert, ca } = await issueCertificate();
  const received: Received[] = [];
  const delays: number[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'https://localhost');
      const item: Received = {
        method: request.method ?? '',
        path: decodeURIComponent(url.pathname).replace(factoryPath, '').replace(/^\//, ''),
        query: url.searchParams,
        body: Buffer.concat(chunks).toString('utf8'),
        authorization: request.headers.authorization,
      };
      received.push(item);
      const { status = 200, headers = {}, body = '', silent = false } = answer(item);
      if (silent) return;
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    received,
    delays,
    client: (options = {}) =>
      connectFactory(
        { url, subscriptionId: 's1', resourceGroup: 'rg', factory: 'adf' },
        { getToken: async (scopes) => ({ token: `for ${scopes}`, expiresOnTimestamp: Date.now() + 3_600_000 }) },
        {
          ca,
          delay: async (milliseconds, signal) => {
            signal?.throwIfAborted();
            delays.push(milliseconds);
          },
          ...options,
        },
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
