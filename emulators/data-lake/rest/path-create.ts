import { invalidQuery, notImplemented, StorageError } from '../errors.ts';
import { initialAccess } from './access-control.ts';
import { header, parameter } from './call.ts';
import { wantsAbsence } from './conditions.ts';
import { parsePropertiesHeader, pathContentProperties, versionHeaders } from './headers.ts';
import { changing, type Operation } from './operation.ts';

/** https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/create */
export const pathCreate: Operation = {
  name: 'Path - Create',
  permissions: 'cw',
  async handle(call, lake) {
    const resource = parameter(call, 'resource')?.toLowerCase() ?? '';
    if (resource !== 'file' && resource !== 'directory') throw invalidQuery('resource', resource);
    for (const name of ['x-ms-expiry-option', 'x-ms-encryption-context'])
      if (header(call, name) !== undefined) throw notImplemented(`the request header ${name}`);
    const properties = {
      ...pathContentProperties(call),
      ...initialAccess(call),
      metadata: parsePropertiesHeader(call) ?? call.metadata,
    };
    const entry = await changing(call, lake, async (location, existing) => {
      // Neither kind takes the other's place.
      if (existing !== undefined && existing.kind !== resource) throw new StorageError('PathAlreadyExists');
      const create = resource === 'file' ? lake.store.createFile : lake.store.createDirectory;
      return create(location, properties, wantsAbsence(call));
    });
    return { status: 201, headers: { ...versionHeaders(entry), 'x-ms-request-server-encrypted': 'true' } };
  },
};
