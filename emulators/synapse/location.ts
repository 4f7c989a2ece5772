import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SqlError } from '../tsql/sql-error.ts';

/** Where the lake lies: a storage account, and the folder behind the emulator of it. */
export interface LakeLocation {
  readonly root: string;
  readonly account: string;
}

/** A path into the lake: its segments below the account, the filesystem first. The last ones may hold wildcards. */
export type LakePath = readonly string[];

/**
 * Reads a URL of the lake: `https://<account>.dfs.core.windows.net/<filesystem>/<path>` (or blob), `abfss://<filesystem>@<account>...`, or a
 * path-style `https://127.0.0.1:<port>/<account>/<filesystem>/<path>`.
 * @throws SqlError 13807 for another account, or a path that leaves the lake.
 */
export function parseLakeUrl(text: string, { account }: LakeLocation): LakePath {
  const url = /^(https?|abfss?|wasbs?):\/\/(?:([^@/]+)@)?([^/:]+)(?::\d+)?(?:\/(.*))?$/i.exec(text);
  if (url === null) throw cannotList(text);
  const [, , filesystem, host = '', path = ''] = url;
  const segments = segmentsOf(text, path);
  const hostAccount = host.split('.')[0]!.toLowerCase();
  if (filesystem !== undefined) {
    if (hostAccount !== account.toLowerCase()) throw cannotList(text);
    return [filesystem, ...segments];
  }
  if (hostAccount === account.toLowerCase() && host.includes('.')) return segments;
  if (segments[0]?.toLowerCase() !== account.toLowerCase()) throw cannotList(text);
  return segments.slice(1);
}

/** The segments of a path below a data source. */
export function segmentsOf(shown: string, path: string): string[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => segment === '.' || segment === '..' || /[\\\0]/.test(segment)))
    throw cannotList(shown);
  return segments;
}

/** A file that a path with wildcards found, and what each wildcard stood for. */
export interface FoundFile {
  readonly file: string;
  /** Path below the account, for filepath(). */
  readonly path: string;
  readonly wildcards: readonly string[];
}

/**
 * Files that a path names: a file, the files of a folder (`folder/`), `*` within a segment, `**` for any depth at the end. Names that begin
 * with `_` or `.` are passed over, as the service does. Links are not followed.
 * @throws SqlError 13807 when there are none.
 */
export function findFiles(shown: string, path: LakePath, { root }: LakeLocation): FoundFile[] {
  const found: FoundFile[] = [];
  const recursive = path.at(-1) === '**';
  const pattern = recursive ? path.slice(0, -1) : path;
  const visit = (folder: string, below: readonly string[], depth: number, wildcards: readonly string[]): void => {
    for (const name of namesIn(folder)) {
      const file = join(folder, name);
      const kind = lstatSync(file);
      const segment = pattern[depth];
      if (segment === undefined) {
        if (kind.isFile())
          found.push({
            file,
            path: [...below, name].join('/'),
            wildcards: recursive ? [...wildcards, name] : wildcards,
          });
        else if (recursive && kind.isDirectory()) visit(file, [...below, name], depth, wildcards);
        continue;
      }
      const match = wildcard(segment).exec(name);
      if (match === null) continue;
      const matched = [...wildcards, ...match.slice(1)];
      if (kind.isDirectory()) visit(file, [...below, name], depth + 1, matched);
      else if (kind.isFile() && depth === pattern.length - 1 && !recursive)
        found.push({ file, path: [...below, name].join('/'), wildcards: matched });
    }
  };
  visit(root, [], 0, []);
  if (found.length === 0) throw cannotList(shown);
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('_') && !name.startsWith('.'))
      .sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

function wildcard(segment: string): RegExp {
  const source = segment.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('(.*)')}$`);
}

/** What the service says of a folder that is not there, is empty, or may not be read. */
export function cannotList(path: string): SqlError {
  return new SqlError(13807, `Content of directory on path '${path}' cannot be listed.`);
}
