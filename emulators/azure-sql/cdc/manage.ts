import { createSchema } from '../../sql-server/catalog-store.ts';
import { store } from '../../sql-server/ddl/table.ts';
import {
  type Argument,
  type Engine,
  type KeyDefinition,
  quoteName,
  run,
  type TableDefinition,
} from '../../sql-server/index.ts';
import { writeType } from '../../sql-server/type-info.ts';
import { SqlError } from '../../tsql/sql-error.ts';
import type { SqlType, SqlValue } from '../../tsql/sql-type.ts';
import {
  type CaptureInstance,
  changeTable,
  enabled,
  findInstance,
  instances,
  instancesOf,
  withInstance,
  withoutInstance,
} from './instance.ts';
import type { LsnClock } from './lsn-clock.ts';
import { changeTableDefinition, METADATA, systemTable } from './tables.ts';

/** Enabling and disabling change data capture; each runs in a transaction of its own or in the caller's. */

export const notEnabled = (engine: Engine): SqlError =>
  new SqlError(
    22901,
    `The database '${engine.database.name}' is not enabled for Change Data Capture. Ensure that the correct database context is set and retry the operation. To report on the databases enabled for Change Data Capture, query the is_cdc_enabled column in the sys.databases catalog view.`,
  );

export function requireEnabled(engine: Engine): void {
  if (!enabled(engine.catalog)) throw notEnabled(engine);
}

function allocate(engine: Engine): number {
  const { catalog, first } = engine.catalog.allocate(1);
  engine.transaction.catalog = catalog;
  return first;
}

export async function enableDatabase(engine: Engine): Promise<void> {
  await engine.transaction.write(async () => {
    const { name } = engine.database;
    if (enabled(engine.catalog)) {
      throw new SqlError(
        22905,
        `Database '${name}' is already enabled for Change Data Capture. Ensure that the correct database context is set, and retry the operation. To report on the databases enabled for Change Data Capture, query the is_cdc_enabled column in the sys.databases catalog view.`,
      );
    }
    if (engine.catalog.schema('cdc') || engine.catalog.settings.has('principal:cdc')) {
      throw new SqlError(
        22906,
        `The database '${name}' cannot be enabled for Change Data Capture because a database user named 'cdc' or a schema named 'cdc' already exists in the current database. These objects are required exclusively by Change Data Capture. Drop or rename the user or schema and retry the operation.`,
      );
    }
    await createSchema(engine.connection, 'cdc');
    const id = Math.max(4, ...engine.catalog.schemas.map((each) => each.id)) + 1;
    engine.transaction.catalog = engine.catalog
      .withSchemas([...engine.catalog.schemas, { id, name: 'cdc' }])
      .withSetting('cdc', 'on')
      .withSetting('principal:cdc', 'S');
    for (const [table, columns] of Object.entries(METADATA)) {
      const entries = Object.entries(columns).map(([column, type]) => [column, type, true] as const);
      const made = systemTable(allocate(engine), table, entries, engine.now);
      await store(engine, made);
      engine.transaction.catalog = engine.catalog.with(made);
    }
  });
}

export async function disableDatabase(engine: Engine, clock: LsnClock): Promise<void> {
  await engine.transaction.write(async () => {
    requireEnabled(engine);
    for (const each of engine.catalog.tables()) {
      if (each.schema.toLowerCase() !== 'cdc') continue;
      await run(engine.connection, `DROP TABLE cdc.${quoteName(each.name)}`);
      engine.transaction.catalog = engine.catalog.without(each);
    }
    await run(engine.connection, 'DROP SCHEMA cdc');
    for (const each of instances(engine.catalog)) engine.transaction.catalog = withoutInstance(engine.catalog, each);
    // LSNs never go back, not even over a time without capture.
    engine.transaction.catalog = engine.catalog
      .withSchemas(engine.catalog.schemas.filter((each) => each.name !== 'cdc'))
      .withSetting('cdc', undefined)
      .withSetting('principal:cdc', undefined)
      .withSetting('cdc:last_lsn', String(clock.last));
  });
}

export interface EnableTable {
  readonly schema: string;
  readonly name: string;
  readonly instance: string | null;
  readonly netChanges: boolean | null;
  readonly role: string | null;
  readonly index: string | null;
  readonly columns: string | null;
}

export function sourceTable(engine: Engine, schema: string, name: string): TableDefinition {
  const found = engine.catalog.table(schema, name);
  if (found && !found.system) return found;
  throw new SqlError(
    22931,
    `Source table '${schema}.${name}' does not exist in the current database. Ensure that the correct database context is set. Specify a valid schema and table name for the database.`,
  );
}

