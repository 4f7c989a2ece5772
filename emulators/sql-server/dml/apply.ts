import { storageName } from '../bind-catalog.ts';
import type { ForeignKeyDefinition, TableDefinition } from '../catalog.ts';
import { duckTypeName, quoteName } from '../duck-type.ts';
import type { Engine } from '../engine.ts';
import { rows, run } from '../run.ts';
import { keep } from '../savepoints.ts';
import { isText } from '../type-info.ts';
import { before, type ChangeSet, can, indexOf, ROWID, where } from './change-set.ts';
import { check } from './constraints.ts';

/** Checks a change set, applies it by rowid, captures it, and follows ON DELETE CASCADE and SET NULL. Runs inside `transaction.write`. */
export async function checkAndApply(engine: Engine, change: ChangeSet): Promise<void> {
  if (change.rows === 0n) return;
  await check(engine, change);
  await engine.transaction.apply(async () => {
    const followers = can(change, 'delete') ? await dependants(engine, change) : [];
    if (change.kind !== 'delete') await fitText(engine, change);
    await keep(engine, change.table);
    await apply(engine, change);
    if (!change.table.storage) await engine.dialect.capture?.(engine, change);
    for (const each of followers) {
      await checkAndApply(engine, each);
      await run(engine.connection, `DROP TABLE ${each.relation}`);
    }
  });
}

async function apply(engine: Engine, change: ChangeSet): Promise<void> {
  const target = storageName(change.table);
  const { connection } = engine;
  if (can(change, 'delete')) {
    await run(
      connection,
      `DELETE FROM ${target} WHERE rowid IN (SELECT ${ROWID} FROM ${change.relation} WHERE ${where(change, 'delete')})`,
    );
  }
  if (can(change, 'update') && change.sets.size > 0) {
    const sets = [...change.sets].map(
      (index) => `${quoteName(change.table.columns[index]?.name ?? '')} = n.${stored(index)}`,
    );
    await run(
      connection,
      `UPDATE ${target} AS t SET ${sets.join(', ')} FROM ${change.relation} n WHERE t.rowid = n.${ROWID} AND ${where(change, 'update')}`,
    );
  }
  if (can(change, 'insert')) {
    const values = change.table.columns.map((_, index) => (change.written.has(index) ? stored(index) : 'NULL'));
    await run(
      connection,
      `INSERT INTO ${target} SELECT ${values.join(', ')} FROM ${change.relation} WHERE ${where(change, 'insert')}`,
    );
  }
}

const stored = (index: number): string => `"new_${index}"`;

/** Trailing spaces beyond a column's length are cut without an error, as SQL Server does; `char(n)` is padded. */
async function fitText(engine: Engine, change: ChangeSet): Promise<void> {
  const texts = change.table.columns.flatMap((column, index) =>
    isText(column.type) && typeof column.type.length === 'number' && change.written.has(index)
      ? [{ index, length: column.type.length, fixed: column.type.name === 'char' || column.type.name === 'nchar' }]
      : [],
  );
  if (texts.length === 0 || change.rows === 0n) return;
  const tests = texts.map(({ index, length, fixed }) =>
    fixed ? `bool_or(length("new_${index}") <> ${length})` : `bool_or(length("new_${index}") > ${length})`,
  );
  const [found] = await rows(
    engine.connection,
    `SELECT ${tests.map((each) => `coalesce(${each}, false)`).join(', ')} FROM ${change.relation}`,
    [],
    tests.map(() => ({ name: 'bit' as const })),
  );
  const sets = texts.flatMap(({ index, length, fixed }, position) => {
    if (found?.[position] !== true) return [];
    const value = `"new_${index}"`;
    return [`${value} = ${fixed ? `rpad(${value}, ${length}, ' ')` : `left(${value}, ${length})`}`];
  });
  if (sets.length > 0) await run(engine.connection, `UPDATE ${change.relation} SET ${sets.join(', ')}`);
}

/** Change sets of the tables that refer to the rows about to go. */
async function dependants(engine: Engine, change: ChangeSet): Promise<ChangeSet[]> {
  const made: ChangeSet[] = [];
  for (const { table, foreignKey } of engine.catalog.references(change.table)) {
    if (foreignKey.onDelete === 'NO ACTION') continue;
    const followed = await dependant(engine, change, table, foreignKey);
    if (followed.rows > 0n) made.push(followed);
    else await run(engine.connection, `DROP TABLE ${followed.relation}`);
  }
  return made;
}

async function dependant(
  engine: Engine,
  change: ChangeSet,
  table: TableDefinition,
  key: ForeignKeyDefinition,
): Promise<ChangeSet> {
  const relation = `temp.main.${quoteName(engine.name('cascade'))}`;
  const olds = table.columns.map((each, index) => `c.${quoteName(each.name)} AS "old_${index}"`);
  const sets = key.onDelete === 'SET NULL' ? key.columns.map((name) => indexOf(table, name)) : [];
  const news = sets.map(
    (index) => `CAST(NULL AS ${duckTypeName(table.columns[index]?.type ?? { name: 'int' })}) AS "new_${index}"`,
  );
  const equal = key.columns.map(
    (name, position) =>
      `c.${quoteName(name)} = n.${before(indexOf(change.table, key.referenced.columns[position] ?? ''))}`,
  );
  await run(
    engine.connection,
    `CREATE TEMP TABLE ${relation} AS SELECT c.rowid AS ${ROWID}, ${[...olds, ...news].join(', ')} FROM ${storageName(table)} c
       SEMI JOIN (SELECT * FROM ${change.relation} WHERE ${where(change, 'delete')}) n ON ${equal.join(' AND ')}`,
  );
  const [count] = await rows(engine.connection, `SELECT count(*) FROM ${relation}`, [], [{ name: 'bigint' }]);
  return {
    kind: sets.length > 0 ? 'update' : 'delete',
    table,
    relation,
    written: new Set(sets),
    sets: new Set(sets),
    rows: (count?.[0] as bigint | undefined) ?? 0n,
  };
}
