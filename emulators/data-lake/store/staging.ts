import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Entry, type Properties, stampOf, toEntry } from './entry.ts';
import type { Location } from './location.ts';
import type { PropertyJournal } from './property-journal.ts';
import { translating } from './store-error.ts';

/** Files being written, out of sight, on the lake's own volume: a rename or a link shows them whole, with their properties. */
export interface Staging {
  readonly folder: string;
  /** A path of nobody else's. */
  fresh(): string;
  /**
   * Shows a staged file at a location and removes it from staging. `exclusive` fails with `exists` when something is there, even
   * if another process put it there this instant.
   */
  publish(staged: string, location: Location, properties: Properties, exclusive: boolean): Promise<Entry>;
  discard(staged: string): Promise<void>;
}

export async function openStaging(folder: string, journal: PropertyJournal, tick: () => number): Promise<Staging> {
  await rm(folder, { recursive: true, force: true }); // what a killed process left behind
  await mkdir(folder, { recursive: true, mode: 0o700 });

  const staging: Staging = {
    folder,
    fresh: () => join(folder, randomUUID()),
    discard: (staged) => rm(staged, { recursive: true, force: true }),
    async publish(staged, location, properties, exclusive) {
      const seconds = tick();
      await utimes(staged, seconds, seconds);
      const handle = await open(staged, 'r');
      const stats = await handle.stat({ bigint: true }).finally(() => handle.close());
      const kept = bind(properties, stampOf(stats));
      const entry = toEntry(stats, kept);
      await journal.set(entry.identity, kept);
      try {
        await translating(location.path, async () => {
          await mkdir(dirname(location.file), { recursive: true }).catch(parentIsFile);
          if (exclusive) await link(staged, location.file);
          else await rename(staged, location.file);
        });
      } catch (error) {
        await journal.delete(entry.identity);
        await staging.discard(staged);
        throw error;
      }
      if (exclusive) await staging.discard(staged);
      return entry;
    },
  };
  return staging;
}

/** Binds what tells of the content to the content. */
export function bind(properties: Properties, stamp: string): Properties {
  const { stamp: _, ...others } = properties;
  return properties.contentMd5 === undefined && properties.blocks === undefined ? others : { ...others, stamp };
}

/** mkdir says EEXIST of a file in a parent's place: to the caller that is a wrong kind, and not "exists already". */
export function parentIsFile(error: NodeJS.ErrnoException): never {
  throw error.code === 'EEXIST' ? Object.assign(error, { code: 'ENOTDIR' }) : error;
}
