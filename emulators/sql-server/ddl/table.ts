import {
  type AlterTable,
  bindExpression,
  type CreateIndex,
  type CreateTable,
  type DropIndex,
  type ObjectName,
  resolveType,
  type Truncate,
} from '../../tsql/index.ts';
import { notImplemented, SqlError } from '../../tsql/sql-error.ts';
import type { Column } from '../../tsql/sql-type.ts';
import { parseExpression, resolve, storageName } from '../bind-catalog.ts';
import { column, constraintNames, type TableDefinition } from '../catalog.ts';
import { checkExistingKey, checkParents, checkRelation, displayName } from '../dml/constraints.ts';
import { duckLiteral, duckTypeName, quoteName } from '../duck-type.ts';
import type { Engine } from '../engine.ts';
import { alreadyExists, cannotDrop, cannotFind, nullNotAllowed, truncated } from '../errors.ts';
import { rows, run } from '../run.ts';
import { keep } from '../savepoints.ts';
import { isBinary, isText } from '../type-info.ts';
import { addColumn, addConstraint, addKey, buildTable, nextId } from './build-table.ts';

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

function find(engine: Engine, name: ObjectName): TableDefinition | undefined {
  const { schema, object } = resolve(engine, name);
  return object.startsWith('#') ? engine.local(object) : engine.catalog.table(schema, object);
}

