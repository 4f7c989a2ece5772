import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError, invalidParameter } from './api-error.ts';
import { readJson, writeJson } from './json-file.ts';

export interface WorkspaceObject {
  readonly object_type: 'NOTEBOOK' | 'FILE' | 'DIRECTORY';
  readonly path: string;
  readonly object_id: number;
  readonly language?: string;
  readonly size?: number;
  readonly modified_at?: number;
  readonly created_at?: number;
}

interface Entry {
  readonly type: WorkspaceObject['object_type'];
  readonly id: number;
  readonly language?: string;
  readonly content?: string;
  readonly created: number;
  readonly modified: number;
}

/** The workspace's tree: an index of paths, and a file for each content. */
export class WorkspaceStore {
  readonly #folder: string;
  readonly #entries: Map<string, Entry>;
  readonly #now: () => number;
  #lastId: number;

  constructor(stateDirectory: string, now: () => number) {
    this.#folder = join(stateDirectory, 'workspace');
    this.#now = now;
    const saved = readJson<[string, Entry][]>(join(this.#folder, 'index.json'), []);
    this.#entries = new Map(saved);
    this.#lastId = Math.max(1000, ...saved.map(([, entry]) => entry.id));
    for (const path of ['/', '/Users', '/Shared', '/Workspace'])
      if (!this.#entries.has(path)) this.#put(path, { type: 'DIRECTORY' });
    this.#collect();
  }

  find(path: string): WorkspaceObject | undefined {
    const normal = normalise(path);
    const entry = this.#entries.get(normal);
    return entry && this.#describe(normal, entry);
  }

  get(path: string): WorkspaceObject {
    const found = this.find(path);
    if (found === undefined) throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Path (${path}) doesn't exist.`);
    return found;
  }

  list(path: string): WorkspaceObject[] {
    const found = this.get(path);
    if (found.object_type !== 'DIRECTORY') return [found];
    const prefix = found.path === '/' ? '/' : `${found.path}/`;
    return [...this.#entries]
      .filter(
        ([candidate]) =>
          candidate !== '/' && candidate.startsWith(prefix) && !candidate.slice(prefix.length).includes('/'),
      )
      .map(([candidate, entry]) => this.#describe(candidate, entry))
      .sort((left, right) => (left.path < right.path ? -1 : 1));
  }

  mkdirs(path: string): void {
    const parts = normalise(path)
      .split('/')
      .filter((part) => part !== '');
    for (let length = 1; length <= parts.length; length++) {
      const folder = `/${parts.slice(0, length).join('/')}`;
      const entry = this.#entries.get(folder);
      if (entry === undefined) this.#put(folder, { type: 'DIRECTORY' });
      else if (entry.type !== 'DIRECTORY')
        throw new ApiError(
          400,
          'RESOURCE_ALREADY_EXISTS',
          `Cannot create directory ${folder}. A file or notebook already exists.`,
        );
    }
    this.#save();
  }

  /** @param what a notebook's language, or 'FILE' */
  write(path: string, content: Uint8Array, what: { readonly language: string } | 'FILE', overwrite: boolean): void {
    const normal = normalise(path);
    const parent = normal.slice(0, normal.lastIndexOf('/')) || '/';
    if (this.#entries.get(parent)?.type !== 'DIRECTORY')
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `The parent folder (${parent}) does not exist.`);
    const existing = this.#entries.get(normal);
    const type = what === 'FILE' ? 'FILE' : 'NOTEBOOK';
    if (existing !== undefined && (!overwrite || existing.type !== type))
      throw new ApiError(409, 'RESOURCE_ALREADY_EXISTS', `Path (${normal}) already exists.`);
    // Not by number: contents outlive the numbers that a restart knows, and a name must never come twice.
    const file = `${randomUUID()}-content`;
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(join(this.#folder, file), content);
    this.#put(normal, { type, content: file, ...(what === 'FILE' ? {} : { language: what.language }) });
    this.#save();
    if (existing?.content !== undefined) rmSync(join(this.#folder, existing.content), { force: true });
  }

  read(path: string): Buffer {
    const entry = this.#entries.get(normalise(path));
    if (entry?.content === undefined)
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Path (${path}) doesn't exist.`);
    return readFileSync(join(this.#folder, entry.content));
  }

  delete(path: string, recursive: boolean): void {
    const { path: normal, object_type } = this.get(path);
    if (normal === '/') throw invalidParameter('The root folder cannot be deleted.');
    const below = [...this.#entries.keys()].filter((candidate) => candidate.startsWith(`${normal}/`));
    if (object_type === 'DIRECTORY' && below.length > 0 && !recursive)
      throw new ApiError(400, 'DIRECTORY_NOT_EMPTY', `Folder (${normal}) is not empty`);
    for (const candidate of [normal, ...below]) this.#entries.delete(candidate);
    this.#save();
    this.#collect();
  }

  #put(path: string, entry: Pick<Entry, 'type' | 'language' | 'content'>): void {
    const existing = this.#entries.get(path);
    const now = this.#now();
    this.#entries.set(path, {
      ...entry,
      id: existing?.id ?? ++this.#lastId,
      created: existing?.created ?? now,
      modified: now,
    });
  }

  #describe(path: string, entry: Entry): WorkspaceObject {
    return {
      object_type: entry.type,
      path,
      object_id: entry.id,
      ...(entry.language === undefined ? {} : { language: entry.language }),
      ...(entry.content === undefined
        ? {}
        : {
            size: statSync(join(this.#folder, entry.content)).size,
            created_at: entry.created,
            modified_at: entry.modified,
          }),
    };
  }

  #save(): void {
    writeJson(join(this.#folder, 'index.json'), [...this.#entries]);
  }

  /** Contents that no path names: what a kill between write and save left. */
  #collect(): void {
    const used = new Set([...this.#entries.values()].map((entry) => entry.content));
    mkdirSync(this.#folder, { recursive: true });
    for (const name of readdirSync(this.#folder))
      if (name.endsWith('-content') && !used.has(name)) rmSync(join(this.#folder, name), { force: true });
  }
}

/** /Workspace is another name of the root; paths are absolute and have no dot parts. */
function normalise(path: string): string {
  if (!path.startsWith('/')) throw invalidParameter(`Path (${path}) doesn't start with '/'`);
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.some((part) => part === '.' || part === '..'))
    throw invalidParameter(`Path (${path}) is not a valid path.`);
  if (parts[0] === 'Workspace' && parts.length > 1) parts.shift();
  return `/${parts.join('/')}`;
}
