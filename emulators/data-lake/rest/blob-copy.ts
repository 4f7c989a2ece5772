import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Grant } from '../auth/grant.ts';
import { StorageError } from '../errors.ts';
import type { Entry, Properties } from '../store/entry.ts';
import { keyOf } from '../store/location.ts';
import { type Call, header } from './call.ts';
import { checkConditions, wantsAbsence } from './conditions.ts';
import { openSource } from './copy-source.ts';
import { blobContentProperties, versionHeaders } from './headers.ts';
import { type Lake, leaseIdOf, notFound, type Operation, targetOf } from './operation.ts';

/**
 * https://learn.microsoft.com/rest/api/storageservices/copy-blob and .../copy-blob-from-url, from this account to this account: a copy is
 * done when the answer arrives.
 */
export const blobCopy: Operation = {
  name: 'Copy Blob',
  permissions: 'cw',
  async handle(call, lake, grant) {
    const { entry } = await copied(call, lake, grant, (source) => ({
      ...source,
      metadata: call.metadata ?? source.metadata,
    }));
    return {
      status: 202,
      headers: { ...versionHeaders(entry), 'x-ms-copy-id': randomUUID(), 'x-ms-copy-status': 'success' },
    };
  },
};

/**
 * https://learn.microsoft.com/rest/api/storageservices/put-blob-from-url: a Put Blob whose content is another's. The content headers come
 * along unless the caller gives them; metadata does not.
 */
export const blobPutFromUrl: Operation = {
  name: 'Put Blob From URL',
  permissions: 'cw',
  async handle(call, lake, grant) {
    const own = header(call, 'x-ms-copy-source-blob-properties')?.toLowerCase() === 'false';
    const { entry, contentMd5 } = await copied(call, lake, grant, (source) => ({
      ...(own ? {} : source),
      ...blobContentProperties(call),
      metadata: call.metadata,
    }));
    return {
      status: 201,
      headers: { ...versionHeaders(entry), 'content-md5': contentMd5, 'x-ms-request-server-encrypted': 'true' },
    };
  },
};

/** https://learn.microsoft.com/rest/api/storageservices/abort-copy-blob: none is ever under way. */
export const blobAbortCopy: Operation = {
  name: 'Abort Copy Blob',
  permissions: 'w',
  async handle(call, lake) {
    if ((await lake.store.entry(await targetOf(call, lake))) === undefined) throw notFound(call.api);
    throw new StorageError('NoPendingCopyOperation');
  },
};

async function copied(
  call: Call,
  lake: Lake,
  grant: Grant,
  propertiesOf: (source: Properties) => Properties,
): Promise<{ entry: Entry; contentMd5: string }> {
  const destination = await targetOf(call, lake);
  const source = await openSource(call, lake, grant);
  const staged = await lake.store.stage(
    createReadStream('', { fd: source.handle, highWaterMark: 1 << 20 }), // closes the handle
  );
  const entry = await lake.store.locks
    .run([keyOf(destination)], async () => {
      const wanted = header(call, 'x-ms-source-content-md5');
      if (wanted !== undefined && wanted !== staged.md5) throw new StorageError('Md5Mismatch');
      const existing = await lake.store.entry(destination);
      checkConditions(call, existing, 'write');
      lake.leases.check(keyOf(destination), leaseIdOf(call));
      if (existing?.kind === 'directory') throw new StorageError('PathConflict');
      const properties = { ...propertiesOf(source.entry.properties), contentMd5: staged.md5 };
      return lake.store.publish(staged, destination, properties, wantsAbsence(call));
    })
    .catch(async (error: unknown) => {
      await lake.store.discard(staged);
      throw error;
    });
  return { entry, contentMd5: staged.md5 };
}
