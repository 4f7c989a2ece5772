import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dataLakeListener, type RequestLog } from './rest/server.ts';
import { openStore } from './store/index.ts';
import { createLeases } from './store/leases.ts';

export type { RequestLog } from './rest/server.ts';

export interface DataLakeOptions {
  /** The folder: `root/<filesystem>/<path>`. Made where it is missing; one emulator at a time. */
  readonly root: string;
  readonly account: string;
  /** The account's key, base64. */
  readonly key: string;
  readonly port?: number;
  /** PEM. */
  readonly tls: { readonly key: string; readonly cert: string };
  /** Rejects for a token that is not for one of the audiences. */
  readonly verifyToken: (token: string, audience: string | readonly string[]) => Promise<unknown>;
  readonly clock?: () => Date;
  readonly log?: (entry: RequestLog) => void;
}

export interface DataLake {
  readonly port: number;
  /** `https://127.0.0.1:<port>/<account>`, for DFS and Blob alike. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a folder as an ADLS Gen2 account with a hierarchical namespace: DFS and Blob REST over https on 127.0.0.1. */
export async function startDataLake({
  root,
  account,
  key,
  port = 0,
  tls,
  verifyToken,
  clock = () => new Date(),
  log = () => {},
}: DataLakeOptions): Promise<DataLake> {
  if (!/^[a-z0-9]{3,24}$/.test(account))
    throw new Error(`data-lake: the account's name is '${account}'; expected 3 to 24 lower-case letters and digits.`);
  const secret = Buffer.from(key, 'base64');
  if (secret.length === 0) throw new Error("data-lake: the account's key is empty or not base64.");

  const listener = dataLakeListener({
    account,
    key: secret,
    store: await openStore(root, clock),
    leases: createLeases(clock),
    verifyToken,
    clock,
    log,
  });
  // Large uploads over slow hands may take their time; the header has to come at once.
  const server = createServer(
    { ...tls, requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 60_000 },
    listener,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;

  return {
    port: bound,
    url: `https://127.0.0.1:${bound}/${account}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
