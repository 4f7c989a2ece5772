import { changedAccess } from './access-control.ts';
import { versionHeaders } from './headers.ts';
import { changingExisting, type Operation } from './operation.ts';

/** https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/update, action=setAccessControl */
export const pathUpdateSetAccessControl: Operation = {
  name: 'Path - Update (setAccessControl)',
  permissions: 'po',
  async handle(call, lake) {
    const entry = await changingExisting(call, lake, (location, existing) =>
      lake.store.setProperties(location, changedAccess(call, existing), false),
    );
    return { status: 200, headers: versionHeaders(entry) };
  },
};
