import { keyOf } from '../store/location.ts';
import { flagParameter } from './call.ts';
import { changingExisting, type Operation } from './operation.ts';

/**
 * https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/delete. A directory goes in one step, so there is never a
 * continuation, paginated or not.
 */
export const pathDelete: Operation = {
  name: 'Path - Delete',
  permissions: 'd',
  async handle(call, lake) {
    const recursive = flagParameter(call, 'recursive');
    await changingExisting(call, lake, async (location) => {
      await lake.store.remove(location, recursive);
      lake.leases.forget(keyOf(location));
    });
    return { status: 200, headers: { 'x-ms-delete-type-permanent': 'true' } };
  },
};
