import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sql from 'mssql';
import { ConfigurationError } from '../errors.ts';
import { type Progress, silent } from '../progress.ts';
import { errorNumber } from './retry.ts';
import { splitBatches } from './script.ts';
import { inTransaction } from './transaction.ts';

export interface Migration {
  /** `schema/002_shop_tables.sql`, with forward slashes. */
  readonly name: string;
  /** SHA-256 of the text with line ends normalised, in hexadecimal. */
  readonly checksum: string;
  readonly text: string;
  /** Schema files run once and in order; procedures run again whenever they change. */
  readonly kind: 'schema' | 'procedure';
}

export interface MigrateResult {
  readonly applied: readonly string[];
  readonly unchanged: readonly string[];
}

/**
 * Brings the database to the state of a folder with `schema/` (numbered files, each applied once) and `procedures/` (CREATE OR
 * ALTER, applied when changed). Each file is one transaction; what was applied is journalled in etl.migration with its checksum.
 * Again without changes it does nothing.
 * @throws ConfigurationError naming a schema file that was edited or removed after it was applied, or that fails.
 */
export async function migrate(
  pool: sql.ConnectionPool,
  directory: string,
  progress: Progress = silent,
): Promise<MigrateResult> {
  const migrations = readMigrations(directory);
  await createJournal(pool);
  const journal = await readJournal(pool);
  const todo = planMigrations(migrations, journal);
  for (const migration of todo) {
    progress({ message: `migrate: ${migration.name}`, fraction: todo.indexOf(migration) / todo.length });
    await apply(pool, migration);
  }
  const applied = todo.map((migration) => migration.name);
  return {
    applied,
    unchanged: migrations.map((migration) => migration.name).filter((name) => !applied.includes(name)),
  };
}

/** The files of the folder in the order in which they run. */
export function readMigrations(directory: string): Migration[] {
  const schema = readFolder(directory, 'schema');
  if (schema.length === 0)
    throw new ConfigurationError(
      `azure-sql: ${join(directory, 'schema')} has no .sql files; expected the numbered schema files.`,
    );
  return [...schema, ...readFolder(directory, 'procedures')];
}

function readFolder(directory: string, folder: 'schema' | 'procedures'): Migration[] {
  const path = join(directory, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(path, file), 'utf8').replace(/\r\n?/g, '\n');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { name: `${folder}/${file}`, checksum, text, kind: folder === 'schema' ? 'schema' : 'procedure' };
    });
}

/** What is to be applied, given name -> checksum of what was. */
export function planMigrations(migrations: readonly Migration[], journal: ReadonlyMap<string, string>): Migration[] {
  for (const [name, checksum] of journal) {
    if (!name.startsWith('schema/')) continue;
    const migration = migrations.find((candidate) => candidate.name === name);
    if (migration === undefined)
      throw new ConfigurationError(`azure-sql: ${name} was applied to this database but is gone. Restore the file.`);
    if (migration.checksum !== checksum)
      throw new ConfigurationError(
        `azure-sql: ${name} was edited after it was applied (checksum ${migration.checksum.slice(0, 12)}, applied as ${checksum.slice(0, 12)}). Restore it and put the change into a new numbered file.`,
      );
  }
  return migrations.filter((migration) => journal.get(migration.name) !== migration.checksum);
}

async function createJournal(pool: sql.ConnectionPool): Promise<void> {
  await pool.request().batch(`IF SCHEMA_ID(N'etl') IS NULL EXEC (N'CREATE SCHEMA etl AUTHORIZATION dbo;');`);
  await pool.request().batch(`
    IF OBJECT_ID(N'etl.migration', N'U') IS NULL
    CREATE TABLE etl.migration (
      name varchar(200) NOT NULL CONSTRAINT pk_migration PRIMARY KEY,
      checksum char(64) NOT NULL,
      applied_at datetime2(3) NOT NULL
    );`);
}

async function readJournal(pool: sql.ConnectionPool): Promise<Map<string, string>> {
  const { recordset } = await pool
    .request()
    .query<{ name: string; checksum: string }>('SELECT name, checksum FROM etl.migration;');
  return new Map(recordset.map(({ name, checksum }) => [name, checksum]));
}

async function apply(pool: sql.ConnectionPool, migration: Migration): Promise<void> {
  await inTransaction(pool, async (transaction) => {
    for (const batch of splitBatches(migration.text))
      for (let run = 0; run < batch.count; run++)
        try {
          await new sql.Request(transaction).batch(batch.text);
        } catch (cause) {
          const line = batch.line + ((cause as { lineNumber?: number }).lineNumber ?? 1) - 1;
          throw new ConfigurationError(
            `azure-sql: ${migration.name}:${line} failed: ${(cause as Error).message} (error ${errorNumber(cause) ?? 'of the client'}). Nothing of the file was kept.`,
            { cause },
          );
        }
    await new sql.Request(transaction)
      .input('name', sql.VarChar(200), migration.name)
      .input('checksum', sql.Char(64), migration.checksum)
      .query(`
        DELETE FROM etl.migration WHERE name = @name;
        INSERT INTO etl.migration (name, checksum, applied_at) VALUES (@name, @checksum, SYSUTCDATETIME());`);
  });
}
