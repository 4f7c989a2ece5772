import { keyOf } from '../store/location.ts';
import { changingExisting, type Operation } from './operation.ts';

/** Blob's Delete Container and DFS's Filesystem - Delete. */
export const deleteContainer: Operation = {
  name: 'Delete Container',
  permissions: 'd',
  async handle(call, lake) {
    await changingExisting(call, lake, (location) =>
      lake.store.remove(location, true).then(() => lake.leases.forget(keyOf(location))),
    );
    return { status: 202 };
  },
};
