import { keyOf } from '../store/location.ts';
import { checkConditions } from './conditions.ts';
import { entryHeaders, metadataHeaders, versionHeaders } from './headers.ts';
import { leaseIdOf, notFound, type Operation, targetOf } from './operation.ts';

/** https://learn.microsoft.com/rest/api/storageservices/get-blob-properties */
export const blobGetProperties: Operation = {
  name: 'Get Blob Properties',
  permissions: 'r',
  async handle(call, lake) {
    const location = await targetOf(call, lake);
    const entry = await lake.store.entry(location);
    if (entry === undefined) throw notFound(call.api);
    checkConditions(call, entry, 'read');
    lake.leases.checkRead(keyOf(location), leaseIdOf(call));
    return {
      status: 200,
      headers: {
        ...entryHeaders(entry, lake.leases.status(keyOf(location))),
        'content-length': entry.size,
        'content-md5': entry.properties.contentMd5,
        'x-ms-access-tier': 'Hot',
        'x-ms-access-tier-inferred': 'true',
      },
    };
  },
};

/** https://learn.microsoft.com/rest/api/storageservices/get-blob-metadata */
export const blobGetMetadata: Operation = {
  name: 'Get Blob Metadata',
  permissions: 'r',
  async handle(call, lake) {
    const entry = await lake.store.entry(await targetOf(call, lake));
    if (entry === undefined) throw notFound(call.api);
    checkConditions(call, entry, 'read');
    return { status: 200, headers: { ...versionHeaders(entry), ...metadataHeaders(entry.properties) } };
  },
};
