import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseLossless } from './lossless-json.ts';
import { type ObjectKind, objectKinds } from './object-kinds.ts';
import { writeAtomically } from './write-atomically.ts';

/** One published object. `properties` is what the client sent, numbers and unknown properties included. */
export interface StoredObject {
  readonly name: string;
  readonly etag: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The factory resource itself: everything ARM keeps of it. */
export type FactoryResource = Readonly<Record<string, unknown>>;

export interface ObjectStore {
  get(kind: ObjectKind, name: string): StoredObject | undefined;
  /** In order of name, which is the order lists are paged in. */
  list(kind: ObjectKind): readonly StoredObject[];
  put(kind: ObjectKind, name: string, properties: Readonly<Record<string, unknown>>): Promise<StoredObject>;
  delete(kind: ObjectKind, name: string): Promise<boolean>;
  factory(): FactoryResource | undefined;
  putFactory(factory: FactoryResource | undefined): Promise<void>;
}

/** Opens the objects under a directory: one file each, named by a digest because names may differ by case alone on some disks. */
export function openObjectStore(directory: string): ObjectStore {
  const objects = new Map<string, Map<string, StoredObject>>();
  for (const kind of objectKinds) {
    const folder = join(directory, kind.collection);
    mkdirSync(folder, { recursive: true });
    const byName = new Map<string, StoredObject>();
    for (const entry of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
      const stored = parseLossless(readFileSync(join(folder, entry), 'utf8')) as StoredObject;
      byName.set(stored.name.toLowerCase(), stored);
    }
    objects.set(kind.collection, byName);
  }
  const factoryFile = join(directory, 'factory.json');
  let factory = existsSync(factoryFile)
    ? (parseLossless(readFileSync(factoryFile, 'utf8')) as FactoryResource)
    : undefined;

  const of = (kind: ObjectKind) => objects.get(kind.collection)!;
  const fileOf = (kind: ObjectKind, name: string) =>
    join(
      directory,
      kind.collection,
      `${createHash('sha256').update(name.toLowerCase()).digest('hex').slice(0, 32)}.json`,
    );

  return {
    get: (kind, name) => of(kind).get(name.toLowerCase()),
    list: (kind) => [...of(kind).values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    async put(kind, name, properties) {
      // The first spelling of a name is the object's name; later PUTs in another case update it.
      const stored: StoredObject = {
        name: of(kind).get(name.toLowerCase())?.name ?? name,
        etag: randomUUID(),
        properties,
      };
      of(kind).set(name.toLowerCase(), stored);
      await writeAtomically(fileOf(kind, name), JSON.stringify(stored));
      return stored;
    },
    async delete(kind, name) {
      const existed = of(kind).delete(name.toLowerCase());
      await rm(fileOf(kind, name), { force: true });
      return existed;
    },
    factory: () => factory,
    async putFactory(next) {
      factory = next;
      if (next === undefined) await rm(factoryFile, { force: true });
      else await writeAtomically(factoryFile, JSON.stringify(next));
    },
  };
}
