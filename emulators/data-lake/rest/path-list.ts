import { StorageError } from '../errors.ts';
import type { Listed } from '../store/index.ts';
import { accessOf } from './access-control.ts';
import { flagParameter, integerParameter, parameter } from './call.ts';
import { parsePath } from './names.ts';
import type { Operation } from './operation.ts';
import { decodeContinuation, encodeContinuation, relativeTo } from './paging.ts';

/** Paths per answer, at most and where the request does not say. */
const maximumResults = 5000;

/** https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/list */
export const pathList: Operation = {
  name: 'Path - List',
  permissions: 'l',
  async handle(call, lake) {
    const limit = integerParameter(call, 'maxResults', maximumResults);
    if (limit < 1)
      throw new StorageError('OutOfRangeQueryParameterValue', { elements: { QueryParameterName: 'maxResults' } });
    const directory = parsePath(parameter(call, 'directory') ?? '');
    const base = await lake.store.at(call.filesystem, directory);
    if ((await lake.store.entry(base))?.kind !== 'directory') throw new StorageError('PathNotFound');

    const paths: unknown[] = [];
    let last = '';
    let more = false;
    const after = relativeTo(directory, decodeContinuation(call), 'continuation');
    // Relative to the directory, where a full name is what a continuation holds.
    const from = after === undefined ? parsePath(parameter(call, 'beginFrom') ?? '') || undefined : undefined;
    for await (const listed of lake.store.list(base, { recursive: flagParameter(call, 'recursive'), after, from })) {
      if (paths.length === Math.min(limit, maximumResults)) {
        more = true;
        break;
      }
      paths.push(describe(listed));
      last = listed.name;
    }
    return {
      status: 200,
      headers: {
        'content-type': 'application/json;charset=utf-8',
        'x-ms-continuation': more ? encodeContinuation(last) : undefined,
      },
      body: JSON.stringify({ paths }),
    };
  },
};

function describe({ name, entry }: Listed): unknown {
  const { owner, group, permissions } = accessOf(entry);
  return {
    contentLength: String(entry.size),
    creationTime: fileTime(entry.created),
    etag: entry.etag.replaceAll('"', ''),
    group,
    ...(entry.kind === 'directory' ? { isDirectory: 'true' } : {}),
    lastModified: entry.modified.toUTCString(),
    name,
    owner,
    permissions,
  };
}

/** Ticks of 100 ns since 1601, which is how this one field tells time. */
function fileTime(time: Date): string {
  return String(BigInt(time.getTime()) * 10_000n + 116_444_736_000_000_000n);
}