export async function enableTable(engine: Engine, clock: LsnClock, options: EnableTable): Promise<void> {
  await engine.transaction.write(async () => {
    requireEnabled(engine);
    const table = sourceTable(engine, options.schema, options.name);
    const name = options.instance?.trim() || `${table.schema}_${table.name}`;
    if (instancesOf(engine.catalog, table).length >= 2) {
      throw new SqlError(
        22962,
        `Two capture instances already exist for source table '${table.schema}.${table.name}'. A table can have at most two capture instances. If the current tracking options are not appropriate, disable change tracking for the obsolete instance by using sys.sp_cdc_disable_table and retry the operation.`,
      );
    }
    if (findInstance(engine.catalog, name)) {
      throw new SqlError(
        22926,
        `Could not create a capture instance because the capture instance name '${name}' already exists in the current database. Specify an explicit unique name for the parameter @capture_instance.`,
      );
    }
    const key = identifyingKey(table, options);
    const captured = capturedColumns(table, options.columns);
    const netChanges = options.netChanges ?? key !== undefined;
    const missing = netChanges && key?.columns.find((each) => !captured.some((col) => same(col.name, each.name)));
    if (missing) {
      throw new SqlError(
        22923,
        `The captured column list must contain column '${missing.name}' of the index that identifies rows of '${table.schema}.${table.name}', because the parameter @supports_net_changes is set to 1.`,
      );
    }
    const instance: CaptureInstance = {
      name,
      sourceId: table.id,
      sourceSchema: table.schema,
      sourceName: table.name,
      tableId: allocate(engine),
      columns: captured.map(({ id, name: column, type }) => ({ id, name: column, type })),
      keys: key?.columns.map((each) => each.name) ?? [],
      netChanges,
      roleName: options.role,
      indexName: options.index ?? key?.name ?? null,
    };
    const made = changeTableDefinition(instance, engine.now);
    await store(engine, made);
    engine.transaction.catalog = withInstance(engine.catalog.with(made), instance);
    await describe(engine, instance, table, clock.lsn(engine.transaction));
  });
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function identifyingKey(table: TableDefinition, options: EnableTable): KeyDefinition | undefined {
  const chosen = options.index
    ? table.keys.find((each) => each.unique && same(each.name, options.index ?? ''))
    : table.keys.find((each) => each.kind === 'primary');
  if (options.index && !chosen) {
    throw new SqlError(
      22918,
      `One or more columns in the list of columns needed to uniquely identify rows for change data capture index '${options.index}' were not found: it is not a unique index of source table '${table.schema}.${table.name}'.`,
    );
  }
  if (options.netChanges && !chosen) {
    throw new SqlError(
      22939,
      `The parameter @supports_net_changes is set to 1, but a primary key has not been defined for table '${table.schema}.${table.name}' and no alternate unique index has been specified.`,
    );
  }
  return chosen;
}

function capturedColumns(table: TableDefinition, list: string | null): TableDefinition['columns'] {
  if (list === null) return table.columns;
  const wanted = list.split(',').map((each) => each.trim().replace(/^\[(.*)\]$/, '$1'));
  for (const name of wanted) {
    if (table.columns.some((each) => same(each.name, name))) continue;
    throw new SqlError(
      22921,
      `Unable to enable Change Data Capture for table '${table.schema}.${table.name}': column '${name}' of the captured column list does not exist.`,
    );
  }
  // Ordinals follow the source table's order, whatever the order of the list.
  return table.columns.filter((each) => wanted.some((name) => same(each.name, name)));
}

const sysname: SqlType = { name: 'nvarchar', length: 128 };
const int: SqlType = { name: 'int' };
const bit: SqlType = { name: 'bit' };
const datetime: SqlType = { name: 'datetime' };

async function insert(engine: Engine, table: string, values: readonly (Argument | string)[]): Promise<void> {
  const args: Argument[] = [];
  const parts = values.map((each) => {
    if (typeof each === 'string') return each;
    args.push(each);
    return `$${args.length}`;
  });
  await run(engine.connection, `INSERT INTO cdc.${table} VALUES (${parts.join(', ')})`, args);
}

const value = (type: SqlType, given: SqlValue): Argument => ({ type, value: given });

/** The rows of the metadata tables that tell of an instance. */
async function describe(engine: Engine, instance: CaptureInstance, table: TableDefinition, lsn: string): Promise<void> {
  await insert(engine, 'change_tables', [
    value(int, instance.tableId),
    value(int, 0),
    value(int, table.id),
    value(sysname, instance.name),
    `unhex('${lsn}')`,
    'NULL',
    value(bit, instance.netChanges),
    value(bit, false),
    value(sysname, instance.roleName),
    value(sysname, instance.indexName),
    'NULL',
    value(datetime, engine.now),
    value(bit, true),
  ]);
  for (const [index, each] of instance.columns.entries()) {
    await insert(engine, 'captured_columns', [
      value(int, instance.tableId),
      value(sysname, each.name),
      value(int, each.id),
      value(sysname, each.type.name),
      value(int, index + 1),
      value(bit, false),
      'NULL',
    ]);
  }
  for (const [index, name] of instance.keys.entries()) {
    const id = table.columns.find((each) => same(each.name, name))?.id ?? 0;
    await insert(engine, 'index_columns', [
      value(int, instance.tableId),
      value(sysname, name),
      value({ name: 'tinyint' }, index + 1),
      value(int, id),
    ]);
  }
}

/** @param name an instance, or `all`. */
export async function disableTable(engine: Engine, schema: string, table: string, name: string): Promise<void> {
  await engine.transaction.write(async () => {
    requireEnabled(engine);
    const source = sourceTable(engine, schema, table);
    const found = instancesOf(engine.catalog, source).filter((each) => same(name, 'all') || same(each.name, name));
    if (found.length === 0 && !same(name, 'all')) throw noInstance(name, `${source.schema}.${source.name}`);
    for (const each of found) await removeInstance(engine, each);
  });
}

export const noInstance = (name: string, table: string): SqlError =>
  new SqlError(
    22960,
    `Change data capture instance '${name}' has not been enabled for the source table '${table}'. Use sys.sp_cdc_help_change_data_capture to verify the capture instance name and retry the operation.`,
  );

export async function removeInstance(engine: Engine, instance: CaptureInstance): Promise<void> {
  const made = engine.catalog.table('cdc', changeTable(instance));
  if (made) {
    await run(engine.connection, `DROP TABLE cdc.${quoteName(made.name)}`);
    engine.transaction.catalog = engine.catalog.without(made);
  }
  for (const table of ['change_tables', 'captured_columns', 'index_columns', 'ddl_history']) {
    await run(engine.connection, `DELETE FROM cdc.${table} WHERE object_id = $1`, [value(int, instance.tableId)]);
  }
  engine.transaction.catalog = withoutInstance(engine.catalog, instance);
}

/** DDL on a tracked table is recorded; a widened column widens in the change table too; a dropped table takes its instances along. */
export async function tableChanged(
  engine: Engine,
  clock: LsnClock,
  before: TableDefinition,
  after: TableDefinition | undefined,
  command: string,
): Promise<void> {
  for (const instance of instancesOf(engine.catalog, before)) {
    if (!after) {
      await removeInstance(engine, instance);
      continue;
    }
    if (after.columns === before.columns) continue;
    const required = await followTypes(engine, instance, after);
    const lsn = clock.lsn(engine.transaction);
    await insert(engine, 'ddl_history', [
      value(int, before.id),
      value(int, instance.tableId),
      value(bit, required),
      value({ name: 'nvarchar', length: 'max' }, command),
      `unhex('${lsn}')`,
      value(datetime, engine.now),
    ]);
  }
}

async function followTypes(engine: Engine, instance: CaptureInstance, after: TableDefinition): Promise<boolean> {
  const columns = instance.columns.map((each) => {
    const now = after.columns.find((column) => column.id === each.id);
    return now && writeType(now.type) !== writeType(each.type) ? { ...each, type: now.type } : each;
  });
  const changed = columns.filter((each, index) => each !== instance.columns[index]);
  if (changed.length === 0) return false;
  const next: CaptureInstance = { ...instance, columns };
  const old = engine.catalog.table('cdc', changeTable(instance));
  const made = changeTableDefinition(next, old?.created ?? engine.now);
  const fresh = { ...made, name: engine.name('ct') };
  await store(engine, fresh);
  const name = quoteName(made.name);
  await run(engine.connection, `INSERT INTO cdc.${quoteName(fresh.name)} SELECT * FROM cdc.${name}`);
  await run(engine.connection, `DROP TABLE cdc.${name}`);
  await run(engine.connection, `ALTER TABLE cdc.${quoteName(fresh.name)} RENAME TO ${name}`);
  engine.transaction.catalog = withInstance(engine.catalog.with(made), next);
  for (const each of changed) {
    await run(
      engine.connection,
      'UPDATE cdc.captured_columns SET column_type = $1 WHERE object_id = $2 AND column_id = $3',
      [value(sysname, each.type.name), value(int, instance.tableId), value(int, each.id)],
    );
  }
  return true;
}
