import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { StorageError } from '../errors.ts';
import type { Entry } from '../store/entry.ts';
import { keyOf } from '../store/location.ts';
import { type Call, header, parameter } from './call.ts';
import { checkConditions } from './conditions.ts';
import { entryHeaders } from './headers.ts';
import { type Answer, type Lake, leaseIdOf, notFound, type Operation, targetOf } from './operation.ts';
import { type Range, requestedRange } from './range.ts';

/** The service takes an MD5 of a range up to this size. */
const maximumHashed = 4 * 1024 * 1024;

/** https://learn.microsoft.com/rest/api/storageservices/get-blob, and DFS's Path - Read. */
export const blobGet: Operation = {
  name: 'Get Blob',
  permissions: 'r',
  async handle(call, lake) {
    const location = await targetOf(call, lake);
    const opened = await lake.store.read(location);
    if (opened === undefined) return emptyDirectory(call, lake);
    const { handle, entry } = opened;
    try {
      lake.leases.checkRead(keyOf(location), leaseIdOf(call));
      // Headers and bytes are of one open file: a replacement meanwhile changes neither.
      checkConditions(call, entry, 'read');
      return await answer(call, lake, handle, entry, keyOf(location));
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
};

async function answer(call: Call, lake: Lake, handle: FileHandle, entry: Entry, key: string): Promise<Answer> {
  const range = requestedRange(call, entry.size);
  const { start, length } = range ?? { start: 0, length: entry.size };
  const md5 = entry.properties.contentMd5;
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...entryHeaders(entry, lake.leases.status(key)),
      ...overrides(call),
      'content-length': length,
      ...(range === undefined
        ? { 'content-md5': md5 }
        : {
            'content-range': `bytes ${start}-${start + length - 1}/${entry.size}`,
            'x-ms-blob-content-md5': md5,
            'content-md5': await rangeMd5(call, handle, range),
          }),
    },
    body: { handle, start, length },
  };
}

/** A directory reads as the empty blob that stands for it. */
async function emptyDirectory(call: Call, lake: Lake): Promise<Answer> {
  const location = await targetOf(call, lake);
  const entry = await lake.store.entry(location);
  if (entry?.kind !== 'directory') throw notFound(call.api);
  checkConditions(call, entry, 'read');
  return { status: 200, headers: { ...entryHeaders(entry, lake.leases.status(keyOf(location))), 'content-length': 0 } };
}

async function rangeMd5(call: Call, handle: FileHandle, { start, length }: Range): Promise<string | undefined> {
  if (header(call, 'x-ms-range-get-content-md5')?.toLowerCase() !== 'true') return undefined;
  if (length > maximumHashed)
    throw new StorageError('OutOfRangeInput', {
      message: `The range is ${length} bytes; an MD5 is taken of up to ${maximumHashed}.`,
    });
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
  return createHash('md5').update(buffer.subarray(0, bytesRead)).digest('base64');
}

/** A shared access signature may say what headers the file is to be served with. */
function overrides(call: Call): Record<string, string | undefined> {
  const named = {
    rscc: 'cache-control',
    rscd: 'content-disposition',
    rsce: 'content-encoding',
    rscl: 'content-language',
    rsct: 'content-type',
  };
  return Object.fromEntries(
    Object.entries(named).flatMap(([short, name]) => {
      const value = call.query.has('sig') ? parameter(call, short) : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
