import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import { type DataLake, type RequestLog, startDataLake } from '../../../emulators/data-lake/index.ts';
import { type Entra, startEntra } from '../../../emulators/entra/index.ts';

export const account = 'lake';
export const key = Buffer.from('a key of the tests').toString('base64');

export interface Harness {
  readonly entra: Entra;
  readonly lake: DataLake;
  readonly root: string;
  readonly service: DataLakeServiceClient;
  readonly log: RequestLog[];
  readonly clock: { now: Date | undefined };
  restart(): Promise<Harness>;
  close(): Promise<void>;
}

export const credential = new StorageSharedKeyCredential(account, key);
export const noRetries = { retryOptions: { maxTries: 1 } };

export async function startHarness(folder?: string): Promise<Harness> {
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'lake-')));
  const root = join(home, 'lake');
  const clock: Harness['clock'] = { now: undefined };
  const entra = await startEntra({ directory: join(home, 'entra') });
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(entra.certificate.caFile, 'utf8')]);
  const log: RequestLog[] = [];
  const lake = await startDataLake({
    root,
    account,
    key,
    tls: entra.certificate,
    verifyToken: entra.verify,
    clock: () => clock.now ?? new Date(),
    log: (entry) => log.push(entry),
  });
  const stop = async (): Promise<void> => {
    await lake.close();
    await entra.close();
  };
  return {
    entra,
    lake,
    root,
    log,
    clock,
    service: new DataLakeServiceClient(lake.url, credential, noRetries),
    async restart() {
      await stop();
      return startHarness(home);
    },
    async close() {
      await stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The service's answer to a call that is to fail: status and code. */
export async function refusal(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
    return 'no error';
  } catch (error) {
    const { statusCode, code, details } = error as {
      statusCode?: number;
      code?: string;
      details?: { errorCode?: string };
    };
    return [statusCode, code ?? details?.errorCode];
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function text(stream: NodeJS.ReadableStream | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
