import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Add, type MetaData, type Protocol, parseCommit, type Stats } from './actions.ts';
import { type ReadCheckpoint, readCheckpointAlone } from './checkpoint.ts';
import type { Field } from './data-type.ts';
import { DeltaError } from './delta-error.ts';
import { commitFile, type LogListing, listLog, readLastCheckpoint, versionName } from './log-files.ts';
import { emptyState, type LogState, replay } from './replay.ts';
import { parseSchema } from './schema.ts';

/** An active data file. */
export interface DataFile {
  /** Absolute path of the Parquet file. */
  readonly path: string;
  /** From the file's statistics; undefined when the writer left none. */
  readonly rows: number | undefined;
  readonly size: number;
  /** By partition column, as the log writes values: text, null for NULL. */
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly stats: Stats | undefined;
  readonly add: Add;
}

/** A table at one version. */
export interface Snapshot {
  readonly table: string;
  readonly version: number;
  readonly schema: readonly Field[];
  readonly partitionColumns: readonly string[];
  readonly files: readonly DataFile[];
  readonly metaData: MetaData;
  readonly protocol: Protocol;
  readonly state: LogState;
  /** Tells a table that was dropped and made anew from the one that was read. */
  readonly identity: string;
}

/** Reader version 1 is what every reader of this lake shares, Synapse serverless included. */
const readerVersion = 1;

/** Whether the folder holds a Delta table. */
export async function tableExists(table: string): Promise<boolean> {
  const listing = await listLog(table);
  return listing !== undefined && (listing.commits.length > 0 || listing.checkpoints.length > 0);
}

/**
 * Reads a table's state.
 * @param table the table's folder
 * @param version the version to read; the newest when absent
 * @throws DeltaError DELTA_TABLE_NOT_FOUND, DELTA_VERSIONS_NOT_CONTIGUOUS, DELTA_VERSION_NOT_FOUND,
 * DELTA_UNSUPPORTED_FEATURES_FOR_READ
 */
export async function readSnapshot(
  table: string,
  version?: number,
  readCheckpoint: ReadCheckpoint = readCheckpointAlone,
): Promise<Snapshot> {
  const listing = await listed(table);
  const newest = newestVersion(listing);
  const wanted = version ?? newest;
  const checkpoint = await chooseCheckpoint(table, listing, wanted);
  let state = emptyState;
  if (checkpoint !== undefined) state = replay(state, await readCheckpoint(checkpoint.files));
  const first = checkpoint === undefined ? 0 : checkpoint.version + 1;
  if (wanted > newest || (checkpoint === undefined && listing.commits[0] !== 0 && wanted >= 0))
    throw new DeltaError(
      'DELTA_VERSION_NOT_FOUND',
      `Cannot time travel Delta table ${table} to version ${wanted}. Available versions: [${listing.commits[0]}, ${newest}].`,
    );
  state = await replayCommits(table, state, listing, first, wanted);
  return snapshotOf(table, wanted, state, await identityOf(table, wanted));
}

/** The newest snapshot, from a cached one where that is still the same table: only the commits since then are read. */
export async function refreshSnapshot(cached: Snapshot, readCheckpoint: ReadCheckpoint): Promise<Snapshot> {
  const listing = await listed(cached.table);
  const newest = newestVersion(listing);
  const same = newest >= cached.version && (await identityOf(cached.table, cached.version)) === cached.identity;
  if (!same) return readSnapshot(cached.table, undefined, readCheckpoint);
  if (newest === cached.version) return cached;
  const state = await replayCommits(cached.table, cached.state, listing, cached.version + 1, newest);
  return snapshotOf(cached.table, newest, state, await identityOf(cached.table, newest));
}

async function listed(table: string): Promise<LogListing> {
  const listing = await listLog(table);
  if (listing === undefined || (listing.commits.length === 0 && listing.checkpoints.length === 0))
    throw new DeltaError('DELTA_TABLE_NOT_FOUND', `Delta table ${table} doesn't exist.`);
  return listing;
}

function newestVersion(listing: LogListing): number {
  return Math.max(listing.commits.at(-1) ?? -1, listing.checkpoints.at(-1)?.version ?? -1);
}

