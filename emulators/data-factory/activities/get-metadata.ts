import { posix } from 'node:path';
import { resolveDataset } from '../connectors/resolve.ts';
import type { ActivityType } from '../runtime/activity-context.ts';
import { ActivityError, notImplemented } from '../runtime/activity-error.ts';
import { asText } from '../runtime/parameters.ts';
import { locationOf } from './lake-location.ts';
import { integrationRuntime } from './lookup.ts';
import { readArray, requireReference } from './properties.ts';

const known = new Set(['exists', 'itemName', 'itemType', 'size', 'lastModified', 'childItems']);

/** What a file or a folder in a lake is like. Without `exists` in the field list, one that is not there is an error. */
export const getMetadata: ActivityType = {
  control: false,
  async execute(context) {
    const dataset = resolveDataset(
      context.host,
      requireReference(context, context.properties['dataset'], 'dataset'),
      context.scope,
    );
    const fields = readArray(context, 'fieldList').map(asText);
    for (const field of fields) if (!known.has(field)) throw notImplemented(`The GetMetadata field '${field}'`);
    const { fileSystem, path } = locationOf(context, dataset);
    context.input({ dataset: { referenceName: dataset.name, type: 'DatasetReference' }, fieldList: fields });

    const lake = context.host.connectors.openLake(dataset.linkedService);
    const item = await lake.stat(fileSystem, path, context.signal);
    const common = { effectiveIntegrationRuntime: integrationRuntime, durationInQueue: { integrationRuntimeQueue: 0 } };
    if (item === undefined) {
      if (fields.includes('exists')) return { exists: false, ...common };
      throw new ActivityError('2011', `The required Blob is missing. Filesystem: '${fileSystem}', path: '${path}'.`);
    }
    const output: Record<string, unknown> = {};
    for (const field of fields) {
      if (field === 'exists') output['exists'] = true;
      if (field === 'itemName') output['itemName'] = posix.basename(path);
      if (field === 'itemType') output['itemType'] = item.isDirectory ? 'Folder' : 'File';
      if (field === 'size' && !item.isDirectory) output['size'] = item.size;
      if (field === 'lastModified') output['lastModified'] = item.lastModified.toISOString().replace(/\.\d{3}Z$/, 'Z');
      if (field === 'childItems' && item.isDirectory) {
        const children: { name: string; type: string }[] = [];
        for await (const child of lake.list(fileSystem, path, false, context.signal))
          children.push({ name: posix.basename(child.path), type: child.isDirectory ? 'Folder' : 'File' });
        output['childItems'] = children;
      }
    }
    return { ...output, ...common };
  },
};
