import { invalidQuery } from '../errors.ts';
import type { Block } from '../store/entry.ts';
import { parameter } from './call.ts';
import { versionHeaders } from './headers.ts';
import { notFound, type Operation, targetOf } from './operation.ts';
import { document, element, xmlHeaders } from './xml.ts';

/** https://learn.microsoft.com/rest/api/storageservices/get-block-list */
export const blobGetBlockList: Operation = {
  name: 'Get Block List',
  permissions: 'r',
  async handle(call, lake) {
    const type = parameter(call, 'blocklisttype')?.toLowerCase() ?? 'committed';
    if (!['committed', 'uncommitted', 'all'].includes(type)) throw invalidQuery('blocklisttype', type);
    const location = await targetOf(call, lake);
    const entry = await lake.store.entry(location);
    const uncommitted = lake.store.uncommittedBlocks(location);
    if (entry === undefined && uncommitted.length === 0) throw notFound(call.api);
    const body = document(
      element('BlockList', [
        type === 'uncommitted' ? '' : blockElements('CommittedBlocks', entry?.properties.blocks ?? []),
        type === 'committed' ? '' : blockElements('UncommittedBlocks', uncommitted),
      ]),
    );
    return {
      status: 200,
      headers: { ...xmlHeaders, ...(entry && versionHeaders(entry)), 'x-ms-blob-content-length': entry?.size ?? 0 },
      body,
    };
  },
};

const blockElements = (name: string, blocks: readonly Block[]): string =>
  element(
    name,
    blocks.map(({ id, size }) => element('Block', [element('Name', id), element('Size', size)])),
  );
