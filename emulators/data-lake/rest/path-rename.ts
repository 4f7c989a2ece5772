import { invalidHeader, invalidQuery, StorageError } from '../errors.ts';
import { keyOf } from '../store/location.ts';
import { header, parameter } from './call.ts';
import { checkConditions, checkSourceConditions, wantsAbsence } from './conditions.ts';
import { versionHeaders } from './headers.ts';
import { parseTarget } from './names.ts';
import { leaseIdOf, type Operation, targetOf } from './operation.ts';

/** A create with `x-ms-rename-source`: https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/create */
export const pathRename: Operation = {
  name: 'Path - Create (rename)',
  permissions: 'cw',
  async handle(call, lake, grant) {
    const mode = parameter(call, 'mode') ?? 'posix';
    if (mode !== 'legacy' && mode !== 'posix') throw invalidQuery('mode', mode);
    const given = header(call, 'x-ms-rename-source') ?? '';
    const [sourcePath = ''] = given.split('?');
    // The service wants the source as a URL has it; a client that forgets to encode it has to find out here.
    if (!/^[\u0021-\u007e]*$/.test(given)) throw new StorageError('InvalidSourceUri');
    const from = parseTarget(sourcePath, lake.account, true);
    if (from.path === '') throw invalidHeader('x-ms-rename-source', sourcePath);
    grant.permit({ level: 'path', ...from }, 'dm');

    const source = await lake.store.at(from.filesystem, from.path);
    const destination = await targetOf(call, lake);
    const entry = await lake.store.locks.run([keyOf(source), keyOf(destination)], async () => {
      const moving = await lake.store.entry(source);
      if (moving === undefined) throw new StorageError('SourcePathNotFound');
      checkSourceConditions(call, moving);
      lake.leases.check(keyOf(source), header(call, 'x-ms-source-lease-id'));
      const existing = await lake.store.entry(destination);
      checkConditions(call, existing, 'write');
      lake.leases.check(keyOf(destination), leaseIdOf(call));
      if (existing !== undefined && existing.kind !== moving.kind)
        throw new StorageError('InvalidSourceOrDestinationResourceType');
      const renamed = await lake.store.rename(source, destination, wantsAbsence(call));
      lake.leases.forget(keyOf(source));
      return renamed;
    });
    return { status: 201, headers: versionHeaders(entry) };
  },
};
