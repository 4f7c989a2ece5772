import { StorageError } from '../errors.ts';
import type { Entry } from '../store/entry.ts';
import type { Listed } from '../store/index.ts';
import { keyOf } from '../store/location.ts';
import { accessOf } from './access-control.ts';
import { type Call, integerParameter, parameter } from './call.ts';
import { metadataElements } from './list-containers.ts';
import { parsePath } from './names.ts';
import type { Lake, Operation } from './operation.ts';
import { decodeContinuation, encodeContinuation, relativeTo, startBelow } from './paging.ts';
import { document, element, text, xmlHeaders } from './xml.ts';

const maximumResults = 5000;

/**
 * https://learn.microsoft.com/rest/api/storageservices/list-blobs, with what an account with a hierarchical namespace adds: directories
 * are blobs with `hdi_isfolder`, and a prefix where the delimiter is `/`.
 */
export const listBlobs: Operation = {
  name: 'List Blobs',
  permissions: 'l',
  async handle(call, lake) {
    const limit = integerParameter(call, 'maxresults', maximumResults);
    if (limit < 1)
      throw new StorageError('OutOfRangeQueryParameterValue', { elements: { QueryParameterName: 'maxresults' } });
    const delimiter = parameter(call, 'delimiter');
    if (delimiter !== undefined && delimiter !== '/')
      throw new StorageError('InvalidQueryParameterValue', {
        elements: { QueryParameterName: 'delimiter', QueryParameterValue: delimiter },
        message: "With a hierarchical namespace the only delimiter is '/'.",
      });
    const { listed, next } = await collect(call, lake, delimiter !== undefined, Math.min(limit, maximumResults));
    const withMetadata = (parameter(call, 'include') ?? '').split(',').includes('metadata');
    const items = await Promise.all(
      listed.map(({ name, entry }) =>
        delimiter !== undefined && entry.kind === 'directory'
          ? element('BlobPrefix', [element('Name', `${name}/`)])
          : blobElement(call, lake, name, entry, withMetadata),
      ),
    );
    const body = document(
      `<EnumerationResults ServiceEndpoint="${text(`https://127.0.0.1/${lake.account}/`)}" ContainerName="${text(call.filesystem)}">${[
        element('Prefix', parameter(call, 'prefix')),
        element('Marker', parameter(call, 'marker')),
        element('MaxResults', parameter(call, 'maxresults')),
        element('Delimiter', delimiter),
        element('Blobs', items),
        element('NextMarker', next),
      ].join('')}</EnumerationResults>`,
    );
    return { status: 200, headers: xmlHeaders, body };
  },
};

interface Found {
  readonly listed: readonly Listed[];
  /** Empty at the end. */
  readonly next: string;
}

/** Walks from the deepest directory that the prefix names in full. */
async function collect(call: Call, lake: Lake, flat: boolean, limit: number): Promise<Found> {
  const prefix = parameter(call, 'prefix') ?? '';
  const slash = prefix.lastIndexOf('/');
  const directory = parsePath(slash < 0 ? '' : prefix.slice(0, slash));
  const wanted = slash < 0 ? prefix : prefix.slice(slash + 1);
  const start = directory === '' ? wanted : `${directory}/${wanted}`;
  const base = await lake.store.at(call.filesystem, directory);
  const only = parameter(call, 'showonly');
  const after = relativeTo(directory, decodeContinuation(call, 'marker'), 'marker');
  const from = after === undefined ? startBelow(directory, parameter(call, 'startFrom')) : undefined;
  if (from === null) return { listed: [], next: '' };

  const listed: Listed[] = [];
  const walking = lake.store.list(base, {
    recursive: !flat,
    after,
    from,
    enter: (name) => name.startsWith(start),
  });
  for await (const item of walking) {
    if (!item.name.startsWith(start)) continue;
    if (only === 'files' && item.entry.kind === 'directory') continue;
    if (only === 'directories' && item.entry.kind === 'file') continue;
    if (listed.length === limit) return { listed, next: encodeContinuation(listed.at(-1)?.name ?? '') };
    listed.push(item);
  }
  return { listed, next: '' };
}

async function blobElement(call: Call, lake: Lake, name: string, entry: Entry, withMetadata: boolean): Promise<string> {
  const lease = lake.leases.status(keyOf(await lake.store.at(call.filesystem, name)));
  const { properties } = entry;
  const { owner, group, permissions, acl } = accessOf(entry);
  const folder = entry.kind === 'directory' ? [element('hdi_isfolder', 'true')] : [];
  return element('Blob', [
    element('Name', name),
    element('Properties', [
      element('Creation-Time', entry.created.toUTCString()),
      element('Last-Modified', entry.modified.toUTCString()),
      element('Etag', entry.etag.replaceAll('"', '')),
      element('ResourceType', entry.kind),
      element('Content-Length', entry.size),
      element('Content-Type', properties.contentType ?? 'application/octet-stream'),
      element('Content-Encoding', properties.contentEncoding ?? ''),
      element('Content-Language', properties.contentLanguage ?? ''),
      element('Content-CRC64', ''),
      element('Content-MD5', properties.contentMd5 ?? ''),
      element('Cache-Control', properties.cacheControl ?? ''),
      element('Content-Disposition', properties.contentDisposition ?? ''),
      element('BlobType', 'BlockBlob'),
      element('AccessTier', 'Hot'),
      element('AccessTierInferred', 'true'),
      element('LeaseStatus', lease.state === 'leased' || lease.state === 'breaking' ? 'locked' : 'unlocked'),
      element('LeaseState', lease.state),
      element('LeaseDuration', lease.duration),
      element('ServerEncrypted', 'true'),
      ...(parameter(call, 'include')?.includes('permissions')
        ? [element('Owner', owner), element('Group', group), element('Permissions', permissions), element('Acl', acl)]
        : []),
    ]),
    withMetadata ? element('Metadata', [...metadataElements(entry), ...folder]) : '',
    element('OrMetadata', ''),
  ]);
}
