import { createHash } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rmdir,
  unlink,
  utimes,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createAppends } from './appends.ts';
import { type BlockReference, createBlocks } from './blocks.ts';
import { type Block, type Entry, identityOf, type Properties, stampOf, toEntry } from './entry.ts';
import { type Location, locate, passesLink } from './location.ts';
import { createLocks, type Locks } from './locks.ts';
import { openPropertyJournal } from './property-journal.ts';
import { bind, openStaging, parentIsFile } from './staging.ts';
import { StoreError, translating } from './store-error.ts';
import { compareNames, type WalkOptions, walk } from './walk.ts';

/** Whatever begins with a dot is not a filesystem's name, so this folder is in nobody's way. */
const ownFolder = '.data-lake';

export interface StagedFile {
  readonly file: string;
  /** Base64. */
  readonly md5: string;
}

export interface Listed {
  /** Relative to the filesystem. */
  readonly name: string;
  readonly entry: Entry;
}

/**
 * A lake as a plain folder: `root/<filesystem>/<path>` is the data and nothing else, and may be read and written by any other
 * program. What the folder cannot say (properties) and what is not yet to be seen (staging) lies in `root/.data-lake`.
 * A write shows whole or not at all. Callers that check before they act hold the path's lock.
 */
export interface Store {
  readonly locks: Locks;
  /** @throws StoreError wrongKind when a link leads there. */
  at(filesystem: string, path: string): Promise<Location>;
  entry(location: Location): Promise<Entry | undefined>;
  read(location: Location): Promise<{ entry: Entry; handle: FileHandle } | undefined>;
  list(directory: Location, options: WalkOptions): AsyncGenerator<Listed>;

  filesystems(): Promise<readonly string[]>;
  createFilesystem(location: Location, properties: Properties): Promise<Entry>;

  createFile(location: Location, properties: Properties, exclusive: boolean): Promise<Entry>;
  createDirectory(location: Location, properties: Properties, exclusive: boolean): Promise<Entry>;
  /** Takes content in, out of sight. */
  stage(data: Readable): Promise<StagedFile>;
  /** Shows staged content in place of a file's. Staged content is either published or discarded. */
  publish(staged: StagedFile, location: Location, properties: Properties, exclusive: boolean): Promise<Entry>;
  discard(staged: StagedFile): Promise<void>;
  append(location: Location, entry: Entry, position: number, data: Readable): Promise<void>;
  flush(location: Location, entry: Entry, position: number, properties: Properties, retain: boolean): Promise<Entry>;
  putBlock(location: Location, id: string, data: Readable): Promise<void>;
  uncommittedBlocks(location: Location): readonly Block[];
  commitBlocks(
    location: Location,
    list: readonly BlockReference[],
    properties: Properties,
    exclusive: boolean,
  ): Promise<Entry>;

  /** Replaces the properties. `touch`: the change counts as a modification (all but access control do). */
  setProperties(location: Location, properties: Properties, touch: boolean): Promise<Entry>;
  remove(location: Location, recursive: boolean): Promise<void>;
  rename(source: Location, destination: Location, exclusive: boolean): Promise<Entry>;
}

