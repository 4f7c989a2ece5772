import { StorageError } from '../errors.ts';
import type { Entry } from '../store/entry.ts';
import { keyOf } from '../store/location.ts';
import { compareNames } from '../store/walk.ts';
import { type Call, integerParameter, parameter } from './call.ts';
import type { Lake, Operation } from './operation.ts';
import { document, element, text, xmlHeaders } from './xml.ts';

interface Page {
  readonly containers: readonly { name: string; entry: Entry }[];
  readonly next: string;
}

/** Filesystems by prefix, from a marker on. */
async function page(call: Call, lake: Lake, limitName: string, markerName: string): Promise<Page> {
  const limit = integerParameter(call, limitName, 5000);
  if (limit < 1)
    throw new StorageError('OutOfRangeQueryParameterValue', { elements: { QueryParameterName: limitName } });
  const prefix = parameter(call, 'prefix') ?? '';
  const marker = parameter(call, markerName) ?? '';
  const names = (await lake.store.filesystems()).filter(
    (name) => name.startsWith(prefix) && compareNames(name, marker) >= 0,
  );
  const kept = names.slice(0, Math.min(limit, 5000));
  const found = await Promise.all(
    kept.map(async (name) => ({ name, entry: await lake.store.entry(await lake.store.at(name, '')) })),
  );
  return {
    containers: found.flatMap(({ name, entry }) => (entry === undefined ? [] : [{ name, entry }])),
    next: names[kept.length] ?? '',
  };
}

export const listContainers: Operation = {
  name: 'List Containers',
  permissions: 'l',
  async handle(call, lake) {
    const { containers, next } = await page(call, lake, 'maxresults', 'marker');
    const withMetadata = (parameter(call, 'include') ?? '').split(',').includes('metadata');
    const items = await Promise.all(
      containers.map(async ({ name, entry }) => {
        const lease = lake.leases.status(keyOf(await lake.store.at(name, '')));
        return element('Container', [
          element('Name', name),
          element('Properties', [
            element('Last-Modified', entry.modified.toUTCString()),
            element('Etag', entry.etag),
            element('LeaseStatus', lease.state === 'leased' ? 'locked' : 'unlocked'),
            element('LeaseState', lease.state),
            element('DefaultEncryptionScope', '$account-encryption-key'),
            element('DenyEncryptionScopeOverride', 'false'),
            element('HasImmutabilityPolicy', 'false'),
            element('HasLegalHold', 'false'),
          ]),
          withMetadata ? element('Metadata', metadataElements(entry)) : '',
        ]);
      }),
    );
    const body = document(
      `<EnumerationResults ServiceEndpoint="${text(`https://127.0.0.1/${lake.account}/`)}">${[
        element('Prefix', parameter(call, 'prefix')),
        element('Marker', parameter(call, 'marker')),
        element('MaxResults', parameter(call, 'maxresults')),
        element('Containers', items),
        element('NextMarker', next),
      ].join('')}</EnumerationResults>`,
    );
    return { status: 200, headers: xmlHeaders, body };
  },
};

export const metadataElements = (entry: Entry): readonly string[] =>
  Object.entries(entry.properties.metadata ?? {}).map(([name, value]) => element(name, value));

export const filesystemList: Operation = {
  name: 'Filesystem - List',
  permissions: 'l',
  async handle(call, lake) {
    const { containers, next } = await page(call, lake, 'maxResults', 'continuation');
    const filesystems = containers.map(({ name, entry }) => ({
      name,
      lastModified: entry.modified.toUTCString(),
      eTag: entry.etag,
    }));
    return {
      status: 200,
      headers: { 'content-type': 'application/json;charset=utf-8', 'x-ms-continuation': next || undefined },
      body: JSON.stringify({ filesystems }),
    };
  },
};
