import { StorageError } from '../errors.ts';
import type { BlockReference } from '../store/blocks.ts';
import { textBody } from './call.ts';
import { wantsAbsence } from './conditions.ts';
import { blobContentProperties, versionHeaders } from './headers.ts';
import { changing, type Operation } from './operation.ts';
import { flatChildren } from './xml.ts';

/** Room for the 50,000 blocks a list may name. */
const maximumList = 8 * 1024 * 1024;
const maximumBlocks = 50_000;

/** https://learn.microsoft.com/rest/api/storageservices/put-block-list */
export const blobPutBlockList: Operation = {
  name: 'Put Block List',
  permissions: 'cw',
  async handle(call, lake) {
    const list = parseBlockList(await textBody(call, maximumList));
    const properties = { ...blobContentProperties(call), metadata: call.metadata };
    const entry = await changing(call, lake, async (location, existing) => {
      if (existing?.kind === 'directory') throw new StorageError('PathConflict');
      return lake.store.commitBlocks(location, list, properties, wantsAbsence(call));
    });
    return { status: 201, headers: { ...versionHeaders(entry), 'x-ms-request-server-encrypted': 'true' } };
  },
};

function parseBlockList(source: string): readonly BlockReference[] {
  const children = flatChildren(source, 'BlockList');
  if (children === undefined) throw new StorageError('InvalidXmlDocument');
  if (children.length > maximumBlocks) throw new StorageError('InvalidBlockList');
  return children.map(([from, id]) => {
    if (from !== 'Committed' && from !== 'Uncommitted' && from !== 'Latest')
      throw new StorageError('InvalidXmlDocument');
    return { from, id };
  });
}