export async function openStore(folder: string, clock: () => Date): Promise<Store> {
  await mkdir(folder, { recursive: true });
  const root = await realpath(folder);
  const own = join(root, ownFolder);
  await mkdir(own, { recursive: true, mode: 0o700 });

  const tick = strictlyIncreasing(clock);
  const journal = await openPropertyJournal(join(own, 'properties.jsonl'), () => identitiesBelow(root));
  const staging = await openStaging(join(own, 'staging'), journal, tick);
  const appends = createAppends(staging);
  const blocks = createBlocks(staging);

  const entryOf = async (file: string): Promise<Entry | undefined> => {
    try {
      const stats = await lstat(file, { bigint: true });
      return stats.isFile() || stats.isDirectory() ? toEntry(stats, journal.get(identityOf(stats))) : undefined;
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  };

  const forget = async (identity: string): Promise<void> => {
    await journal.delete(identity);
    await appends.discard(identity);
  };

  const present = async (location: Location): Promise<Entry> => {
    const entry = await entryOf(location.file);
    if (entry === undefined) throw new StoreError('notFound', location.path);
    return entry;
  };

  /** What a new file is about to replace; a directory is never replaced by a file. */
  const replaced = async (location: Location): Promise<Entry | undefined> => {
    const entry = await entryOf(location.file);
    if (entry?.kind === 'directory') throw new StoreError('wrongKind', location.path);
    return entry;
  };

  const publish = async (staged: string, location: Location, properties: Properties, exclusive: boolean) => {
    const old = await replaced(location);
    const entry = await staging.publish(staged, location, properties, exclusive);
    if (old !== undefined) await forget(old.identity);
    await blocks.discard(location);
    return entry;
  };

  return {
    locks: createLocks(),

    async at(filesystem, path) {
      const location = locate(root, filesystem, path);
      if (await passesLink(root, location)) throw new StoreError('wrongKind', path);
      return location;
    },

    entry: (location) => entryOf(location.file),

    async read(location) {
      if ((await entryOf(location.file))?.kind !== 'file') return undefined;
      const handle = await open(location.file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
      if (handle === undefined) return undefined;
      const stats = await handle.stat({ bigint: true });
      return { handle, entry: toEntry(stats, journal.get(identityOf(stats))) };
    },

    async *list(directory, options) {
      const prefix = directory.path === '' ? '' : `${directory.path}/`;
      for await (const { name, file } of walk(directory.file, options, prefix)) {
        const entry = await entryOf(file);
        if (entry !== undefined) yield { name, entry };
      }
    },

    async filesystems() {
      const items = await readdir(root, { withFileTypes: true });
      return items
        .filter((item) => item.isDirectory() && !item.name.startsWith('.'))
        .map((item) => item.name)
        .sort(compareNames);
    },

    async createFilesystem(location, properties) {
      try {
        await mkdir(location.file);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
        throw new StoreError('filesystemExists', location.filesystem, { cause });
      }
      const entry = await present(location);
      await journal.set(entry.identity, properties);
      return present(location);
    },

    async createFile(location, properties, exclusive) {
      const staged = staging.fresh();
      await (await open(staged, 'wx')).close();
      return publish(staged, location, properties, exclusive);
    },

    async createDirectory(location, properties, exclusive) {
      await translating(location.path, async () => {
        await mkdir(dirname(location.file), { recursive: true }).catch(parentIsFile);
        await mkdir(location.file).catch(async (error: NodeJS.ErrnoException) => {
          const there = error.code === 'EEXIST' ? await entryOf(location.file) : undefined;
          if (exclusive || there?.kind !== 'directory') throw error;
        });
      });
      const { identity } = await present(location);
      await journal.set(identity, { ...properties, changed: tick() * 1000 });
      return present(location);
    },

    async stage(data) {
      const file = staging.fresh();
      const hash = createHash('md5');
      const hashing = new Transform({
        transform(chunk, _, done) {
          hash.update(chunk);
          done(null, chunk);
        },
      });
      try {
        await pipeline(data, hashing, createWriteStream(file, { flags: 'wx', highWaterMark: 1 << 20 }));
        return { file, md5: hash.digest('base64') };
      } catch (error) {
        await staging.discard(file);
        throw error;
      }
    },

    publish: ({ file }, location, properties, exclusive) => publish(file, location, properties, exclusive),
    discard: ({ file }) => staging.discard(file),

    append: appends.append,

    async flush(location, entry, position, properties, retain) {
      const flushed = await appends.flush(location, entry, position, properties, retain);
      if (flushed.identity !== entry.identity) await journal.delete(entry.identity);
      return flushed;
    },

    putBlock: blocks.put,
    uncommittedBlocks: blocks.uncommitted,

    async commitBlocks(location, list, properties, exclusive) {
      const old = await replaced(location);
      const entry = await blocks.commit(location, old, list, properties, exclusive);
      if (old !== undefined) await forget(old.identity);
      return entry;
    },

    async setProperties(location, properties, touch) {
      const { kind } = await present(location);
      const at = tick();
      if (touch && kind === 'file') await utimes(location.file, at, at);
      const stats = await lstat(location.file, { bigint: true });
      const changed = kind === 'directory' ? { changed: touch ? at * 1000 : properties.changed } : {};
      const bound = kind === 'file' ? bind(properties, stampOf(stats)) : properties;
      await journal.set(identityOf(stats), { ...bound, ...changed });
      return present(location);
    },

    async remove(location, recursive) {
      const entry = await present(location);
      await translating(location.path, async () => {
        if (entry.kind === 'file') {
          await unlink(location.file);
          await forget(entry.identity);
          return blocks.discard(location);
        }
        if (!recursive) {
          await rmdir(location.file);
          return forget(entry.identity);
        }
        // Out of sight in one step, however much is in it.
        const removed = staging.fresh();
        await rename(location.file, removed);
        for (const identity of await identitiesBelow(removed)) await forget(identity);
        await forget(entry.identity);
        await staging.discard(removed);
      });
    },

    async rename(source, destination, exclusive) {
      const moving = await present(source);
      const old = await entryOf(destination.file);
      if (exclusive && old !== undefined) throw new StoreError('exists', destination.path);
      if (old !== undefined && old.kind !== moving.kind) throw new StoreError('wrongKind', destination.path);
      const parent = await entryOf(dirname(destination.file));
      if (parent === undefined) throw new StoreError('parentNotFound', destination.path);
      await translating(destination.path, async () => {
        if (exclusive && moving.kind === 'file') {
          await link(source.file, destination.file);
          await unlink(source.file);
        } else await rename(source.file, destination.file);
      });
      if (old !== undefined && old.identity !== moving.identity) await forget(old.identity);
      return present(destination);
    },
  };
}

/** Seconds since 1970, each reading at least a microsecond after the one before: no two changes share a time. */
function strictlyIncreasing(clock: () => Date): () => number {
  let last = 0;
  return () => {
    last = Math.max(clock().getTime() * 1000, last + 1);
    return last / 1_000_000;
  };
}

async function identitiesBelow(folder: string): Promise<ReadonlySet<string>> {
  const identities = new Set<string>();
  for await (const { file } of walk(folder, { recursive: true })) {
    const stats = await lstat(file, { bigint: true }).catch(() => undefined);
    if (stats !== undefined) identities.add(identityOf(stats));
  }
  return identities;
}