async function chooseCheckpoint(
  table: string,
  listing: LogListing,
  wanted: number,
): Promise<LogListing['checkpoints'][number] | undefined> {
  const named = await readLastCheckpoint(table);
  const usable = listing.checkpoints.filter((checkpoint) => checkpoint.version <= wanted);
  // _last_checkpoint is a hint: a listing that knows a newer one is at least as good.
  return usable.findLast((checkpoint) => named === undefined || checkpoint.version >= named) ?? usable.at(-1);
}

async function replayCommits(
  table: string,
  from: LogState,
  listing: LogListing,
  first: number,
  last: number,
): Promise<LogState> {
  const present = new Set(listing.commits);
  let state = from;
  for (let version = first; version <= last; version++) {
    if (!present.has(version))
      throw new DeltaError(
        'DELTA_VERSIONS_NOT_CONTIGUOUS',
        `Versions (${listing.commits.join(', ')}) are not contiguous: ${versionName(version)}.json is missing from ${table}.`,
      );
    const text = await readFile(commitFile(table, version), 'utf8');
    try {
      state = replay(state, parseCommit(text));
    } catch (cause) {
      throw new DeltaError(
        'DELTA_LOG_CORRUPT',
        `${commitFile(table, version)} is not a commit: ${(cause as Error).message}`,
        { cause },
      );
    }
  }
  return state;
}

async function identityOf(table: string, version: number): Promise<string> {
  const { ino, mtimeMs, size } = await stat(commitFile(table, version)).catch(() => ({ ino: 0, mtimeMs: 0, size: 0 }));
  return `${ino}/${mtimeMs}/${size}`;
}

function snapshotOf(table: string, version: number, state: LogState, identity: string): Snapshot {
  const { protocol, metaData } = state;
  if (protocol === undefined || metaData === undefined)
    throw new DeltaError(
      'DELTA_STATE_RECOVER_ERROR',
      `The ${protocol ? 'metadata' : 'protocol'} of your Delta table ${table} could not be recovered.`,
    );
  checkReadable(table, protocol, metaData);
  return {
    table,
    version,
    schema: parseSchema(metaData.schemaString),
    partitionColumns: metaData.partitionColumns,
    files: [...state.files.values()].map((add) => dataFile(table, add)),
    metaData,
    protocol,
    state,
    identity,
  };
}

function checkReadable(table: string, protocol: Protocol, metaData: MetaData): void {
  const features = protocol.readerFeatures ?? [];
  const mapping = metaData.configuration['delta.columnMapping.mode'] ?? 'none';
  if (protocol.minReaderVersion > readerVersion || features.length > 0 || mapping !== 'none')
    throw new DeltaError(
      'DELTA_UNSUPPORTED_FEATURES_FOR_READ',
      `Unsupported Delta read feature: table ${table} requires reader version ${protocol.minReaderVersion}` +
        `${features.length > 0 ? ` with ${features.join(', ')}` : ''}${mapping !== 'none' ? ` and column mapping ${mapping}` : ''}; ` +
        'supported is reader version 1. Write it without deletion vectors, column mapping and v2 checkpoints.',
    );
}

function dataFile(table: string, add: Add): DataFile {
  if (add.deletionVector)
    throw new DeltaError(
      'DELTA_UNSUPPORTED_FEATURES_FOR_READ',
      `Unsupported Delta read feature: deletion vector on ${add.path}.`,
    );
  const stats = add.stats ? (JSON.parse(add.stats) as Stats) : undefined;
  return {
    path: dataPath(table, add.path),
    rows: stats?.numRecords,
    size: add.size,
    partitionValues: add.partitionValues,
    stats,
    add,
  };
}

function dataPath(table: string, path: string): string {
  const local = path.startsWith('file:') ? fileURLToPath(path) : join(table, decodeURIComponent(path));
  const inside = relative(table, local);
  if (inside.startsWith('..') || isAbsolute(inside) || /^[a-z][a-z0-9+.-]*:\/\//i.test(path.replace(/^file:/, '')))
    throw new DeltaError(
      'DELTA_PATH_OUTSIDE_TABLE',
      `Data file ${path} lies outside of its table ${table}; shallow clones are not supported.`,
    );
  return local;
}
