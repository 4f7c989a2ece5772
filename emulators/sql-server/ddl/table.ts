import type { CreateTable, ObjectName, Truncate } from '../../tsql/index.ts';
import { notImplemented, SqlError } from '../../tsql/sql-error.ts';
import type { Column } from '../../tsql/sql-type.ts';
import { resolve, storageName } from '../bind-catalog.ts';
import { constraintNames, type TableDefinition } from '../catalog.ts';
import { displayName } from '../dml/constraints.ts';
import { duckTypeName, quoteName } from '../duck-type.ts';
import type { Engine } from '../engine.ts';
import { alreadyExists, cannotDrop } from '../errors.ts';
import { run } from '../run.ts';
import { keep } from '../savepoints.ts';
import { buildTable, nextId } from './build-table.ts';

/** CREATE, ALTER, DROP and TRUNCATE of tables and indexes. Keys, checks and types live in our catalog; DuckDB's tables are bare columns. */

export async function createTable(engine: Engine, node: CreateTable): Promise<void> {
  const { schema, object } = resolve(engine, node.name);
  if (object.startsWith('#')) {
    await createTemporary(engine, object, (base) => buildTable(engine, base, node.definition, () => nextId(engine)));
    return;
  }
  await engine.transaction.write(async () => {
    requireSchema(engine, schema);
    if (engine.catalog.taken(schema, object)) throw alreadyExists(object);
    const id = nextId(engine);
    const table = buildTable(engine, { id, schema, name: object, created: engine.now }, node.definition, () =>
      nextId(engine),
    );
    for (const name of constraintNames(table)) if (engine.catalog.taken(schema, name)) throw alreadyExists(name);
    await store(engine, table);
    engine.transaction.catalog = engine.catalog.with(table);
  });
}

/** The table that SELECT ... INTO makes: columns alone. */
export function createFromColumns(
  engine: Engine,
  name: ObjectName,
  columns: readonly Column[],
): Promise<TableDefinition> {
  const { schema, object } = resolve(engine, name);
  const build = (base: Pick<TableDefinition, 'id' | 'schema' | 'name' | 'created' | 'storage'>): TableDefinition => ({
    kind: 'table',
    ...base,
    modified: base.created,
    keys: [],
    checks: [],
    foreignKeys: [],
    columns: columns.map((each, index) => {
      if (each.name === '') {
        throw new SqlError(
          1038,
          'An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.',
          { severity: 15, state: 5 },
        );
      }
      return {
        id: index + 1,
        name: each.name,
        type: each.type,
        nullable: each.nullable,
        ...(each.identity ? { identity: { seed: 1, increment: 1 } } : {}),
      };
    }),
  });
  if (object.startsWith('#')) return createTemporary(engine, object, build);
  return engine.transaction.write(async () => {
    requireSchema(engine, schema);
    if (engine.catalog.taken(schema, object)) throw alreadyExists(object);
    const table = build({ id: nextId(engine), schema, name: object, created: engine.now });
    await store(engine, table);
    engine.transaction.catalog = engine.catalog.with(table);
    return table;
  });
}

async function createTemporary(
  engine: Engine,
  name: string,
  build: (base: Pick<TableDefinition, 'id' | 'schema' | 'name' | 'created' | 'storage'>) => TableDefinition,
): Promise<TableDefinition> {
  if (name.startsWith('##')) throw notImplemented('global temporary tables (##name)');
  const { transaction } = engine;
  if (transaction.temporary.has(name.toLowerCase())) throw alreadyExists(name);
  return transaction.write(
    async () => {
      const table = build({
        id: engine.temporaryId(),
        schema: 'dbo',
        name,
        created: engine.now,
        storage: { catalog: 'temp', schema: 'main', name: engine.name(name) },
      });
      await store(engine, table);
      transaction.temporary = new Map(transaction.temporary).set(name.toLowerCase(), table);
      return table;
    },
    { local: true },
  );
}

