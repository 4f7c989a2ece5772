import { notImplemented, SqlError } from '../../tsql/sql-error.ts';
import { type Catalog, column, type DatabaseObject, type TableDefinition } from '../catalog.ts';
import { quoteName } from '../duck-type.ts';
import type { Engine } from '../engine.ts';
import { rebuild } from './alter-table.ts';
import { keepDefinition, replace } from './table.ts';

/** What sp_rename changes. Texts of views, procedures and checks stay as they were written, as on the server. */

export async function renameObject(engine: Engine, object: DatabaseObject, name: string): Promise<void> {
  if (engine.catalog.taken(object.schema, name)) throw duplicate(name, 'object');
  if (object.kind !== 'table') {
    engine.transaction.catalog = engine.catalog.without(object).with({ ...object, name, modified: engine.now });
    return;
  }
  const changed: TableDefinition = { ...object, name };
  await keepRenamed(engine, object);
  await rebuild(engine, object, changed, columnNames(object));
  const same = (schema: string, table: string): boolean =>
    schema.toLowerCase() === object.schema.toLowerCase() && table.toLowerCase() === object.name.toLowerCase();
  engine.transaction.catalog = withReferences(
    engine.catalog.without(object).with({ ...changed, modified: engine.now }),
    (each) => (same(each.schema, each.name) ? { ...each, name } : each),
  );
}

export async function renameColumn(engine: Engine, table: TableDefinition, from: string, to: string): Promise<void> {
  if (column(table, to)) throw duplicate(to, 'COLUMN');
  const word = new RegExp(`(^|\\W)${from.replace(/[^\w]/g, '\\$&')}(\\W|$)`, 'i');
  if (table.checks.some((each) => word.test(each.text))) {
    throw new SqlError(
      15336,
      `Object '${table.schema}.${table.name}.${from}' cannot be renamed because the object participates in enforced dependencies.`,
    );
  }
  const rename = (name: string): string => (name.toLowerCase() === from.toLowerCase() ? to : name);
  const changed: TableDefinition = {
    ...table,
    columns: table.columns.map((each) => ({ ...each, name: rename(each.name) })),
    keys: table.keys.map((each) => ({
      ...each,
      columns: each.columns.map((part) => ({ ...part, name: rename(part.name) })),
      included: each.included.map(rename),
    })),
    foreignKeys: table.foreignKeys.map((each) => ({ ...each, columns: each.columns.map(rename) })),
  };
  await keepRenamed(engine, table);
  await rebuild(engine, table, changed, columnNames(table));
  replace(engine, changed);
  if (table.storage) return;
  engine.transaction.catalog = withReferences(engine.catalog, (each) =>
    engine.catalog.table(each.schema, each.name)?.id === table.id
      ? { ...each, columns: each.columns.map(rename) }
      : each,
  );
}

/** An index, or a constraint of any kind. @returns false when the table has none of that name. */
export function renamePart(engine: Engine, table: TableDefinition, from: string, to: string): boolean {
  const is = (each: { readonly name: string }): boolean => each.name.toLowerCase() === from.toLowerCase();
  const rename = <T extends { readonly name: string }>(each: T): T => (is(each) ? { ...each, name: to } : each);
  const defaults = table.columns.flatMap((each) => (each.default ? [each.default] : []));
  const parts = [...table.keys, ...table.checks, ...table.foreignKeys, ...defaults];
  if (!parts.some(is)) return false;
  const index = table.keys.some((each) => is(each) && each.kind === 'index');
  if (table.keys.some((each) => each.name.toLowerCase() === to.toLowerCase())) throw duplicate(to, 'INDEX');
  if (!index && engine.catalog.taken(table.schema, to)) throw duplicate(to, 'object');
  replace(engine, {
    ...table,
    keys: table.keys.map(rename),
    checks: table.checks.map(rename),
    foreignKeys: table.foreignKeys.map(rename),
    columns: table.columns.map((each) => (each.default ? { ...each, default: rename(each.default) } : each)),
  });
  return true;
}

const columnNames = (table: TableDefinition): string[] => table.columns.map((each) => quoteName(each.name));

async function keepRenamed(engine: Engine, table: TableDefinition): Promise<void> {
  if (!table.storage && engine.dialect.captured?.(engine, table)) {
    throw notImplemented('sp_rename of a table enabled for change data capture, or of its columns');
  }
  await keepDefinition(engine, table);
}

type Referenced = TableDefinition['foreignKeys'][number]['referenced'];

/** Foreign keys say by name what they refer to. */
function withReferences(catalog: Catalog, change: (referenced: Referenced) => Referenced): Catalog {
  let changed = catalog;
  for (const table of catalog.tables()) {
    const foreignKeys = table.foreignKeys.map((each) => {
      const referenced = change(each.referenced);
      return referenced === each.referenced ? each : { ...each, referenced };
    });
    if (foreignKeys.some((each, place) => each !== table.foreignKeys[place])) {
      changed = changed.with({ ...table, foreignKeys });
    }
  }
  return changed;
}

const duplicate = (name: string, kind: string): SqlError =>
  new SqlError(
    15335,
    `Error: The new name '${name}' is already in use as a ${kind} name and would cause a duplicate that is not permitted.`,
    { severity: 11 },
  );
