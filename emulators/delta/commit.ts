import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Action, type CommitInfo, type MetaData, type Protocol, printCommit } from './actions.ts';
import { DeltaError } from './delta-error.ts';
import { commitFile, listLog, logFolder } from './log-files.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

/** What every reader and writer of this lake understands. */
export const protocol: Protocol = { minReaderVersion: 1, minWriterVersion: 2 };

/** The writer features that writer version 2 asks of us; a table with more is refused rather than written wrongly. */
const writerVersion = 2;

export interface CommitRequest {
  /** The snapshot the actions were computed from; undefined creates the table. */
  readonly base: Snapshot | undefined;
  readonly actions: readonly Action[];
  /** Reads nothing of the table, so it commutes with every other change of data. */
  readonly blindAppend: boolean;
  readonly operation: string;
  readonly operationParameters?: Readonly<Record<string, unknown>>;
  readonly operationMetrics?: Readonly<Record<string, string>>;
  readonly timestamp: number;
}

/**
 * Appends a commit: `_delta_log/<version>.json` appears whole, and only if nobody wrote that version before. When somebody did, a blind
 * append moves on to the next version, everything else fails.
 * @returns the version committed
 * @throws DeltaError DELTA_CONCURRENT_WRITE, DELTA_METADATA_CHANGED, DELTA_PROTOCOL_CHANGED, DELTA_UNSUPPORTED_FEATURES_FOR_WRITE
 */
export async function commit(table: string, request: CommitRequest): Promise<number> {
  if (request.base !== undefined) checkWritable(request.base);
  await mkdir(logFolder(table), { recursive: true });
  let version = request.base === undefined ? 0 : request.base.version + 1;
  for (;;) {
    const commitInfo: CommitInfo = {
      timestamp: request.timestamp,
      operation: request.operation,
      operationParameters: request.operationParameters ?? {},
      ...(version > 0 ? { readVersion: request.base?.version ?? version - 1 } : {}),
      isBlindAppend: request.blindAppend,
      operationMetrics: request.operationMetrics ?? {},
      engineInfo: 'local-databricks-emulator',
    };
    if (await putIfAbsent(commitFile(table, version), printCommit([{ commitInfo }, ...request.actions])))
      return version;
    version = await afterConflict(table, request, version);
  }
}

/** Creates the file with the text in one step; false when it is there already. The file is never seen half-written. */
export async function putIfAbsent(file: string, text: string): Promise<boolean> {
  const temporary = join(file, '..', `.commit-${randomUUID()}.tmp`);
  const handle = await open(temporary, 'wx');
  try {
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // link() fails when the name exists, on every POSIX file system: rename() would replace it.
    await link(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function afterConflict(table: string, request: CommitRequest, version: number): Promise<number> {
  if (request.base === undefined)
    throw new DeltaError(
      'DELTA_PROTOCOL_CHANGED',
      `ProtocolChangedException: another writer created the table ${table} at the same time. Try the operation again.`,
    );
  if (!request.blindAppend)
    throw new DeltaError(
      'DELTA_CONCURRENT_WRITE',
      `ConcurrentWriteException: a concurrent transaction has written version ${version} of ${table} since version ` +
        `${request.base.version} was read. Please try the operation again.`,
    );
  const winner = await readSnapshot(table);
  if (JSON.stringify(winner.metaData) !== JSON.stringify(request.base.metaData))
    throw new DeltaError(
      'DELTA_METADATA_CHANGED',
      `MetadataChangedException: the metadata of ${table} has been changed by a concurrent update. Try the operation again.`,
    );
  const listing = await listLog(table);
  return Math.max(version + 1, (listing?.commits.at(-1) ?? version) + 1);
}

function checkWritable({ table, protocol: found, metaData }: Snapshot): void {
  const unsupported = [
    ...(found.minWriterVersion > writerVersion ? [`writer version ${found.minWriterVersion}`] : []),
    ...(found.writerFeatures ?? []),
    ...Object.keys(metaData.configuration).filter((key) => key.startsWith('delta.constraints.')),
    ...(metaData.schemaString.includes('"delta.invariants"') ? ['invariants'] : []),
  ];
  if (unsupported.length > 0)
    throw new DeltaError(
      'DELTA_UNSUPPORTED_FEATURES_FOR_WRITE',
      `Unsupported Delta write feature: table ${table} requires ${unsupported.join(', ')}; supported is writer version 2 without constraints.`,
    );
  if (metaData.partitionColumns.length > 0)
    throw new DeltaError(
      'DELTA_UNSUPPORTED_FEATURES_FOR_WRITE',
      `The local engine reads partitioned Delta tables but does not write them: ${table} is partitioned by ${metaData.partitionColumns.join(', ')}.`,
    );
}

export function isAppendOnly(metaData: MetaData): boolean {
  return metaData.configuration['delta.appendOnly']?.toLowerCase() === 'true';
}
