import type { DuckDBConnection } from '@duckdb/node-api';
import { Catalog, type DatabaseObject, type SchemaDefinition } from './catalog.ts';
import { quoteName } from './duck-type.ts';

/**
 * The catalog's table in the database file, beside the data it describes: one row per object, written in the transaction that changes
 * the object, so that a crash can never part the two.
 */

const META = 'emulator';

/** SQL Server's fixed schema ids. */
const BUILT_IN: readonly SchemaDefinition[] = [
  { id: 1, name: 'dbo' },
  { id: 2, name: 'guest' },
  { id: 3, name: 'INFORMATION_SCHEMA' },
  { id: 4, name: 'sys' },
];

const FIRST_OBJECT_ID = 901_578_250;

export async function createStore(connection: DuckDBConnection): Promise<void> {
  await connection.run(`
    CREATE SCHEMA IF NOT EXISTS ${META};
    CREATE SCHEMA IF NOT EXISTS dbo;
    CREATE TABLE IF NOT EXISTS ${META}.objects (object_id INTEGER, definition VARCHAR);
    CREATE TABLE IF NOT EXISTS ${META}.schemas (schema_id INTEGER, name VARCHAR);
    CREATE TABLE IF NOT EXISTS ${META}.settings (name VARCHAR, value VARCHAR);
    CREATE TABLE IF NOT EXISTS ${META}.identities (object_id INTEGER, last_value BIGINT);
  `);
}

export async function loadCatalog(connection: DuckDBConnection): Promise<Catalog> {
  const objects = (await connection.runAndReadAll(`SELECT definition FROM ${META}.objects`))
    .getRows()
    .map(([text]) => parse(String(text)));
  const schemas = (await connection.runAndReadAll(`SELECT schema_id, name FROM ${META}.schemas ORDER BY 1`))
    .getRows()
    .map(([id, name]) => ({ id: Number(id), name: String(name) }));
  const settings = (await connection.runAndReadAll(`SELECT name, value FROM ${META}.settings`))
    .getRows()
    .map(([name, value]): [string, string] => [String(name), String(value)]);
  const stored = new Map(settings);
  const nextId = Number(stored.get('next_object_id') ?? FIRST_OBJECT_ID);
  stored.delete('next_object_id');
  return Catalog.of([...BUILT_IN, ...schemas], objects, stored, nextId);
}

/** Writes what differs between two versions. Runs inside the transaction that made the difference. */
export async function saveCatalog(connection: DuckDBConnection, before: Catalog, after: Catalog): Promise<void> {
  const old = new Map([...before.objects()].map((each) => [each.id, each]));
  const now = new Map([...after.objects()].map((each) => [each.id, each]));
  for (const [id, each] of old) {
    if (now.get(id) !== each) await connection.run(`DELETE FROM ${META}.objects WHERE object_id = $1`, [id]);
  }
  for (const [id, each] of now) {
    if (old.get(id) !== each) {
      await connection.run(`INSERT INTO ${META}.objects VALUES ($1, $2)`, [id, stringify(each)]);
    }
  }
  if (before.schemas !== after.schemas) {
    await connection.run(`DELETE FROM ${META}.schemas`);
    for (const each of after.schemas.slice(BUILT_IN.length)) {
      await connection.run(`INSERT INTO ${META}.schemas VALUES ($1, $2)`, [each.id, each.name]);
    }
  }
  if (before.settings !== after.settings || before.nextId !== after.nextId) {
    await connection.run(`DELETE FROM ${META}.settings`);
    for (const [name, value] of [...after.settings, ['next_object_id', String(after.nextId)]]) {
      await connection.run(`INSERT INTO ${META}.settings VALUES ($1, $2)`, [name ?? '', value ?? '']);
    }
  }
}

export async function lastIdentity(connection: DuckDBConnection, id: number): Promise<bigint | undefined> {
  const rows = (
    await connection.runAndReadAll(`SELECT last_value FROM ${META}.identities WHERE object_id = $1`, [id])
  ).getRows();
  return rows[0]?.[0] as bigint | undefined;
}

export async function saveIdentity(connection: DuckDBConnection, id: number, last: bigint | undefined): Promise<void> {
  await connection.run(`DELETE FROM ${META}.identities WHERE object_id = $1`, [id]);
  if (last !== undefined) await connection.run(`INSERT INTO ${META}.identities VALUES ($1, $2)`, [id, last]);
}

/** Creates the DuckDB schema that holds a SQL schema's tables. */
export async function createSchema(connection: DuckDBConnection, name: string): Promise<void> {
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(name)}`);
}

const stringify = (object: DatabaseObject): string =>
  JSON.stringify(object, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));

function parse(text: string): DatabaseObject {
  return JSON.parse(text, (name, value) =>
    (name === 'created' || name === 'modified') && typeof value === 'string' ? BigInt(value.slice(0, -1)) : value,
  ) as DatabaseObject;
}
