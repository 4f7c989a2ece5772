import { invalidHeader, missingQuery, StorageError } from '../errors.ts';
import { keyOf } from '../store/location.ts';
import { type Call, checkedBody, contentLength, contentMd5, parameter } from './call.ts';
import { leaseIdOf, type Operation, targetOf } from './operation.ts';

/** 4000 MiB. */
const maximumBlock = 4000 * 1024 * 1024;

/** https://learn.microsoft.com/rest/api/storageservices/put-block */
export const blobPutBlock: Operation = {
  name: 'Put Block',
  permissions: 'cw',
  async handle(call, lake) {
    if (contentLength(call, maximumBlock) === 0) throw invalidHeader('Content-Length', '0');
    const id = blockId(call);
    const location = await targetOf(call, lake);
    lake.leases.check(keyOf(location), leaseIdOf(call));
    if ((await lake.store.entry(location))?.kind === 'directory') throw new StorageError('PathConflict');
    await lake.store.putBlock(location, id, checkedBody(call));
    return { status: 201, headers: { 'content-md5': contentMd5(call), 'x-ms-request-server-encrypted': 'true' } };
  },
};

/** Base64 of up to 64 bytes. */
function blockId(call: Call): string {
  const id = parameter(call, 'blockid');
  if (id === undefined) throw missingQuery('blockid');
  if (!isBlockId(id)) throw new StorageError('InvalidBlockId');
  return id;
}

export const isBlockId = (id: string): boolean =>
  /^[A-Za-z0-9+/]+={0,2}$/.test(id) && id.length % 4 === 0 && Buffer.from(id, 'base64').length <= 64;
