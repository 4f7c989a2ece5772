import { SqlError } from '../tsql/sql-error.ts';
import type { Catalog, DatabaseObject } from './catalog.ts';

/**
 * Extended properties: descriptions that tools keep with objects. They lie in the catalog's settings, one under the class and ids of what
 * it describes.
 * https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-addextendedproperty-transact-sql
 */

/** What a property describes, as sys.extended_properties numbers it. */
export interface Described {
  readonly class: number;
  readonly major: number;
  readonly minor: number;
  /** As error messages name it. */
  readonly label: string;
}

export interface ExtendedProperty extends Omit<Described, 'label'> {
  readonly name: string;
  readonly value: string | null;
}

/** The levels as they were given: type and name, outermost first. */
export type Level = readonly [type: string, name: string];

const Class = { database: 0, object: 1, parameter: 2, schema: 3, index: 7 } as const;
const PREFIX = 'property:';
const OBJECTS: Readonly<Record<string, DatabaseObject['kind']>> = {
  TABLE: 'table',
  VIEW: 'view',
  PROCEDURE: 'procedure',
  FUNCTION: 'function',
};

/** @throws SqlError 15135 where there is no such thing, 15600 for a kind of thing that is not known. */
export function describedBy(catalog: Catalog, levels: readonly Level[], procedure: string): Described {
  const [schema, object, part] = levels;
  if (!schema) return { class: Class.database, major: 0, minor: 0, label: 'object specified' };
  if (schema[0] !== 'SCHEMA' && schema[0] !== 'USER') throw invalid(procedure);
  const found = catalog.schema(schema[1]);
  if (!found) throw missing(schema[1]);
  if (!object) return { class: Class.schema, major: found.id, minor: 0, label: found.name };
  const kind = OBJECTS[object[0]];
  if (!kind) throw invalid(procedure);
  const owner = catalog.find(found.name, object[1]);
  const label = `${found.name}.${object[1]}`;
  if (owner?.kind !== kind) throw missing(label);
  if (!part) return { class: Class.object, major: owner.id, minor: 0, label };
  return partOf(owner, part, `${label}.${part[1]}`, procedure);
}

function partOf(owner: DatabaseObject, [type, name]: Level, label: string, procedure: string): Described {
  const same = (each: { readonly name: string }): boolean => each.name.toLowerCase() === name.toLowerCase();
  switch (type) {
    case 'COLUMN': {
      const column = owner.columns?.find(same);
      if (!column) throw missing(label);
      return { class: Class.object, major: owner.id, minor: column.id, label };
    }
    case 'INDEX': {
      const index = owner.kind === 'table' ? owner.keys.find(same) : undefined;
      if (!index) throw missing(label);
      return { class: Class.index, major: owner.id, minor: index.indexId, label };
    }
    case 'CONSTRAINT': {
      if (owner.kind !== 'table') throw missing(label);
      const defaults = owner.columns.flatMap((each) => (each.default ? [each.default] : []));
      const constraint = [...owner.keys, ...owner.checks, ...owner.foreignKeys, ...defaults].find(same);
      if (!constraint) throw missing(label);
      return { class: Class.object, major: constraint.id, minor: 0, label };
    }
    default:
      throw invalid(procedure);
  }
}

const keyOf = (at: Omit<Described, 'label'>, name: string): string =>
  `${PREFIX}${at.class}:${at.major}:${at.minor}:${name.toLowerCase()}`;

/** @throws SqlError 15233 when it is there, 15217 when it has to be there and is not. */
export function changeProperty(
  catalog: Catalog,
  at: Described,
  name: string,
  change: { readonly kind: 'add' | 'update'; readonly value: string | null } | { readonly kind: 'drop' },
): Catalog {
  const key = keyOf(at, name);
  const exists = catalog.settings.has(key);
  if (change.kind === 'add' && exists) {
    throw new SqlError(15233, `Property cannot be added. Property '${name}' already exists for '${at.label}'.`);
  }
  if (change.kind !== 'add' && !exists) {
    throw new SqlError(
      15217,
      `Property cannot be updated or deleted. Property '${name}' does not exist for '${at.label}'.`,
    );
  }
  return catalog.withSetting(key, change.kind === 'drop' ? undefined : JSON.stringify([name, change.value]));
}

/** Those of things that are there: what is dropped leaves its own behind, and ids of objects are never given again. */
export function properties(catalog: Catalog): ExtendedProperty[] {
  const ids = new Set<number>();
  for (const each of catalog.objects()) {
    ids.add(each.id);
    if (each.kind !== 'table') continue;
    const defaults = each.columns.flatMap((column) => (column.default ? [column.default] : []));
    for (const { id } of [...each.keys, ...each.checks, ...each.foreignKeys, ...defaults]) ids.add(id);
  }
  return [...catalog.settings].flatMap(([key, text]) => {
    if (!key.startsWith(PREFIX)) return [];
    const [kind = 0, major = 0, minor = 0] = key.slice(PREFIX.length).split(':', 3).map(Number);
    const [name, value] = JSON.parse(text) as [string, string | null];
    if ((kind === Class.object || kind === Class.index) && !ids.has(major)) return [];
    return [{ class: kind, major, minor, name, value }];
  });
}

/** Ids of schemas, columns and indexes are given again, so what is dropped takes its properties along. */
export function forget(catalog: Catalog, what: 'schema' | 'column' | 'index', major: number, minor = 0): Catalog {
  const kind = what === 'schema' ? Class.schema : what === 'index' ? Class.index : Class.object;
  const prefix = `${PREFIX}${kind}:${major}:${minor}:`;
  let left = catalog;
  for (const key of catalog.settings.keys()) if (key.startsWith(prefix)) left = left.withSetting(key, undefined);
  return left;
}

const missing = (label: string): SqlError =>
  new SqlError(
    15135,
    `Object is invalid. Extended properties are not permitted on '${label}', or the object does not exist.`,
  );

const invalid = (procedure: string): SqlError =>
  new SqlError(15600, `An invalid parameter or option was specified for procedure '${procedure}'.`);
