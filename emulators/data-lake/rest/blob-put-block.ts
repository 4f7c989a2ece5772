import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { invalidHeader, missingQuery, notImplemented, StorageError } from '../errors.ts';
import { keyOf, type Location } from '../store/location.ts';
import { type Call, checkedBody, contentLength, contentMd5, header, parameter } from './call.ts';
import { openSource } from './copy-source.ts';
import { type Lake, leaseIdOf, type Operation, targetOf } from './operation.ts';
import { rangeOf } from './range.ts';

/** 4000 MiB. */
const maximumBlock = 4000 * 1024 * 1024;

/** https://learn.microsoft.com/rest/api/storageservices/put-block */
export const blobPutBlock: Operation = {
  name: 'Put Block',
  permissions: 'cw',
  async handle(call, lake) {
    if (contentLength(call, maximumBlock) === 0) throw invalidHeader('Content-Length', '0');
    const id = blockId(call);
    const location = await blockTarget(call, lake);
    await lake.store.putBlock(location, id, checkedBody(call));
    return { status: 201, headers: { 'content-md5': contentMd5(call), 'x-ms-request-server-encrypted': 'true' } };
  },
};

/** https://learn.microsoft.com/rest/api/storageservices/put-block-from-url */
export const blobPutBlockFromUrl: Operation = {
  name: 'Put Block From URL',
  permissions: 'cw',
  async handle(call, lake, grant) {
    if (header(call, 'x-ms-source-content-md5') !== undefined)
      throw notImplemented('the request header x-ms-source-content-md5 of a block');
    const id = blockId(call);
    const location = await blockTarget(call, lake);
    const { entry, handle } = await openSource(call, lake, grant);
    try {
      const { start, length } = rangeOf(call, 'x-ms-source-range', entry.size) ?? { start: 0, length: entry.size };
      if (length > maximumBlock) throw new StorageError('RequestBodyTooLarge');
      const end = start + length - 1;
      const part =
        length === 0
          ? Readable.from([])
          : createReadStream('', { fd: handle, start, end, highWaterMark: 1 << 20, autoClose: false });
      await lake.store.putBlock(location, id, part);
    } finally {
      await handle.close();
    }
    return { status: 201, headers: { 'x-ms-request-server-encrypted': 'true' } };
  },
};

/** Where a block goes. */
async function blockTarget(call: Call, lake: Lake): Promise<Location> {
  const location = await targetOf(call, lake);
  lake.leases.check(keyOf(location), leaseIdOf(call));
  if ((await lake.store.entry(location))?.kind === 'directory') throw new StorageError('PathConflict');
  return location;
}

/** Base64 of up to 64 bytes. */
function blockId(call: Call): string {
  const id = parameter(call, 'blockid');
  if (id === undefined) throw missingQuery('blockid');
  if (!isBlockId(id)) throw new StorageError('InvalidBlockId');
  return id;
}

export const isBlockId = (id: string): boolean =>
  /^[A-Za-z0-9+/]+={0,2}$/.test(id) && id.length % 4 === 0 && Buffer.from(id, 'base64').length <= 64;
