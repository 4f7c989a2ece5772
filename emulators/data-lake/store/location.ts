import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A validated place in the lake: names come from the wire through `rest/names.ts`, which lets nothing out of the root. */
export interface Location {
  readonly filesystem: string;
  /** Without leading or trailing slash; empty for the filesystem itself. */
  readonly path: string;
  /** In the folder. */
  readonly file: string;
}

export function locate(root: string, filesystem: string, path: string): Location {
  return { filesystem, path, file: path === '' ? join(root, filesystem) : join(root, filesystem, ...path.split('/')) };
}

/** The key that serialises changes to a path. */
export const keyOf = (location: Location): string => `${location.filesystem}/${location.path}`;

/**
 * Whether a link stands between the root and the location: what it points to is no part of the lake. `root` is a real path.
 * The last name is not looked at here; the store never follows it.
 */
export async function passesLink(root: string, location: Location): Promise<boolean> {
  for (let folder = dirname(location.file); folder.length > root.length; folder = dirname(folder)) {
    try {
      return (await realpath(folder)) !== folder;
    } catch (error) {
      // Not there, or below a file: what is, above it, decides.
      if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return true;
    }
  }
  return false;
}
