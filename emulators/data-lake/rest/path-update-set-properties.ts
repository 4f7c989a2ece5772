import { parsePropertiesHeader, pathContentProperties, versionHeaders } from './headers.ts';
import { changingExisting, type Operation } from './operation.ts';

/** https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/update, action=setProperties */
export const pathUpdateSetProperties: Operation = {
  name: 'Path - Update (setProperties)',
  permissions: 'w',
  async handle(call, lake) {
    const metadata = parsePropertiesHeader(call);
    const entry = await changingExisting(call, lake, (location, { properties }) =>
      lake.store.setProperties(
        location,
        { ...properties, ...pathContentProperties(call), metadata: metadata ?? properties.metadata },
        true,
      ),
    );
    return { status: 200, headers: versionHeaders(entry) };
  },
};
