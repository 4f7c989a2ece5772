import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SparkError } from '../../spark-sql/index.ts';
import type { Places } from './places.ts';

export interface TableEntry {
  readonly kind: 'table';
  readonly name: string;
  /** Folder of the Delta table. */
  readonly location: string;
  /** Dropping a managed table deletes its files; an external one's stay. */
  readonly managed: boolean;
}

export interface ViewEntry {
  readonly kind: 'view';
  readonly name: string;
  readonly text: string;
  readonly columns: readonly string[];
  /** Unqualified names of the text belong here: [catalog, schema]. */
  readonly namespace: readonly [string, string];
}

export interface SchemaEntry {
  readonly name: string;
  readonly location: string | undefined;
  readonly relations: Map<string, TableEntry | ViewEntry>;
}

type Catalogs = Map<string, Map<string, SchemaEntry>>;

export const defaultCatalog = 'main';

/** Names to tables and views: `catalog.json` in the state directory, replaced whole on every change. Names are case-insensitive. */
export class Catalog {
  readonly #file: string;
  readonly #catalogs: Catalogs;
  readonly #places: Places;

  constructor(stateDirectory: string, places: Places) {
    mkdirSync(stateDirectory, { recursive: true });
    this.#file = join(stateDirectory, 'catalog.json');
    this.#places = places;
    this.#catalogs = read(this.#file, places);
  }

  catalogs(): string[] {
    return [...this.#catalogs.keys()].sort();
  }

  createCatalog(name: string): boolean {
    if (this.#catalogs.has(name)) return false;
    this.#catalogs.set(name, new Map([['default', emptySchema('default')]]));
    this.#save();
    return true;
  }

  schemas(catalog: string): SchemaEntry[] {
    const schemas = this.#catalogs.get(catalog);
    if (schemas === undefined)
      throw new SparkError('CATALOG_NOT_FOUND', `The catalog \`${catalog}\` not found.`, { sqlState: '42P08' });
    return [...schemas.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  schema([catalog, name]: readonly [string, string]): SchemaEntry {
    const schema = this.findSchema([catalog, name]);
    if (schema === undefined)
      throw new SparkError(
        'SCHEMA_NOT_FOUND',
        `The schema \`${catalog}\`.\`${name}\` cannot be found. Verify the spelling and correctness of the schema and catalog.`,
      );
    return schema;
  }

  findSchema([catalog, name]: readonly [string, string]): SchemaEntry | undefined {
    return this.#catalogs.get(catalog)?.get(name);
  }

  createSchema([catalog, name]: readonly [string, string], location: string | undefined): void {
    this.schemas(catalog);
    this.#catalogs.get(catalog)!.set(name, { ...emptySchema(name), location });
    this.#save();
  }

  dropSchema([catalog, name]: readonly [string, string]): void {
    this.#catalogs.get(catalog)?.delete(name);
    this.#save();
  }

  find([catalog, schema, name]: readonly [string, string, string]): TableEntry | ViewEntry | undefined {
    return this.findSchema([catalog, schema])?.relations.get(name);
  }

  put([catalog, schema]: readonly [string, string, string], entry: TableEntry | ViewEntry): void {
    this.schema([catalog, schema]).relations.set(entry.name, entry);
    this.#save();
  }

  remove([catalog, schema, name]: readonly [string, string, string]): void {
    this.schema([catalog, schema]).relations.delete(name);
    this.#save();
  }

  #save(): void {
    const plain = Object.fromEntries(
      [...this.#catalogs].map(([catalog, schemas]) => [
        catalog,
        [...schemas.values()].map((schema) => ({
          name: schema.name,
          location: schema.location,
          relations: [...schema.relations.values()].map((entry) =>
            entry.kind === 'view' ? entry : { ...entry, location: this.#places.nameOf(entry.location) },
          ),
        })),
      ]),
    );
    writeFileSync(`${this.#file}.tmp`, JSON.stringify(plain, undefined, 1));
    renameSync(`${this.#file}.tmp`, this.#file);
  }
}

const emptySchema = (name: string): SchemaEntry => ({ name, location: undefined, relations: new Map() });

function read(file: string, places: Places): Catalogs {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return new Map([[defaultCatalog, new Map([['default', emptySchema('default')]])]]);
  }
  const plain = JSON.parse(text) as Record<
    string,
    { name: string; location?: string; relations: (TableEntry | ViewEntry)[] }[]
  >;
  return new Map(
    Object.entries(plain).map(([catalog, schemas]) => [
      catalog,
      new Map(
        schemas.map((schema) => [
          schema.name,
          {
            name: schema.name,
            location: schema.location,
            relations: new Map(
              schema.relations.map((entry) => [
                entry.name,
                entry.kind === 'view' ? entry : { ...entry, location: places.folderOf(entry.location) },
              ]),
            ),
          },
        ]),
      ),
    ]),
  );
}
