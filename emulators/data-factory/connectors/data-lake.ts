import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { posix } from 'node:path';
import type { RestError } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import {
  DataLakeServiceClient,
  type StoragePipelineOptions,
  StorageSharedKeyCredential,
} from '@azure/storage-file-datalake';
import { ActivityError, badDefinition, notImplemented } from '../runtime/activity-error.ts';
import type { Lake, LakeItem, LinkedService } from './connectors.ts';
import { secretOf } from './secret.ts';

export interface DataLakeOptions {
  readonly credential: TokenCredential;
  readonly caCertificate: string | undefined;
}

const chunkSize = 8 * 1024 * 1024;

/** Opens the account that an AzureBlobFS linked service names. */
export function openDataLake(service: LinkedService, options: DataLakeOptions): Lake {
  const client = clientOf(service, options);
  return {
    /**
     * Under a name that readers pass over (`_` in front) first, then renamed over the target: a reader meets the old file or the
     * new one, and a copy that dies leaves neither half.
     */
    async upload(fileSystem, path, localFile, signal) {
      const target = client.getFileSystemClient(fileSystem);
      const temporary = posix.join(posix.dirname(path), `_${posix.basename(path)}.${randomUUID()}.tmp`);
      const file = target.getFileClient(temporary);
      try {
        await explain(fileSystem, path, signal, async () => {
          await file.uploadFile(localFile, { abortSignal: signal, chunkSize, maxConcurrency: 2 });
          await file.move(fileSystem, path, { abortSignal: signal });
        });
      } catch (error) {
        await file.deleteIfExists().catch(() => {});
        throw error;
      }
      return (await stat(localFile)).size;
    },
    stat: (fileSystem, path, signal) =>
      explain(fileSystem, path, signal, async () => {
        const file = client.getFileSystemClient(fileSystem).getFileClient(path);
        try {
          const properties = await file.getProperties({ abortSignal: signal });
          return {
            path,
            isDirectory: properties.metadata?.['hdi_isfolder'] === 'true',
            size: properties.contentLength ?? 0,
            lastModified: properties.lastModified ?? new Date(0),
          };
        } catch (error) {
          if ((error as { statusCode?: number }).statusCode === 404) return undefined;
          throw error;
        }
      }),
    async *list(fileSystem, path, recursive, signal) {
      const pages = client.getFileSystemClient(fileSystem).listPaths({ path, recursive, abortSignal: signal });
      for await (const item of pages)
        yield {
          path: item.name ?? '',
          isDirectory: item.isDirectory ?? false,
          size: item.contentLength ?? 0,
          lastModified: item.lastModified ?? new Date(0),
        } satisfies LakeItem;
    },
    delete: (fileSystem, path, recursive, signal) =>
      explain(fileSystem, path, signal, async () => {
        await client
          .getFileSystemClient(fileSystem)
          .getFileClient(path)
          .deleteIfExists(recursive, { abortSignal: signal });
      }),
  };
}

function clientOf(
  { name, type, properties }: LinkedService,
  { credential, caCertificate }: DataLakeOptions,
): DataLakeServiceClient {
  if (type !== 'AzureBlobFS') throw notImplemented(`A lake behind linked service '${name}' of type '${type}'`);
  const { url } = properties;
  if (typeof url !== 'string' || !URL.canParse(url))
    throw badDefinition(`The url '${String(url)}' of linked service '${name}' is not a URL.`);
  if (properties['servicePrincipalId'] !== undefined || properties['sasUri'] !== undefined)
    throw notImplemented(`Signing in to linked service '${name}' with a service principal or a SAS`);
  const key = properties['accountKey'];
  const signIn =
    key === undefined
      ? credential
      : new StorageSharedKeyCredential(accountOf(url), secretOf(key, `accountKey of linked service '${name}'`));
  return new DataLakeServiceClient(url, signIn, caCertificate === undefined ? {} : trusting(caCertificate));
}

/** `https://<account>.dfs...`, or `https://127.0.0.1:port/<account>`. */
function accountOf(url: string): string {
  const { hostname, pathname } = new URL(url);
  return pathname.split('/').find((part) => part !== '') ?? hostname.split('.')[0]!;
}

/** The storage clients hand what they do not know on to the pipeline below them, which takes TLS settings. */
function trusting(caCertificate: string): StoragePipelineOptions {
  return { tlsOptions: { ca: [caCertificate] } } as StoragePipelineOptions;
}

async function explain<T>(fileSystem: string, path: string, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    if (cause instanceof ActivityError) throw cause;
    const { statusCode, code, message } = cause as Partial<RestError>;
    const detail = code ?? (cause as { details?: { errorCode?: string } }).details?.errorCode ?? 'Unknown';
    throw new ActivityError(
      'AdlsGen2OperationFailed',
      `ErrorCode=AdlsGen2OperationFailed, Message=ADLS Gen2 operation failed for: Operation returned an invalid status code '${statusCode ?? 'none'}'. FileSystem: '${fileSystem}'. Path: '${path}'. ErrorCode: '${detail}'. ${String(message).split('\n')[0]}`,
      { cause },
    );
  }
}
