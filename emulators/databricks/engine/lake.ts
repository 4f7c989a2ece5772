import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { notImplemented, SparkError } from '../../spark-sql/index.ts';

/** Where the storage account's filesystems lie on this machine. */
export interface Lake {
  /** Folder with one folder per filesystem (container). */
  readonly root: string;
  /** The storage account's name. */
  readonly account: string;
}

/**
 * The folder or file behind `abfss://<container>@<account>.dfs.core.windows.net/<path>`.
 * @throws SparkError for other schemes and accounts, and for paths that leave the lake
 */
export function localPath(lake: Lake, uri: string): string {
  const match = /^abfss?:\/\/([^@/]+)@([^/]+)(\/.*)?$/i.exec(uri);
  if (match === null)
    throw notImplemented(`the path ${uri}; paths are abfss://<container>@${lake.account}.dfs.core.windows.net/<path>`);
  const [, container = '', host = '', path = '/'] = match;
  if (host.toLowerCase() !== `${lake.account}.dfs.core.windows.net`.toLowerCase())
    throw new SparkError(
      'LOCAL_ENGINE_UNKNOWN_ACCOUNT',
      `The path ${uri} names the host ${host}; the local lake is ${lake.account}.dfs.core.windows.net.`,
      { sqlState: '42000' },
    );
  const parts = path.split('/').filter((part) => part !== '');
  if (!/^[a-z0-9$-]+$/i.test(container) || parts.some((part) => part === '.' || part === '..' || /[\0\\]/.test(part)))
    throw new SparkError('INVALID_URI', `Invalid URI: ${uri}.`);
  const local = join(lake.root, container, ...parts);
  const inside = relative(realRoot(lake.root), realPrefix(local));
  if (inside.startsWith('..') || isAbsolute(inside))
    throw new SparkError('INVALID_URI', `Invalid URI: ${uri} leaves the lake.`);
  return local;
}

/** The abfss URI of a file in the lake; other files keep a file: URI. */
export function lakeUri(lake: Lake, path: string): string {
  const inside = relative(lake.root, path);
  if (inside.startsWith('..') || isAbsolute(inside)) return `file:${path}`;
  const [container = '', ...rest] = inside.split(sep);
  return `abfss://${container}@${lake.account}.dfs.core.windows.net/${rest.join('/')}`;
}

function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    return root;
  }
}

/** The real path of what exists of a path: a link that leads outside is found even if what it leads to is not there. */
function realPrefix(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPrefix(parent), path.slice(parent.length));
  }
}
