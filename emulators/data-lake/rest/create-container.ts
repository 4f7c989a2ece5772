import { parsePropertiesHeader, versionHeaders } from './headers.ts';
import { type Operation, targetOf } from './operation.ts';

/** Blob's Create Container and DFS's Filesystem - Create. */
export const createContainer: Operation = {
  name: 'Create Container',
  permissions: 'cw',
  createsFilesystem: true,
  async handle(call, lake) {
    const metadata = call.metadata ?? parsePropertiesHeader(call);
    const entry = await lake.store.createFilesystem(await targetOf(call, lake), { metadata });
    return { status: 201, headers: { ...versionHeaders(entry), 'x-ms-namespace-enabled': 'true' } };
  },
};
