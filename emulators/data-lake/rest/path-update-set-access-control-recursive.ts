import { invalidQuery, missingHeader } from '../errors.ts';
import { keyOf } from '../store/location.ts';
import { type AclChange, accessOf, changeAcl } from './access-control.ts';
import { header, integerParameter, parameter } from './call.ts';
import { notFound, type Operation, targetOf } from './operation.ts';
import { decodeContinuation, encodeContinuation, relativeTo } from './paging.ts';

/** Paths per request at most. */
const maximumRecords = 2000;

/** https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/update, action=setAccessControlRecursive */
export const pathUpdateSetAccessControlRecursive: Operation = {
  name: 'Path - Update (setAccessControlRecursive)',
  permissions: 'p',
  async handle(call, lake) {
    const mode = parameter(call, 'mode') ?? '';
    if (!['set', 'modify', 'remove'].includes(mode)) throw invalidQuery('mode', mode);
    const acl = header(call, 'x-ms-acl');
    if (acl === undefined) throw missingHeader('x-ms-acl');
    const limit = Math.min(integerParameter(call, 'maxRecords', maximumRecords) || maximumRecords, maximumRecords);
    const after = decodeContinuation(call);

    const top = await targetOf(call, lake);
    const entry = await lake.store.entry(top);
    if (entry === undefined) throw notFound(call.api);

    const counts = { directory: 0, file: 0 };
    let last = '';
    let below = 0;
    let more = false;
    const change = async (path: string): Promise<void> => {
      const location = await lake.store.at(call.filesystem, path);
      await lake.store.locks.run([keyOf(location)], async () => {
        const now = await lake.store.entry(location);
        if (now === undefined) return;
        // Files have no default entries to hand down.
        const fitting =
          now.kind === 'file'
            ? acl
                .split(',')
                .filter((item) => !item.startsWith('default:'))
                .join(',')
            : acl;
        if (fitting !== '') {
          const changed = changeAcl(mode as AclChange, accessOf(now).acl, fitting);
          await lake.store.setProperties(location, { ...now.properties, acl: changed }, false);
        }
        counts[now.kind] += 1;
      });
    };
    if (after === undefined) await change(call.path);
    if (entry.kind === 'directory')
      for await (const { name } of lake.store.list(top, {
        recursive: true,
        after: relativeTo(call.path, after, 'continuation'),
      })) {
        if (below === limit) {
          more = true;
          break;
        }
        await change(name);
        below += 1;
        last = name;
      }
    return {
      status: 200,
      headers: {
        'content-type': 'application/json;charset=utf-8',
        'x-ms-continuation': more ? encodeContinuation(last) : undefined,
      },
      body: JSON.stringify({
        directoriesSuccessful: counts.directory,
        failedEntries: [],
        failureCount: 0,
        filesSuccessful: counts.file,
      }),
    };
  },
};
