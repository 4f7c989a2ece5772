import { invalidHeader, missingQuery, notImplemented, StorageError } from '../errors.ts';
import { keyOf } from '../store/location.ts';
import { checkedBody, contentLength, flagParameter, header, integerParameter, parameter } from './call.ts';
import { checkConditions } from './conditions.ts';
import { versionHeaders } from './headers.ts';
import { leaseIdOf, notFound, type Operation, targetOf } from './operation.ts';

/** 4000 MiB. */
const maximumAppend = 4000 * 1024 * 1024;

/** https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/update, action=append */
export const pathUpdateAppend: Operation = {
  name: 'Path - Update (append)',
  permissions: 'wa',
  async handle(call, lake) {
    const length = contentLength(call, maximumAppend);
    if (length === 0) throw invalidHeader('Content-Length', '0');
    if (parameter(call, 'position') === undefined) throw missingQuery('position');
    if (header(call, 'x-ms-lease-action') !== undefined)
      throw notImplemented('lease actions on append (x-ms-lease-action)');
    const position = integerParameter(call, 'position', 0);

    const location = await targetOf(call, lake);
    const entry = await lake.store.entry(location);
    if (entry === undefined) throw notFound(call.api);
    if (entry.kind === 'directory') throw new StorageError('PathConflict');
    lake.leases.check(keyOf(location), leaseIdOf(call));
    // Appends to one file run beside each other: only a flush shows them, and it checks that they fit together.
    await lake.store.append(location, entry, position, checkedBody(call));
    if (!flagParameter(call, 'flush')) return { status: 202, headers: { 'x-ms-request-server-encrypted': 'true' } };

    const flushed = await lake.store.locks.run([keyOf(location)], async () => {
      const now = await lake.store.entry(location);
      if (now === undefined) throw notFound(call.api);
      checkConditions(call, now, 'write');
      return lake.store.flush(location, now, position + length, now.properties, false);
    });
    return { status: 202, headers: { ...versionHeaders(flushed), 'x-ms-request-server-encrypted': 'true' } };
  },
};
