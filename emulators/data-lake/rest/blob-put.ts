import { missingHeader, notImplemented, StorageError } from '../errors.ts';
import type { Properties } from '../store/entry.ts';
import { keyOf } from '../store/location.ts';
import type { Call } from './call.ts';
import { checkedBody, contentLength, contentMd5, header } from './call.ts';
import { checkConditions, wantsAbsence } from './conditions.ts';
import { blobContentProperties, versionHeaders } from './headers.ts';
import { type Answer, type Lake, leaseIdOf, type Operation, targetOf } from './operation.ts';

/** 5000 MiB. */
const maximumBlob = 5000 * 1024 * 1024;

/** https://learn.microsoft.com/rest/api/storageservices/put-blob, of block blobs */
export const blobPut: Operation = {
  name: 'Put Blob',
  permissions: 'cw',
  async handle(call, lake) {
    const type = header(call, 'x-ms-blob-type');
    if (type === undefined) throw missingHeader('x-ms-blob-type');
    if (type !== 'BlockBlob') throw notImplemented(`${type}s: the lake holds block blobs`);
    const length = contentLength(call, maximumBlob);
    const properties: Properties = {
      contentType: header(call, 'content-type'),
      contentEncoding: header(call, 'content-encoding'),
      contentLanguage: header(call, 'content-language'),
      cacheControl: header(call, 'cache-control'),
      ...blobContentProperties(call),
      metadata: withoutFolderMark(call.metadata),
    };
    if (length === 0 && isFolderMark(call)) return putDirectory(call, lake, properties);

    const location = await targetOf(call, lake);
    // Refused at once where it is plain already, and again when the bytes are here: meanwhile others may have written.
    const check = async (): Promise<void> => {
      const entry = await lake.store.entry(location);
      checkConditions(call, entry, 'write');
      lake.leases.check(keyOf(location), leaseIdOf(call));
      if (entry?.kind === 'directory') throw new StorageError('PathConflict');
    };
    await check();
    const staged = await lake.store.stage(checkedBody(call));
    const stated = properties.contentMd5;
    const entry = await lake.store.locks
      .run([keyOf(location)], async () => {
        if (stated !== undefined && stated !== staged.md5) throw new StorageError('Md5Mismatch');
        await check();
        return lake.store.publish(staged, location, { ...properties, contentMd5: staged.md5 }, wantsAbsence(call));
      })
      .catch(async (error: unknown) => {
        await lake.store.discard(staged);
        throw error;
      });
    return {
      status: 201,
      headers: {
        ...versionHeaders(entry),
        'content-md5': contentMd5(call) ?? staged.md5,
        'x-ms-request-server-encrypted': 'true',
      },
    };
  },
};

/** How older tools say "directory" through the Blob API. */
const isFolderMark = (call: Call): boolean =>
  Object.entries(call.metadata ?? {}).some(
    ([name, value]) => name.toLowerCase() === 'hdi_isfolder' && value === 'true',
  );

function withoutFolderMark(metadata: Call['metadata']): Call['metadata'] {
  const kept = Object.entries(metadata ?? {}).filter(([name]) => name.toLowerCase() !== 'hdi_isfolder');
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

async function putDirectory(call: Call, lake: Lake, properties: Properties): Promise<Answer> {
  const location = await targetOf(call, lake);
  const entry = await lake.store.locks.run([keyOf(location)], async () => {
    const existing = await lake.store.entry(location);
    checkConditions(call, existing, 'write');
    if (existing?.kind === 'file') throw new StorageError('PathConflict');
    return lake.store.createDirectory(location, { metadata: properties.metadata }, wantsAbsence(call));
  });
  return { status: 201, headers: versionHeaders(entry) };
}
