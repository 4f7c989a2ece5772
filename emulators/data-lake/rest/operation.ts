import type { FileHandle } from 'node:fs/promises';
import type { Grant, Place } from '../auth/grant.ts';
import { type Api, StorageError } from '../errors.ts';
import type { Entry } from '../store/entry.ts';
import type { Store } from '../store/index.ts';
import type { Leases } from '../store/leases.ts';
import { keyOf, type Location } from '../store/location.ts';
import { type Call, header } from './call.ts';
import { checkConditions } from './conditions.ts';

export interface Lake {
  readonly account: string;
  readonly store: Store;
  readonly leases: Leases;
  readonly clock: () => Date;
  /** What a request's own credentials allow. @throws StorageError 401 or 403. */
  authorize(call: Call, place: Place): Promise<Grant>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: string | Buffer | FilePart;
}

/** Bytes of an open file; whoever sends them closes it. */
export interface FilePart {
  readonly handle: FileHandle;
  readonly start: number;
  readonly length: number;
}

export interface Operation {
  /** As the service's documentation calls it. */
  readonly name: string;
  /** Permissions of a shared access signature, any of which suffices. */
  readonly permissions: string;
  /** The filesystem need not be there. */
  readonly createsFilesystem?: boolean;
  handle(call: Call, lake: Lake, grant: Grant): Promise<Answer>;
}

export const targetOf = (call: Call, lake: Lake): Promise<Location> => lake.store.at(call.filesystem, call.path);

export const leaseIdOf = (call: Call): string | undefined => header(call, 'x-ms-lease-id');

export const notFound = (api: Api): StorageError => new StorageError(api === 'dfs' ? 'PathNotFound' : 'BlobNotFound');

/**
 * Runs a change with nothing else changing that path: conditions and lease are checked against what is there, and still hold
 * when the change happens.
 */
export async function changing<T>(
  call: Call,
  lake: Lake,
  change: (location: Location, entry: Entry | undefined) => Promise<T>,
): Promise<T> {
  const location = await targetOf(call, lake);
  return lake.store.locks.run([keyOf(location)], async () => {
    const entry = await lake.store.entry(location);
    checkConditions(call, entry, 'write');
    lake.leases.check(keyOf(location), leaseIdOf(call));
    return change(location, entry);
  });
}

/** As `changing`, for a path that has to exist. */
export function changingExisting<T>(
  call: Call,
  lake: Lake,
  change: (location: Location, entry: Entry) => Promise<T>,
): Promise<T> {
  return changing(call, lake, async (location, entry) => {
    if (entry === undefined) throw notFound(call.api);
    return change(location, entry);
  });
}
