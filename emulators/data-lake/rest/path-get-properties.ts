import { keyOf } from '../store/location.ts';
import { accessOf } from './access-control.ts';
import { parameter } from './call.ts';
import { checkConditions } from './conditions.ts';
import { entryHeaders } from './headers.ts';
import { leaseIdOf, notFound, type Operation, targetOf } from './operation.ts';

/** https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/get-properties, getStatus and getAccessControl */
export const pathGetProperties: Operation = {
  name: 'Path - Get Properties',
  permissions: 're',
  async handle(call, lake) {
    const location = await targetOf(call, lake);
    const entry = await lake.store.entry(location);
    if (entry === undefined) throw notFound(call.api);
    checkConditions(call, entry, 'read');
    lake.leases.checkRead(keyOf(location), leaseIdOf(call));
    const acl = parameter(call, 'action')?.toLowerCase() === 'getaccesscontrol' ? accessOf(entry).acl : undefined;
    return {
      status: 200,
      headers: {
        ...entryHeaders(entry, lake.leases.status(keyOf(location))),
        'content-length': entry.size,
        'content-md5': entry.properties.contentMd5,
        'x-ms-acl': acl,
      },
    };
  },
};
