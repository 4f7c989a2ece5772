import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { issueCertificate } from '../../emulators/certificate.ts';

/** A request as it came over the wire. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes.
  readonly body: any;
  readonly authorization: string | undefined;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** `cut` breaks the connection, `never` says nothing. */
  readonly fault?: 'cut' | 'never';
}

export interface FakeWorkspace {
  readonly host: string;
  readonly received: Received[];
  close(): Promise<void>;
}

/** An HTTPS server that answers as told: for the faults of the wire, which no emulator makes. This process trusts it from then on. */
export async function startFakeWorkspace(answer: (request: Received, count: number) => Answer): Promise<FakeWorkspace> {
  const { key, cert, ca } = await issueCertificate();
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca]);
  const received: Received[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url!, 'https://localhost');
      const text = Buffer.concat(chunks).toString('utf8');
      const item: Received = {
        method: request.method!,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        body: text === '' ? undefined : JSON.parse(text),
        authorization: request.headers.authorization,
      };
      received.push(item);
      const { status = 200, headers = {}, body = {}, fault } = answer(item, received.length);
      if (fault === 'cut') request.socket.destroy();
      if (fault !== undefined) return;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A credential whose tokens name their scope. */
export const credential = {
  getToken: async (scope: string | string[]) => ({
    token: `for ${scope}`,
    expiresOnTimestamp: Date.now() + 3_600_000,
  }),
};
