import type {
  ColumnDefinition as ColumnNode,
  ReferentialAction,
  TableConstraint,
  TableDefinition as TableNode,
} from '../../tsql/index.ts';
import { resolveType } from '../../tsql/index.ts';
import { notImplemented, SqlError } from '../../tsql/sql-error.ts';
import { resolve } from '../bind-catalog.ts';
import {
  type ColumnDefinition,
  column,
  type ForeignKeyDefinition,
  type KeyDefinition,
  type ReferenceAction,
  type TableDefinition,
} from '../catalog.ts';
import type { Engine } from '../engine.ts';

/** Turns the syntax of columns and constraints into the catalog's definitions, with the names SQL Server would give. */

const hex8 = (id: number): string => (id >>> 0).toString(16).toUpperCase().padStart(8, '0');

export const systemName = {
  key: (kind: 'PK' | 'UQ', table: string, id: number): string => `${kind}__${table.slice(0, 8)}__3213E83F${hex8(id)}`,
  default: (table: string, name: string, id: number): string =>
    `DF__${table.slice(0, 9)}__${name.slice(0, 5)}__${hex8(id)}`,
  check: (table: string, name: string | undefined, id: number): string =>
    `CK__${table.slice(0, 9)}__${name === undefined ? '' : `${name.slice(0, 5)}__`}${hex8(id)}`,
  foreign: (table: string, name: string, id: number): string =>
    `FK__${table.slice(0, 9)}__${name.slice(0, 5)}__${hex8(id)}`,
};

/** Takes the next object id; temporary tables and permanent ones share the row of numbers. */
export function nextId(engine: Engine): number {
  const { catalog, first } = engine.catalog.allocate(1);
  engine.transaction.catalog = catalog;
  return first;
}

/** @param allocate gives object ids; table variables take theirs from the session. */
export function buildTable(
  engine: Engine,
  base: Pick<TableDefinition, 'id' | 'schema' | 'name' | 'created' | 'storage'>,
  node: TableNode,
  allocate: () => number,
): TableDefinition {
  let table: TableDefinition = {
    kind: 'table',
    ...base,
    modified: base.created,
    columns: [],
    keys: [],
    checks: [],
    foreignKeys: [],
  };
  for (const each of node.columns) table = addColumn(table, each, allocate);
  for (const each of [...node.columns.flatMap((col) => col.constraints), ...node.constraints]) {
    table = addConstraint(engine, table, each, allocate);
  }
  for (const each of node.indexes) {
    table = addKey(table, {
      id: allocate(),
      name: each.name,
      kind: 'index',
      unique: each.unique,
      clustered: each.clustered ?? false,
      columns: each.columns,
      included: [],
    });
  }
  return table;
}

export function addColumn(table: TableDefinition, node: ColumnNode, allocate: () => number): TableDefinition {
  if (node.computed || !node.type) throw notImplemented('computed columns', node.line);
  if (node.type.rowversion) throw notImplemented('rowversion columns', node.line);
  if (column(table, node.name)) {
    throw new SqlError(
      2705,
      `Column names in each table must be unique. Column name '${node.name}' in table '${table.name}' is specified more than once.`,
      { state: 3, line: node.line },
    );
  }
  const primary = node.constraints.some((each) => each.kind === 'primary key');
  if (primary && node.nullable === true) throw nullableKey(table.name, node.line);
  const id = Math.max(0, ...table.columns.map((each) => each.id)) + 1;
  const made: ColumnDefinition = {
    id,
    name: node.name,
    type: resolveType(node.type),
    nullable: node.nullable ?? !(primary || node.identity !== undefined),
    ...(node.collation === undefined || /^database_default$/i.test(node.collation)
      ? {}
      : { collation: node.collation }),
    ...(node.identity
      ? { identity: { seed: Number(node.identity.seed), increment: Number(node.identity.increment) } }
      : {}),
  };
  if (made.identity && table.columns.some((each) => each.identity)) {
    throw new SqlError(
      2744,
      `Multiple identity columns specified for table '${table.name}'. Only one identity column per table is allowed.`,
      { line: node.line },
    );
  }
  const given = node.default;
  if (!given) return { ...table, columns: [...table.columns, made] };
  const defaultId = allocate();
  const name = given.name ?? systemName.default(table.name, node.name, defaultId);
  return { ...table, columns: [...table.columns, { ...made, default: { id: defaultId, name, text: given.source } }] };
}

const nullableKey = (table: string, line: number): SqlError =>
  new SqlError(8111, `Cannot define PRIMARY KEY constraint on nullable column in table '${table}'.`, { line });

export function addKey(table: TableDefinition, key: Omit<KeyDefinition, 'indexId'>): TableDefinition {
  for (const each of key.columns) requireColumn(table, each.name);
  const used = table.keys.map((each) => each.indexId);
  const indexId = key.clustered ? 1 : Math.max(1, ...used) + 1;
  return { ...table, keys: [...table.keys, { ...key, indexId }] };
}