/** Creates the bare table in DuckDB. */
export async function store(engine: Engine, table: TableDefinition): Promise<void> {
  const columns = table.columns.map((each) => `${quoteName(each.name)} ${duckTypeName(each.type)}`);
  await run(
    engine.connection,
    `CREATE ${table.storage?.catalog === 'temp' ? 'TEMP ' : ''}TABLE ${storageName(table)} (${columns.join(', ')})`,
  );
}

function requireSchema(engine: Engine, schema: string): void {
  const found = engine.catalog.schema(schema);
  if (found && found.id !== 3 && found.id !== 4) return;
  throw new SqlError(
    2760,
    `The specified schema name "${schema}" either does not exist or you do not have permission to use it.`,
  );
}

export function find(engine: Engine, name: ObjectName): TableDefinition | undefined {
  const { schema, object } = resolve(engine, name);
  return object.startsWith('#') ? engine.local(object) : engine.catalog.table(schema, object);
}

/** Puts a changed definition in place of the old one. */
export function replace(engine: Engine, table: TableDefinition): void {
  if (table.storage) {
    engine.transaction.temporary = new Map(engine.transaction.temporary).set(table.name.toLowerCase(), table);
  } else {
    engine.transaction.catalog = engine.catalog.with({ ...table, modified: engine.now });
  }
}

export async function dropTable(engine: Engine, name: ObjectName, ifExists: boolean, command: string): Promise<void> {
  const table = find(engine, name);
  if (!table) {
    if (ifExists) return;
    throw cannotDrop('table', name.parts.filter((each) => each !== '').join('.'));
  }
  await engine.transaction.write(
    async () => {
      const blocking = table.storage
        ? []
        : engine.catalog.references(table).filter((each) => each.table.id !== table.id);
      if (blocking.length > 0) {
        throw new SqlError(
          3726,
          `Could not drop object '${displayName(table)}' because it is referenced by a FOREIGN KEY constraint.`,
        );
      }
      await keepDefinition(engine, table);
      if (table.storage) {
        const temporary = new Map(engine.transaction.temporary);
        temporary.delete(table.name.toLowerCase());
        engine.transaction.temporary = temporary;
      } else {
        await engine.dialect.tableChanged?.(engine, table, undefined, command);
        engine.transaction.catalog = engine.catalog.without(table);
      }
      await run(engine.connection, `DROP TABLE ${storageName(table)}`);
    },
    { local: table.storage !== undefined },
  );
}

/** Before a table is altered or dropped after SAVE TRANSACTION. */
export async function keepDefinition(engine: Engine, table: TableDefinition): Promise<void> {
  if (engine.transaction.savepoints.length > 0 && engine.dialect.captured?.(engine, table)) {
    throw notImplemented('altering or dropping a captured table after SAVE TRANSACTION');
  }
  await keep(engine, table);
}

export async function truncate(engine: Engine, node: Truncate): Promise<void> {
  const table = find(engine, node.table);
  if (!table) {
    throw new SqlError(
      4701,
      `Cannot find the object "${node.table.parts.join('.')}" because it does not exist or you do not have permissions.`,
    );
  }
  await engine.transaction.write(
    async () => {
      if (!table.storage && engine.catalog.references(table).some((each) => each.table.id !== table.id)) {
        throw new SqlError(
          4712,
          `Cannot truncate table '${displayName(table)}' because it is being referenced by a FOREIGN KEY constraint.`,
        );
      }
      if (!table.storage) engine.dialect.truncate?.(engine, table);
      await keep(engine, table);
      await run(engine.connection, `DELETE FROM ${storageName(table)}`);
      const identity = table.columns.find((each) => each.identity)?.identity;
      if (identity) engine.transaction.setIdentity(table, BigInt(identity.seed) - BigInt(identity.increment));
    },
    { local: table.storage !== undefined },
  );
}
