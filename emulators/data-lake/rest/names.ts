import { StorageError } from '../errors.ts';

/** The names of a request's target, checked. Nothing that comes out of here leads out of the lake's folder. */
export interface Target {
  /** Empty for the account itself. */
  readonly filesystem: string;
  /** Empty for the filesystem itself. */
  readonly path: string;
}

/** 3 to 63 lower-case letters, digits and single hyphens. */
const filesystemName = /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/;

const pathLength = 1024;
/** Bytes of one name: the limit of the file systems below. */
const nameLength = 255;
const pathDepth = 63;

/**
 * Takes a URL's path apart as it came over the wire: `/<account>/<filesystem>/<path>`. An encoded slash separates names, as it
 * does in the service; names that a file system would take for something else are refused.
 * @param accountOptional rename URLs come without the account (the clients put `/<filesystem>/<path>` in place of the whole path).
 */
export function parseTarget(rawPath: string, account: string, accountOptional = false): Target {
  const names = decode(rawPath)
    .split('/')
    .filter((name) => name !== '');
  const withAccount = names[0] === account && !(accountOptional && names.length === 2);
  if (!withAccount && !accountOptional)
    throw new StorageError('InvalidUri', {
      message: `The requested URI does not represent any resource on the server: expected /${account}/<filesystem>/<path>.`,
    });
  const [filesystem = '', ...path] = withAccount ? names.slice(1) : names;
  if (filesystem !== '' && !filesystemName.test(filesystem)) throw new StorageError('InvalidResourceName');
  return { filesystem, path: checkPath(path) };
}

/** A path inside a filesystem, as query parameters name it (already decoded). */
export function parsePath(path: string): string {
  return checkPath(path.split('/').filter((name) => name !== ''));
}

function decode(rawPath: string): string {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    throw new StorageError('InvalidUri');
  }
}

function checkPath(names: readonly string[]): string {
  for (const name of names) {
    if (name === '.' || name === '..' || /[\u0000-\u001f\u007f\\]/.test(name) || !name.isWellFormed())
      throw new StorageError('InvalidUri');
    if (Buffer.byteLength(name) > nameLength) throw new StorageError('OutOfRangeInput');
  }
  const path = names.join('/');
  if (path.length > pathLength || names.length > pathDepth) throw new StorageError('OutOfRangeInput');
  return path;
}
