import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Block, Entry, Properties } from './entry.ts';
import { keyOf, type Location } from './location.ts';
import type { Staging } from './staging.ts';
import { StoreError } from './store-error.ts';

/** Blocks that were put and not yet committed, by blob name: a blob need not exist to have some. */
export interface Blocks {
  put(location: Location, id: string, data: Readable): Promise<void>;
  uncommitted(location: Location): readonly Block[];
  /** @throws StoreError blockList when a block that is named is not there. */
  commit(
    location: Location,
    entry: Entry | undefined,
    list: readonly BlockReference[],
    properties: Properties,
    exclusive: boolean,
  ): Promise<Entry>;
  discard(location: Location): Promise<void>;
}

export interface BlockReference {
  readonly id: string;
  readonly from: 'Committed' | 'Uncommitted' | 'Latest';
}

interface Source {
  readonly file: string;
  readonly start: number;
  readonly block: Block;
}

export function createBlocks(staging: Staging): Blocks {
  const waiting = new Map<string, Map<string, Source>>();
  const folderOf = (location: Location): string =>
    join(staging.folder, `blocks-${createHash('sha256').update(keyOf(location)).digest('hex')}`);

  const blocks: Blocks = {
    async put(location, id, data) {
      const folder = folderOf(location);
      await mkdir(folder, { recursive: true });
      const arriving = staging.fresh();
      await pipeline(data, createWriteStream(arriving, { highWaterMark: 1 << 20 }));
      const file = join(folder, createHash('sha256').update(id).digest('hex'));
      const { size } = await stat(arriving);
      await rename(arriving, file);
      const known = waiting.get(keyOf(location)) ?? new Map<string, Source>();
      known.set(id, { file, start: 0, block: { id, size } });
      waiting.set(keyOf(location), known);
    },

    uncommitted: (location) => [...(waiting.get(keyOf(location))?.values() ?? [])].map(({ block }) => block),

    async commit(location, entry, list, properties, exclusive) {
      const fresh = waiting.get(keyOf(location));
      const committed = committedSources(location, entry);
      const sources = list.map(({ id, from }) => {
        const source =
          (from === 'Committed' ? undefined : fresh?.get(id)) ??
          (from === 'Uncommitted' ? undefined : committed.get(id));
        if (source === undefined) throw new StoreError('blockList', id);
        return source;
      });
      const staged = staging.fresh();
      await pipeline(contents(sources), createWriteStream(staged, { flags: 'wx', highWaterMark: 1 << 20 }));
      const layout = { ...properties, blocks: sources.map(({ block }) => block) };
      const published = await staging.publish(staged, location, layout, exclusive);
      await blocks.discard(location);
      return published;
    },

    async discard(location) {
      if (waiting.delete(keyOf(location))) await staging.discard(folderOf(location));
    },
  };
  return blocks;
}

function committedSources(location: Location, entry: Entry | undefined): ReadonlyMap<string, Source> {
  let start = 0;
  return new Map(
    (entry?.properties.blocks ?? []).map((block) => {
      const source = { file: location.file, start, block };
      start += block.size;
      return [block.id, source];
    }),
  );
}

async function* contents(sources: readonly Source[]): AsyncGenerator<Buffer> {
  for (const { file, start, block } of sources)
    if (block.size > 0) yield* createReadStream(file, { start, end: start + block.size - 1, highWaterMark: 1 << 20 });
}
