import { StorageError } from '../errors.ts';
import type { Entry, Properties } from '../store/entry.ts';
import type { LeaseStatus } from '../store/leases.ts';
import { accessOf } from './access-control.ts';
import { type Call, header } from './call.ts';

/** Between properties and the headers that carry them. */

type HeaderValues = Record<string, string | number | undefined>;

/** After every change: how to tell this version from others. */
export const versionHeaders = (entry: Entry): HeaderValues => ({
  etag: entry.etag,
  'last-modified': entry.modified.toUTCString(),
});

export const leaseHeaders = (lease: LeaseStatus): HeaderValues => ({
  'x-ms-lease-state': lease.state,
  'x-ms-lease-status': lease.state === 'leased' || lease.state === 'breaking' ? 'locked' : 'unlocked',
  'x-ms-lease-duration': lease.duration,
});

export const metadataHeaders = (properties: Properties): HeaderValues =>
  Object.fromEntries(Object.entries(properties.metadata ?? {}).map(([name, value]) => [`x-ms-meta-${name}`, value]));

/** All that is known of a file or directory, but its length and MD5. */
export function entryHeaders(entry: Entry, lease: LeaseStatus): HeaderValues {
  const { properties } = entry;
  const { owner, group, permissions } = accessOf(entry);
  return {
    ...versionHeaders(entry),
    ...leaseHeaders(lease),
    ...metadataHeaders(properties),
    ...(entry.kind === 'directory' ? { 'x-ms-meta-hdi_isfolder': 'true' } : {}),
    'x-ms-properties': propertiesHeader(properties.metadata, entry.kind),
    'accept-ranges': 'bytes',
    'content-type': properties.contentType ?? 'application/octet-stream',
    'content-encoding': properties.contentEncoding,
    'content-language': properties.contentLanguage,
    'content-disposition': properties.contentDisposition,
    'cache-control': properties.cacheControl,
    'x-ms-blob-type': 'BlockBlob',
    'x-ms-creation-time': entry.created.toUTCString(),
    'x-ms-resource-type': entry.kind,
    'x-ms-server-encrypted': 'true',
    'x-ms-owner': owner,
    'x-ms-group': group,
    'x-ms-permissions': permissions,
  };
}

function propertiesHeader(metadata: Properties['metadata'], kind: Entry['kind']): string {
  const all = { ...metadata, ...(kind === 'directory' ? { hdi_isfolder: 'true' } : {}) };
  return Object.entries(all)
    .map(([name, value]) => `${name}=${Buffer.from(value).toString('base64')}`)
    .join(',');
}

/** `x-ms-properties`: `name=<base64>` pairs, DFS's way of sending metadata. Undefined where the header is not given. */
export function parsePropertiesHeader(call: Call): Record<string, string> | undefined {
  const text = call.headers['x-ms-properties'];
  if (typeof text !== 'string') return undefined;
  return Object.fromEntries(
    text
      .split(',')
      .filter((pair) => pair.trim() !== '')
      .map((pair) => {
        const equals = pair.indexOf('=');
        if (equals < 1) throw new StorageError('InvalidHeaderValue', { elements: { HeaderName: 'x-ms-properties' } });
        return [pair.slice(0, equals).trim(), Buffer.from(pair.slice(equals + 1), 'base64').toString('utf8')];
      }),
  );
}

/** DFS: the content headers of a request; those it does not name are left out. */
export function pathContentProperties(call: Call): Properties {
  return given({
    contentType: header(call, 'x-ms-content-type'),
    contentEncoding: header(call, 'x-ms-content-encoding'),
    contentLanguage: header(call, 'x-ms-content-language'),
    contentDisposition: header(call, 'x-ms-content-disposition'),
    cacheControl: header(call, 'x-ms-cache-control'),
    contentMd5: header(call, 'x-ms-content-md5'),
  });
}

/** Blob: the same under its names. */
export function blobContentProperties(call: Call): Properties {
  return given({
    contentType: header(call, 'x-ms-blob-content-type'),
    contentEncoding: header(call, 'x-ms-blob-content-encoding'),
    contentLanguage: header(call, 'x-ms-blob-content-language'),
    contentDisposition: header(call, 'x-ms-blob-content-disposition'),
    cacheControl: header(call, 'x-ms-blob-cache-control'),
    contentMd5: header(call, 'x-ms-blob-content-md5'),
  });
}

/** Access control outlives a replacement of all else. */
export const accessProperties = ({ owner, group, acl }: Properties): Properties => given({ owner, group, acl });

function given(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}
