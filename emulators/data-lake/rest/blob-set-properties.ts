import { accessProperties, blobContentProperties, versionHeaders } from './headers.ts';
import { changingExisting, type Operation } from './operation.ts';

/** https://learn.microsoft.com/rest/api/storageservices/set-blob-properties: what is not sent is cleared. */
export const blobSetProperties: Operation = {
  name: 'Set Blob Properties',
  permissions: 'w',
  async handle(call, lake) {
    const content = blobContentProperties(call);
    const entry = await changingExisting(call, lake, (location, { properties }) =>
      lake.store.setProperties(
        location,
        { ...accessProperties(properties), metadata: properties.metadata, blocks: properties.blocks, ...content },
        true,
      ),
    );
    return { status: 200, headers: versionHeaders(entry) };
  },
};

/** https://learn.microsoft.com/rest/api/storageservices/set-blob-metadata: replaces all of it. */
export const blobSetMetadata: Operation = {
  name: 'Set Blob Metadata',
  permissions: 'w',
  async handle(call, lake) {
    const entry = await changingExisting(call, lake, (location, { properties }) =>
      lake.store.setProperties(location, { ...properties, metadata: call.metadata }, true),
    );
    return { status: 200, headers: { ...versionHeaders(entry), 'x-ms-request-server-encrypted': 'true' } };
  },
};
