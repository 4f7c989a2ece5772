import { SqlError } from '../tsql/sql-error.ts';
import { storageName } from './bind-catalog.ts';
import type { Catalog, TableDefinition } from './catalog.ts';
import { store } from './ddl/table.ts';
import { quoteName } from './duck-type.ts';
import type { Engine } from './engine.ts';
import { run } from './run.ts';

/**
 * SAVE TRANSACTION. DuckDB has no savepoints, so each keeps what is needed to go back: the catalog as it was, a copy of every table
 * made just before the first write to it, and the service's own steps back (`undo`).
 */
export interface Savepoint {
  readonly name: string;
  /** The transaction's own version; undefined while it had none. */
  readonly catalog: Catalog | undefined;
  readonly temporary: ReadonlyMap<string, TableDefinition>;
  /** By object id. */
  readonly kept: Map<number, { readonly table: TableDefinition; readonly copy: string }>;
  readonly undo: (() => Promise<unknown>)[];
  /** Drops the copies, before a commit. */
  release(): Promise<void>;
}

/** @throws SqlError 628 without a transaction, 3931 in a doomed one. */
export async function save(engine: Engine, name: string): Promise<void> {
  const { transaction } = engine;
  if (transaction.count === 0) {
    throw new SqlError(628, 'Cannot issue SAVE TRANSACTION when there is no active transaction.', { state: 0 });
  }
  if (transaction.doomed) throw doomed();
  const kept: Savepoint['kept'] = new Map();
  const savepoint: Savepoint = {
    name,
    catalog: transaction.ownCatalog,
    temporary: transaction.temporary,
    kept,
    undo: [],
    async release() {
      for (const { copy } of kept.values()) await run(engine.connection, `DROP TABLE ${copy}`);
      kept.clear();
    },
  };
  transaction.savepoints = [...transaction.savepoints, savepoint];
}

/** ROLLBACK TRANSACTION: to the newest savepoint of that name, or all of it. Names tell upper from lower case. */
export async function rollback(engine: Engine, name: string): Promise<void> {
  const { transaction } = engine;
  const place = name === '' ? -1 : transaction.savepoints.findLastIndex((each) => each.name === name);
  if (place >= 0) return returnTo(engine, place);
  if (name === '' || transaction.count === 0 || transaction.name === name) return transaction.rollback();
  if (transaction.doomed) throw doomed();
  throw new SqlError(6401, `Cannot roll back ${name}. No transaction or savepoint of that name was found.`);
}

/** Before a write to a table, or before it is altered or dropped: the newest savepoint copies it once. */
export async function keep(engine: Engine, table: TableDefinition): Promise<void> {
  const savepoint = engine.transaction.savepoints.at(-1);
  // A table variable keeps its rows whatever the transaction does.
  if (!savepoint || table.name.startsWith('@') || savepoint.kept.has(table.id)) return;
  const copy = `temp.main.${quoteName(engine.name('saved'))}`;
  await run(engine.connection, `CREATE TEMP TABLE ${copy} AS SELECT * FROM ${storageName(table)}`);
  savepoint.kept.set(table.id, { table, copy });
}

async function returnTo(engine: Engine, place: number): Promise<void> {
  const { transaction } = engine;
  const passed = transaction.savepoints.slice(place);
  const target = passed[0];
  if (!target) return;
  await transaction.write(async () => {
    for (const each of passed.toReversed()) for (const step of each.undo.splice(0).toReversed()) await step();
    // The oldest copy is the one made nearest to the savepoint.
    const copies = new Map(passed.toReversed().flatMap((each) => [...each.kept]));
    const before = target.catalog ?? engine.database.catalog;
    await restore(engine, before, target.temporary, copies);
    for (const each of passed) await each.release();
    transaction.ownCatalog = target.catalog;
    transaction.temporary = target.temporary;
    transaction.savepoints = transaction.savepoints.slice(0, place + 1);
  });
}

async function restore(
  engine: Engine,
  catalog: Catalog,
  temporary: Savepoint['temporary'],
  copies: Savepoint['kept'],
): Promise<void> {
  const { connection } = engine;
  const then = new Map([...catalog.tables(), ...temporary.values()].map((each) => [each.id, each]));
  const now = new Map(
    [...engine.catalog.tables(), ...engine.transaction.temporary.values()].map((each) => [each.id, each]),
  );
  for (const table of now.values()) {
    if (then.get(table.id)?.columns !== table.columns) await run(connection, `DROP TABLE ${storageName(table)}`);
  }
  const named = new Set(catalog.schemas.map((each) => each.name));
  const present = new Set(engine.catalog.schemas.map((each) => each.name));
  for (const name of present) if (!named.has(name)) await run(connection, `DROP SCHEMA ${quoteName(name)}`);
  for (const name of named) if (!present.has(name)) await run(connection, `CREATE SCHEMA ${quoteName(name)}`);
  for (const { table, copy } of copies.values()) {
    if (now.get(table.id)?.columns === table.columns) await run(connection, `DELETE FROM ${storageName(table)}`);
    else await store(engine, table);
    await run(connection, `INSERT INTO ${storageName(table)} SELECT * FROM ${copy}`);
  }
}

const doomed = (): SqlError =>
  new SqlError(
    3931,
    'The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back the entire transaction.',
  );
