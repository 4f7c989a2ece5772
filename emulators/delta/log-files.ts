import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What lies in `_delta_log`. */
export interface LogListing {
  /** Versions that have a commit file, ascending. */
  readonly commits: readonly number[];
  /** Complete classic checkpoints, ascending by version, each with its files. */
  readonly checkpoints: readonly { readonly version: number; readonly files: readonly string[] }[];
}

export const logFolder = (table: string): string => join(table, '_delta_log');
export const versionName = (version: number): string => String(version).padStart(20, '0');
export const commitFile = (table: string, version: number): string =>
  join(logFolder(table), `${versionName(version)}.json`);
export const checkpointFile = (table: string, version: number): string =>
  join(logFolder(table), `${versionName(version)}.checkpoint.parquet`);
export const lastCheckpointFile = (table: string): string => join(logFolder(table), '_last_checkpoint');

const commitName = /^(\d{20})\.json$/;
const checkpointName = /^(\d{20})\.checkpoint(?:\.(\d{10})\.(\d{10}))?\.parquet$/;

/** Lists the log; undefined when the folder is not there. Names that are not the log's own (temporary files) are passed over. */
export async function listLog(table: string): Promise<LogListing | undefined> {
  const names = await readdir(logFolder(table)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (names === undefined) return undefined;
  const commits: number[] = [];
  const parts = new Map<string, { version: number; files: string[]; expected: number }>();
  for (const name of names.sort()) {
    const commit = commitName.exec(name);
    if (commit !== null) commits.push(Number(commit[1]));
    const checkpoint = checkpointName.exec(name);
    if (checkpoint === null) continue;
    const key = `${checkpoint[1]}/${checkpoint[3] ?? ''}`;
    const part = parts.get(key) ?? { version: Number(checkpoint[1]), files: [], expected: Number(checkpoint[3] ?? 1) };
    part.files.push(join(logFolder(table), name));
    parts.set(key, part);
  }
  const checkpoints = [...parts.values()]
    .filter((part) => part.files.length === part.expected)
    .sort((left, right) => left.version - right.version);
  return { commits, checkpoints };
}

/** The version that `_last_checkpoint` names; undefined when it is absent or torn, as the protocol allows. */
export async function readLastCheckpoint(table: string): Promise<number | undefined> {
  try {
    const version = (JSON.parse(await readFile(lastCheckpointFile(table), 'utf8')) as { version?: unknown }).version;
    return typeof version === 'number' ? version : undefined;
  } catch {
    return undefined;
  }
}
