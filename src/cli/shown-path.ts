import { relative } from 'node:path';

/** A path as people read it: from where they are, when it lies below. */
export function shownPath(path: string): string {
  if (!path.startsWith('/')) return path;
  const below = relative(process.cwd(), path);
  return below === '' || below.startsWith('..') ? path : below;
}
