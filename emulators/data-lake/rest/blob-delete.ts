import { keyOf } from '../store/location.ts';
import { changingExisting, type Operation } from './operation.ts';

/** https://learn.microsoft.com/rest/api/storageservices/delete-blob: of a directory only if it is empty. */
export const blobDelete: Operation = {
  name: 'Delete Blob',
  permissions: 'd',
  async handle(call, lake) {
    await changingExisting(call, lake, async (location) => {
      await lake.store.remove(location, false);
      lake.leases.forget(keyOf(location));
    });
    return { status: 202, headers: { 'x-ms-delete-type-permanent': 'true' } };
  },
};
