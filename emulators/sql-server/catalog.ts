import type { SqlType } from '../tsql/sql-type.ts';

/**
 * What the database knows of its objects: declared types, constraints, texts. An immutable value: a transaction that changes it works on
 * its own version, which becomes the database's when it commits.
 */

export interface ColumnDefinition {
  readonly id: number;
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** COLLATE of the definition; without it the database's. */
  readonly collation?: string;
  readonly identity?: { readonly seed: number; readonly increment: number };
  readonly default?: { readonly name: string; readonly id: number; readonly text: string };
}

/** PRIMARY KEY, UNIQUE, or an index of CREATE INDEX. */
export interface KeyDefinition {
  readonly id: number;
  readonly indexId: number;
  readonly name: string;
  readonly kind: 'primary' | 'unique' | 'index';
  readonly unique: boolean;
  readonly clustered: boolean;
  readonly columns: readonly { readonly name: string; readonly descending: boolean }[];
  readonly included: readonly string[];
  readonly filter?: string;
}

export interface CheckDefinition {
  readonly id: number;
  readonly name: string;
  readonly text: string;
}

export type ReferenceAction = 'NO ACTION' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT';

export interface ForeignKeyDefinition {
  readonly id: number;
  readonly name: string;
  readonly columns: readonly string[];
  readonly referenced: { readonly schema: string; readonly name: string; readonly columns: readonly string[] };
  readonly onDelete: ReferenceAction;
  readonly onUpdate: ReferenceAction;
}

interface ObjectBase {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  /** Microseconds since 1970, UTC. */
  readonly created: bigint;
  readonly modified: bigint;
}

export interface TableDefinition extends ObjectBase {
  readonly kind: 'table';
  readonly columns: readonly ColumnDefinition[];
  readonly keys: readonly KeyDefinition[];
  readonly checks: readonly CheckDefinition[];
  readonly foreignKeys: readonly ForeignKeyDefinition[];
  /** Where DuckDB keeps it, when that is not the same schema and name: temporary tables and table variables. */
  readonly storage?: { readonly catalog: string; readonly schema: string; readonly name: string };
  /** Made by the service itself (change tables), not by a user. */
  readonly system?: boolean;
}

export interface ModuleDefinition extends ObjectBase {
  readonly kind: 'view' | 'procedure' | 'function';
  /** The CREATE statement as it was sent. */
  readonly text: string;
  /** A view's, as they were when it was created. */
  readonly columns?: readonly ColumnDefinition[];
}

/** What has columns: tables, and views with those of their query. */
export type Relation = Pick<ObjectBase, 'id' | 'schema' | 'name'> & { readonly columns: readonly ColumnDefinition[] };

export type DatabaseObject = TableDefinition | ModuleDefinition;

export interface SchemaDefinition {
  readonly id: number;
  readonly name: string;
}

const key = (schema: string, name: string): string => `${schema.toLowerCase()}.${name.toLowerCase()}`;

export class Catalog {
  readonly schemas: readonly SchemaDefinition[];
  readonly settings: ReadonlyMap<string, string>;
  readonly #objects: ReadonlyMap<string, DatabaseObject>;
  readonly #nextId: number;

  constructor(
    schemas: readonly SchemaDefinition[],
    objects: ReadonlyMap<string, DatabaseObject>,
    settings: ReadonlyMap<string, string>,
    nextId: number,
  ) {
    this.schemas = schemas;
    this.#objects = objects;
    this.settings = settings;
    this.#nextId = nextId;
  }

  static of(
    schemas: readonly SchemaDefinition[],
    objects: Iterable<DatabaseObject>,
    settings: ReadonlyMap<string, string>,
    nextId: number,
  ): Catalog {
    return new Catalog(
      schemas,
      new Map([...objects].map((each) => [key(each.schema, each.name), each])),
      settings,
      nextId,
    );
  }

  get nextId(): number {
    return this.#nextId;
  }

  objects(): Iterable<DatabaseObject> {
    return this.#objects.values();
  }

  tables(): TableDefinition[] {
    return [...this.#objects.values()].filter((each) => each.kind === 'table');
  }

  relations(): Relation[] {
    return [...this.#objects.values()].flatMap((each) =>
      each.columns === undefined ? [] : [{ ...each, columns: each.columns }],
    );
  }

  find(schema: string, name: string): DatabaseObject | undefined {
    return this.#objects.get(key(schema, name));
  }

  table(schema: string, name: string): TableDefinition | undefined {
    const found = this.find(schema, name);
    return found?.kind === 'table' ? found : undefined;
  }

  byId(id: number): DatabaseObject | undefined {
    for (const each of this.#objects.values()) if (each.id === id) return each;
    return undefined;
  }

  schema(name: string): SchemaDefinition | undefined {
    return this.schemas.find((each) => each.name.toLowerCase() === name.toLowerCase());
  }

  /** Whether the name of an object or a constraint is taken in the schema. */
  taken(schema: string, name: string): boolean {
    if (this.find(schema, name)) return true;
    const wanted = name.toLowerCase();
    return this.tables().some(
      (table) =>
        table.schema.toLowerCase() === schema.toLowerCase() &&
        constraintNames(table).some((each) => each.toLowerCase() === wanted),
    );
  }

  /** Foreign keys of any table that refer to this one. */
  references(table: TableDefinition): { table: TableDefinition; foreignKey: ForeignKeyDefinition }[] {
    const wanted = key(table.schema, table.name);
    return this.tables().flatMap((each) =>
      each.foreignKeys
        .filter((foreignKey) => key(foreignKey.referenced.schema, foreignKey.referenced.name) === wanted)
        .map((foreignKey) => ({ table: each, foreignKey })),
    );
  }

  with(object: DatabaseObject): Catalog {
    const objects = new Map(this.#objects);
    objects.set(key(object.schema, object.name), object);
    return new Catalog(this.schemas, objects, this.settings, this.#nextId);
  }

  without(object: DatabaseObject): Catalog {
    const objects = new Map(this.#objects);
    objects.delete(key(object.schema, object.name));
    return new Catalog(this.schemas, objects, this.settings, this.#nextId);
  }

  withSchemas(schemas: readonly SchemaDefinition[]): Catalog {
    return new Catalog(schemas, this.#objects, this.settings, this.#nextId);
  }

  withSetting(name: string, value: string | undefined): Catalog {
    const settings = new Map(this.settings);
    if (value === undefined) settings.delete(name);
    else settings.set(name, value);
    return new Catalog(this.schemas, this.#objects, settings, this.#nextId);
  }

  /** Object ids are never used again. */
  allocate(count: number): { catalog: Catalog; first: number } {
    return {
      first: this.#nextId,
      catalog: new Catalog(this.schemas, this.#objects, this.settings, this.#nextId + count),
    };
  }
}

export function constraintNames(table: TableDefinition): string[] {
  return [
    ...table.keys.filter((each) => each.kind !== 'index').map((each) => each.name),
    ...table.checks.map((each) => each.name),
    ...table.foreignKeys.map((each) => each.name),
    ...table.columns.flatMap((each) => (each.default ? [each.default.name] : [])),
  ];
}

export function column(table: TableDefinition, name: string): ColumnDefinition | undefined {
  const wanted = name.toLowerCase();
  return table.columns.find((each) => each.name.toLowerCase() === wanted);
}