function requireColumn(table: TableDefinition, name: string, line = 1): ColumnDefinition {
  const found = column(table, name);
  if (found) return found;
  throw new SqlError(1911, `Column name '${name}' does not exist in the target table or view.`, { line });
}

export function addConstraint(
  engine: Engine,
  table: TableDefinition,
  node: TableConstraint,
  allocate: () => number,
): TableDefinition {
  switch (node.kind) {
    case 'primary key':
    case 'unique': {
      const primary = node.kind === 'primary key';
      if (primary && table.keys.some((each) => each.kind === 'primary')) {
        throw new SqlError(1779, `Table '${table.name}' already has a primary key defined on it.`, {
          state: 0,
          line: node.line,
        });
      }
      for (const each of node.columns) requireColumn(table, each.name, node.line);
      const id = allocate();
      const clustered = node.clustered ?? (primary && !table.keys.some((each) => each.clustered));
      const keyed = addKey(table, {
        id,
        name: node.name ?? systemName.key(primary ? 'PK' : 'UQ', table.name, id),
        kind: primary ? 'primary' : 'unique',
        unique: true,
        clustered,
        columns: node.columns,
        included: [],
      });
      if (!primary) return keyed;
      const names = node.columns.map((each) => each.name.toLowerCase());
      return {
        ...keyed,
        columns: keyed.columns.map((each) =>
          names.includes(each.name.toLowerCase()) ? { ...each, nullable: false } : each,
        ),
      };
    }
    case 'check': {
      const id = allocate();
      const name = node.name ?? systemName.check(table.name, undefined, id);
      return { ...table, checks: [...table.checks, { id, name, text: node.source }] };
    }
    case 'default': {
      const target = requireColumn(table, node.column, node.line);
      if (target.default) {
        throw new SqlError(1781, 'Column already has a DEFAULT bound to it.', { line: node.line });
      }
      const id = allocate();
      const name = node.name ?? systemName.default(table.name, target.name, id);
      return {
        ...table,
        columns: table.columns.map((each) =>
          each === target ? { ...each, default: { id, name, text: node.source } } : each,
        ),
      };
    }
    case 'foreign key':
      return { ...table, foreignKeys: [...table.foreignKeys, foreignKey(engine, table, node, allocate())] };
  }
}

const ACTIONS: Readonly<Record<ReferentialAction, ReferenceAction>> = {
  'no action': 'NO ACTION',
  cascade: 'CASCADE',
  'set null': 'SET NULL',
  'set default': 'SET DEFAULT',
};

function foreignKey(
  engine: Engine,
  table: TableDefinition,
  node: Extract<TableConstraint, { kind: 'foreign key' }>,
  id: number,
): ForeignKeyDefinition {
  if (table.storage) throw notImplemented('FOREIGN KEY on a temporary table', node.line);
  const { schema, object, written } = resolve(engine, node.references);
  const same = schema.toLowerCase() === table.schema.toLowerCase() && object.toLowerCase() === table.name.toLowerCase();
  const parent = same ? table : engine.catalog.table(schema, object);
  const name = node.name ?? systemName.foreign(table.name, node.columns[0] ?? '', id);
  if (!parent) {
    throw new SqlError(1767, `Foreign key '${name}' references invalid table '${written}'.`, {
      state: 0,
      line: node.line,
    });
  }
  const primary = parent.keys.find((each) => each.kind === 'primary');
  const columns = node.referencedColumns ?? primary?.columns.map((each) => each.name) ?? [];
  const wanted = columns.map((each) => each.toLowerCase()).sort();
  const matches = parent.keys.some(
    (key) =>
      key.unique &&
      key.columns.length === wanted.length &&
      key.columns
        .map((each) => each.name.toLowerCase())
        .sort()
        .every((each, index) => each === wanted[index]),
  );
  if (!matches || columns.length !== node.columns.length) {
    throw new SqlError(
      1776,
      `There are no primary or candidate keys in the referenced table '${written}' that match the referencing column list in the foreign key '${name}'.`,
      { state: 0, line: node.line },
    );
  }
  for (const each of node.columns) requireColumn(table, each, node.line);
  if (node.onDelete === 'set default') throw notImplemented('ON DELETE SET DEFAULT', node.line);
  if (node.onUpdate !== 'no action') throw notImplemented('ON UPDATE CASCADE, SET NULL and SET DEFAULT', node.line);
  return {
    id,
    name,
    columns: node.columns,
    referenced: { schema: parent.schema, name: parent.name, columns },
    onDelete: ACTIONS[node.onDelete],
    onUpdate: ACTIONS[node.onUpdate],
  };
}
