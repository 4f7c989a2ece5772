import { constants, createWriteStream } from 'node:fs';
import { copyFile, truncate, writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Entry, Properties } from './entry.ts';
import type { Location } from './location.ts';
import type { Staging } from './staging.ts';
import { StoreError } from './store-error.ts';

/** Data that was appended and not yet flushed: in staging, by the identity of the file it will become part of. */
export interface Appends {
  /** Takes `length` bytes at `position`, in any order and beside other appends. */
  append(location: Location, entry: Entry, position: number, data: Readable): Promise<void>;
  /**
   * Makes the file's first `position` bytes visible at once.
   * @param retain keep what lies beyond for a later flush.
   * @throws StoreError flushPosition unless committed and appended data cover exactly that much without a gap.
   */
  flush(location: Location, entry: Entry, position: number, properties: Properties, retain: boolean): Promise<Entry>;
  /** Forgets what was appended to a file that is gone or replaced. */
  discard(identity: string): Promise<void>;
}

interface Pending {
  /** The staged copy: committed content, then what came. */
  readonly staged: string;
  readonly ready: Promise<void>;
  ranges: readonly (readonly [start: number, end: number])[];
}

export function createAppends(staging: Staging): Appends {
  const pending = new Map<string, Pending>();

  const begin = (location: Location, entry: Entry): Pending => {
    const staged = staging.fresh();
    // Committed content is never written in place: a reader holds either the old file or the new one.
    const ready =
      entry.size === 0
        ? writeFile(staged, '', { flag: 'wx' })
        : copyFile(location.file, staged, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const begun: Pending = { staged, ready, ranges: [] };
    pending.set(entry.identity, begun);
    return begun;
  };

  return {
    async append(location, entry, position, data) {
      if (position < entry.size) throw new StoreError('appendPosition', location.path);
      const target = pending.get(entry.identity) ?? begin(location, entry);
      await target.ready;
      const sink = createWriteStream(target.staged, { flags: 'r+', start: position, highWaterMark: 1 << 20 });
      await pipeline(data, sink);
      target.ranges = [...target.ranges, [position, position + sink.bytesWritten]];
    },

    async flush(location, entry, position, properties, retain) {
      const target = pending.get(entry.identity);
      const ranges = target?.ranges ?? [];
      const end = Math.max(entry.size, ...ranges.map(([, stop]) => stop));
      if (contiguous(entry.size, ranges) < position || position < entry.size || (end !== position && !retain))
        throw new StoreError('flushPosition', location.path);
      if (target === undefined || position === entry.size) return entry;

      pending.delete(entry.identity);
      let { staged } = target;
      if (end > position) {
        staged = staging.fresh();
        await copyFile(target.staged, staged, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
        await truncate(staged, position);
      }
      const published = await staging.publish(staged, location, properties, false);
      if (end > position)
        pending.set(published.identity, {
          ...target,
          ranges: ranges
            .filter(([, stop]) => stop > position)
            .map(([start, stop]) => [Math.max(start, position), stop]),
        });
      return published;
    },

    async discard(identity) {
      const target = pending.get(identity);
      if (target === undefined) return;
      pending.delete(identity);
      await target.ready.catch(() => {});
      await staging.discard(target.staged);
    },
  };
}

/** Where the data that begins at 0 ends, given `committed` bytes and ranges in any order. */
export function contiguous(committed: number, ranges: readonly (readonly [number, number])[]): number {
  let end = committed;
  for (const [start, stop] of [...ranges].sort(([left], [right]) => left - right)) {
    if (start > end) break;
    end = Math.max(end, stop);
  }
  return end;
}
