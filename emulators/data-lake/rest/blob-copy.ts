import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { notImplemented, StorageError } from '../errors.ts';
import { keyOf } from '../store/location.ts';
import { header } from './call.ts';
import { checkConditions, checkSourceConditions, wantsAbsence } from './conditions.ts';
import { versionHeaders } from './headers.ts';
import { parseTarget } from './names.ts';
import { leaseIdOf, type Operation, targetOf } from './operation.ts';

/**
 * https://learn.microsoft.com/rest/api/storageservices/copy-blob and .../copy-blob-from-url, from this account to this account: a copy is
 * done when the answer arrives.
 */
export const blobCopy: Operation = {
  name: 'Copy Blob',
  permissions: 'cw',
  async handle(call, lake, grant) {
    const from = sourceOf(header(call, 'x-ms-copy-source') ?? '', lake.account, header(call, 'host') ?? '');
    grant.permit({ level: 'path', ...from }, 'r');
    const source = await lake.store.at(from.filesystem, from.path);
    const destination = await targetOf(call, lake);
    const opened = await lake.store.read(source);
    if (opened === undefined) throw new StorageError('CannotVerifyCopySource');
    try {
      checkSourceConditions(call, opened.entry);
    } catch (error) {
      await opened.handle.close();
      throw error;
    }
    const staged = await lake.store.stage(
      createReadStream('', { fd: opened.handle, highWaterMark: 1 << 20 }), // closes the handle
    );
    const entry = await lake.store.locks
      .run([keyOf(destination)], async () => {
        checkConditions(call, await lake.store.entry(destination), 'write');
        lake.leases.check(keyOf(destination), leaseIdOf(call));
        const { properties } = opened.entry;
        const copied = { ...properties, metadata: call.metadata ?? properties.metadata, contentMd5: staged.md5 };
        return lake.store.publish(staged, destination, copied, wantsAbsence(call));
      })
      .catch(async (error: unknown) => {
        await lake.store.discard(staged);
        throw error;
      });
    return {
      status: 202,
      headers: { ...versionHeaders(entry), 'x-ms-copy-id': randomUUID(), 'x-ms-copy-status': 'success' },
    };
  },
};

function sourceOf(source: string, account: string, host: string): { filesystem: string; path: string } {
  const [, authority = '', path = ''] = /^https?:\/\/([^/?#]+)(\/[^?#]*)/.exec(source) ?? [];
  if (authority.toLowerCase() !== host.toLowerCase()) throw notImplemented('copies from another account');
  return parseTarget(path, account);
}