/** Puts a changed definition in place of the old one. */
function replace(engine: Engine, table: TableDefinition): void {
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
async function keepDefinition(engine: Engine, table: TableDefinition): Promise<void> {
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

export async function alterTable(engine: Engine, node: AlterTable, command: string): Promise<void> {
  const table = find(engine, node.name);
  if (!table) throw cannotFind(node.name.parts.join('.'));
  await engine.transaction.write(
    async () => {
      await keepDefinition(engine, table);
      const changed = await alter(engine, table, node);
      replace(engine, changed);
      if (!table.storage) await engine.dialect.tableChanged?.(engine, table, changed, command);
    },
    { local: table.storage !== undefined },
  );
}

async function alter(engine: Engine, table: TableDefinition, node: AlterTable): Promise<TableDefinition> {
  const { action } = node;
  switch (action.kind) {
    case 'add': {
      let changed = table;
      for (const each of action.columns) changed = addColumn(changed, each, () => nextId(engine));
      if (changed !== table) await fillNewColumns(engine, table, changed);
      const constraints = [...action.columns.flatMap((each) => each.constraints), ...action.constraints];
      for (const each of constraints) {
        const bare = changed;
        changed = addConstraint(engine, changed, each, () => nextId(engine));
        await verify(engine, bare, changed, action.noCheck);
      }
      return changed;
    }
    case 'drop column': {
      let changed = table;
      for (const name of action.columns) {
        if (!column(changed, name)) {
          if (action.ifExists) continue;
          throw new SqlError(
            4924,
            `ALTER TABLE DROP COLUMN failed because column '${name}' does not exist in table '${table.name}'.`,
          );
        }
        refuseUsed(changed, name);
        changed = {
          ...changed,
          columns: changed.columns.filter((each) => each.name.toLowerCase() !== name.toLowerCase()),
        };
      }
      await rebuild(
        engine,
        table,
        changed,
        changed.columns.map((each) => quoteName(each.name)),
      );
      return changed;
    }
    case 'drop constraint': {
      let changed = table;
      for (const name of action.names) changed = dropConstraint(engine, changed, name, action.ifExists);
      return changed;
    }
    case 'alter column':
      return alterColumn(engine, table, action);
    case 'check constraint':
      throw notImplemented('ALTER TABLE ... CHECK / NOCHECK CONSTRAINT', node.line);
  }
}

async function fillNewColumns(engine: Engine, table: TableDefinition, changed: TableDefinition): Promise<void> {
  const added = changed.columns.slice(table.columns.length);
  const [counted] = await rows(
    engine.connection,
    `SELECT count(*) FROM ${storageName(table)}`,
    [],
    [{ name: 'bigint' }],
  );
  const values = [];
  for (const each of added) {
    if (!each.nullable && !each.default && !each.identity && counted?.[0] !== 0n) {
      throw new SqlError(
        4901,
        `ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified, or the column being added is an identity or timestamp column, or alternatively if none of the previous conditions are satisfied the table must be empty to allow addition of this column. Column '${each.name}' cannot be added to non-empty table '${table.name}' because it does not satisfy these conditions.`,
      );
    }
    if (each.identity) {
      const first = await engine.transaction.identityRange(changed, (counted?.[0] as bigint | undefined) ?? 0n);
      values.push(
        `CAST(${first} + (row_number() OVER () - 1) * ${each.identity.increment} AS ${duckTypeName(each.type)})`,
      );
    } else if (each.default && !each.nullable) {
      const bound = bindExpression(parseExpression(each.default.text), engine.context(), each.type);
      const [value] = await engine.rows(bound);
      values.push(duckLiteral(value?.[0] ?? null, each.type));
    } else {
      values.push(`CAST(NULL AS ${duckTypeName(each.type)})`);
    }
  }
  await rebuild(engine, table, changed, [...table.columns.map((each) => quoteName(each.name)), ...values]);
}

/** DuckDB cannot alter a table whose rows the same transaction has changed, so an altered table is written anew. */
async function rebuild(
  engine: Engine,
  table: TableDefinition,
  changed: TableDefinition,
  values: readonly string[],
): Promise<void> {
  const place = table.storage ?? { catalog: '', schema: table.schema, name: table.name };
  const next = [...(place.catalog ? [place.catalog] : []), place.schema, engine.name('rebuilt')]
    .map(quoteName)
    .join('.');
  const columns = changed.columns.map((each, index) => `${values[index]} AS ${quoteName(each.name)}`);
  const temporary = place.catalog === 'temp' ? 'TEMP ' : '';
  await run(
    engine.connection,
    `CREATE ${temporary}TABLE ${next} AS SELECT ${columns.join(', ')} FROM ${storageName(table)}`,
  );
  await run(engine.connection, `DROP TABLE ${storageName(table)}`);
  await run(engine.connection, `ALTER TABLE ${next} RENAME TO ${quoteName(place.name)}`);
}

/** Existing rows must satisfy what has just been added. */
async function verify(
  engine: Engine,
  bare: TableDefinition,
  changed: TableDefinition,
  noCheck: boolean,
): Promise<void> {
  const key = changed.keys.length > bare.keys.length ? changed.keys.at(-1) : undefined;
  if (key?.kind === 'primary') {
    for (const each of key.columns) {
      if (column(bare, each.name)?.nullable) {
        throw new SqlError(8111, `Cannot define PRIMARY KEY constraint on nullable column in table '${changed.name}'.`);
      }
    }
  }
  if (key?.unique) await checkExistingKey(engine, changed, key);
  if (noCheck) return;
  const check = changed.checks.length > bare.checks.length ? changed.checks.at(-1) : undefined;
  if (check) await checkRelation(engine, changed, check, storageName(changed), 'ALTER TABLE');
  const foreign = changed.foreignKeys.length > bare.foreignKeys.length ? changed.foreignKeys.at(-1) : undefined;
  if (foreign) {
    const keys = foreign.columns.map((name, index) => `${quoteName(name)} AS k${index}`).join(', ');
    await checkParents(engine, changed, foreign, `SELECT DISTINCT ${keys} FROM ${storageName(changed)}`, 'ALTER TABLE');
  }
}

function refuseUsed(table: TableDefinition, name: string): void {
  const wanted = name.toLowerCase();
  const user =
    table.keys.find((each) => each.columns.some((key) => key.name.toLowerCase() === wanted))?.name ??
    table.foreignKeys.find((each) => each.columns.some((key) => key.toLowerCase() === wanted))?.name ??
    column(table, name)?.default?.name;
  if (!user) return;
  throw new SqlError(5074, `The object '${user}' is dependent on column '${name}'.`);
}

function dropConstraint(engine: Engine, table: TableDefinition, name: string, ifExists: boolean): TableDefinition {
  const is = (each: { readonly name: string }): boolean => each.name.toLowerCase() === name.toLowerCase();
  const key = table.keys.find((each) => each.kind !== 'index' && is(each));
  if (key) {
    const used = engine.catalog.references(table).find(({ foreignKey }) => {
      const names = foreignKey.referenced.columns.map((each) => each.toLowerCase()).sort();
      return (
        key.columns
          .map((each) => each.name.toLowerCase())
          .sort()
          .join() === names.join()
      );
    });
    if (used && !table.storage) {
      throw new SqlError(
        3725,
        `The constraint '${key.name}' is being referenced by table '${used.table.name}', foreign key constraint '${used.foreignKey.name}'.`,
        { state: 0 },
      );
    }
  }
  const changed: TableDefinition = {
    ...table,
    keys: table.keys.filter((each) => each !== key),
    checks: table.checks.filter((each) => !is(each)),
    foreignKeys: table.foreignKeys.filter((each) => !is(each)),
    columns: table.columns.map((each) => {
      if (!each.default || !is(each.default)) return each;
      const { default: _, ...rest } = each;
      return rest;
    }),
  };
  const gone =
    key !== undefined ||
    changed.checks.length < table.checks.length ||
    changed.foreignKeys.length < table.foreignKeys.length ||
    constraintNames(changed).length < constraintNames(table).length;
  if (!gone && !ifExists) throw new SqlError(3728, `'${name}' is not a constraint.`);
  return changed;
}

async function alterColumn(
  engine: Engine,
  table: TableDefinition,
  action: Extract<AlterTable['action'], { kind: 'alter column' }>,
): Promise<TableDefinition> {
  const target = column(table, action.column);
  if (!target) {
    throw new SqlError(
      4924,
      `ALTER TABLE ALTER COLUMN failed because column '${action.column}' does not exist in table '${table.name}'.`,
    );
  }
  const type = resolveType(action.type);
  const nullable = action.nullable ?? true;
  const name = quoteName(target.name);
  const label = `${engine.database.name}.${displayName(table)}`;
  const first = async (condition: string): Promise<unknown> =>
    (
      await rows(
        engine.connection,
        `SELECT coalesce(CAST(${name} AS VARCHAR), '') FROM ${storageName(table)} WHERE ${condition} LIMIT 1`,
        [],
        [{ name: 'nvarchar', length: 'max' }],
      )
    )[0]?.[0];
  if (!nullable && (await first(`${name} IS NULL`)) !== undefined) throw nullNotAllowed(target.name, label, 'UPDATE');
  if (typeof type.length === 'number' && (isText(type) || isBinary(type))) {
    const measure = isText(type) ? `length(rtrim(CAST(${name} AS VARCHAR), ' '))` : `octet_length(${name})`;
    const long = await first(`${measure} > ${type.length}`);
    if (long !== undefined) throw truncated(label, target.name, String(long).slice(0, type.length));
  }
  const changed: TableDefinition = {
    ...table,
    columns: table.columns.map((each) => (each === target ? { ...each, type, nullable } : each)),
  };
  if (duckTypeName(type) !== duckTypeName(target.type)) {
    await rebuild(
      engine,
      table,
      changed,
      table.columns.map((each) =>
        each === target ? `CAST(${quoteName(each.name)} AS ${duckTypeName(type)})` : quoteName(each.name),
      ),
    );
  }
  return changed;
}

export async function createIndex(engine: Engine, node: CreateIndex): Promise<void> {
  const table = find(engine, node.table);
  const written = node.table.parts.filter((each) => each !== '').join('.');
  if (!table) {
    throw new SqlError(
      1088,
      `Cannot find the object "${written}" because it does not exist or you do not have permissions.`,
      { state: 12 },
    );
  }
  if (node.where && node.unique) throw notImplemented('a filtered unique index', node.line);
  await engine.transaction.write(
    async () => {
      if (table.keys.some((each) => each.name.toLowerCase() === node.name.toLowerCase())) {
        throw new SqlError(
          1913,
          `The operation failed because an index or statistics with name '${node.name}' already exists on table '${written}'.`,
        );
      }
      const changed = addKey(table, {
        id: table.storage ? engine.temporaryId() : nextId(engine),
        name: node.name,
        kind: 'index',
        unique: node.unique,
        clustered: node.clustered,
        columns: node.columns,
        included: node.include,
      });
      const key = changed.keys.at(-1);
      if (key?.unique) await checkExistingKey(engine, changed, key);
      replace(engine, changed);
    },
    { local: table.storage !== undefined },
  );
}

export async function dropIndex(engine: Engine, node: DropIndex): Promise<void> {
  for (const each of node.indexes) {
    const table = find(engine, each.table);
    const found = table?.keys.find((key) => key.kind === 'index' && key.name.toLowerCase() === each.name.toLowerCase());
    if (!table || !found) {
      if (node.ifExists) continue;
      throw new SqlError(
        3701,
        `Cannot drop the index '${each.table.parts.join('.')}.${each.name}', because it does not exist or you do not have permission.`,
        { severity: 11, state: 7 },
      );
    }
    await engine.transaction.write(
      async () => replace(engine, { ...table, keys: table.keys.filter((key) => key !== found) }),
      { local: table.storage !== undefined },
    );
  }
}
