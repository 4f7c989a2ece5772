import { type AlterTable, bindExpression, resolveType } from '../../tsql/index.ts';
import { notImplemented, SqlError } from '../../tsql/sql-error.ts';
import { parseExpression, storageName } from '../bind-catalog.ts';
import { column, constraintNames, type TableDefinition } from '../catalog.ts';
import { checkExistingKey, checkParents, checkRelation, displayName } from '../dml/constraints.ts';
import { duckLiteral, duckTypeName, quoteName } from '../duck-type.ts';
import type { Engine } from '../engine.ts';
import { cannotFind, nullNotAllowed, truncated } from '../errors.ts';
import { forget } from '../extended-properties.ts';
import { rows, run } from '../run.ts';
import { isBinary, isText } from '../type-info.ts';
import { addColumn, addConstraint, nextId } from './build-table.ts';
import { find, keepDefinition, replace } from './table.ts';

/** ALTER TABLE. What is altered is written anew, and existing rows must satisfy what is added. */

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
        const gone = column(changed, name);
        if (gone && !table.storage) engine.transaction.catalog = forget(engine.catalog, 'column', table.id, gone.id);
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
export async function rebuild(
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
  await run(engine.connection, `ALTER TABLE ${next} RENAME TO ${quoteName(changed.storage?.name ?? changed.name)}`);
}

/** Existing rows must satisfy what has just been added. */
export async function verify(
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
