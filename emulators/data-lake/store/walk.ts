import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface WalkOptions {
  readonly recursive: boolean;
  /** Names strictly after this one in walking order. */
  readonly after?: string;
  /** Names from this one on; nothing may be said of `after` then. */
  readonly from?: string;
  /** A directory is entered only if this says so of its name. */
  readonly enter?: (name: string) => boolean;
}

export interface Walked {
  /** Relative to where the walk began, with slashes. */
  readonly name: string;
  readonly file: string;
  readonly directory: boolean;
}

/**
 * The files and directories below a folder, a directory before what is in it, siblings in the order of their bytes. Anything
 * else (links, sockets) is no part of the lake. What vanishes meanwhile is left out.
 */
export async function* walk(folder: string, options: WalkOptions, prefix = ''): AsyncGenerator<Walked> {
  yield* descend(folder, options, prefix, (options.after ?? options.from)?.split('/'));
}

async function* descend(
  folder: string,
  options: WalkOptions,
  prefix: string,
  start: readonly string[] | undefined,
): AsyncGenerator<Walked> {
  const [bound, ...rest] = start ?? [];
  for (const item of await sorted(folder)) {
    const order = bound === undefined ? 1 : compareNames(item.name, bound);
    if (order < 0) continue;
    const name = prefix + item.name;
    const file = join(folder, item.name);
    const first = order === 0 && rest.length === 0 && options.from !== undefined && options.after === undefined;
    if (order > 0 || first) yield { name, file, directory: item.isDirectory() };
    if (item.isDirectory() && options.recursive && (options.enter?.(name) ?? true))
      yield* descend(file, options, `${name}/`, order === 0 && rest.length > 0 ? rest : undefined);
  }
}

async function sorted(folder: string): Promise<Dirent[]> {
  try {
    const items = await readdir(folder, { withFileTypes: true });
    return items
      .filter((item) => item.isFile() || item.isDirectory())
      .sort((left, right) => compareNames(left.name, right.name));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

export function compareNames(left: string, right: string): number {
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** Walking order: name by name, a directory before what is in it. */
export function comparePaths(left: string, right: string): number {
  const [here, there] = [left.split('/'), right.split('/')];
  for (let at = 0; at < Math.min(here.length, there.length); at++) {
    const order = compareNames(here[at] ?? '', there[at] ?? '');
    if (order !== 0) return order;
  }
  return here.length - there.length;
}
