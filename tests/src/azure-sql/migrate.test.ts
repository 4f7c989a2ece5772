import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planMigrations, readMigrations } from '../../../src/azure-sql/migrate.ts';
import { ConfigurationError } from '../../../src/errors.ts';

let folder = '';
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const journalOf = (names: readonly string[]) =>
  new Map(
    readMigrations(folder)
      .filter(({ name }) => names.includes(name))
      .map(({ name, checksum }) => [name, checksum]),
  );
const planned = (journal: ReadonlyMap<string, string>) =>
  planMigrations(readMigrations(folder), journal).map(({ name }) => name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrate-'));
  mkdirSync(join(folder, 'schema'));
  mkdirSync(join(folder, 'procedures'));
  write('schema/002_b.sql', 'SELECT 2;');
  write('schema/001_a.sql', 'SELECT 1;');
  write('procedures/p.sql', 'CREATE OR ALTER PROCEDURE p AS SELECT 1;');
  write('procedures/notes.md', 'not a script');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('an empty database gets the schema files in order, then the procedures', () => {
  expect(planned(new Map())).toEqual(['schema/001_a.sql', 'schema/002_b.sql', 'procedures/p.sql']);
});

test('what is applied is not applied again, whatever its line ends', () => {
  const journal = journalOf(['schema/001_a.sql', 'schema/002_b.sql', 'procedures/p.sql']);
  write('schema/003_c.sql', 'SELECT 3;');
  expect(planned(journal)).toEqual(['schema/003_c.sql']);
  write('schema/003_c.sql', 'SELECT 3\n;');
  const unix = readMigrations(folder).at(2)!.checksum;
  write('schema/003_c.sql', 'SELECT 3\r\n;');
  expect(readMigrations(folder).at(2)!.checksum).toBe(unix);
});

test('a procedure that changed is applied again', () => {
  const journal = journalOf(['schema/001_a.sql', 'schema/002_b.sql', 'procedures/p.sql']);
  write('procedures/p.sql', 'CREATE OR ALTER PROCEDURE p AS SELECT 2;');
  expect(planned(journal)).toEqual(['procedures/p.sql']);
});

test('a schema file that was edited or removed after it was applied is refused by name', () => {
  const journal = journalOf(['schema/001_a.sql', 'schema/002_b.sql']);
  write('schema/002_b.sql', 'SELECT 22;');
  expect(() => planned(journal)).toThrow(ConfigurationError);
  expect(() => planned(journal)).toThrow(/schema\/002_b\.sql was edited after it was applied/);
  rmSync(join(folder, 'schema/002_b.sql'));
  expect(() => planned(journal)).toThrow(/schema\/002_b\.sql was applied to this database but is gone/);
});

test('a folder without schema files is refused', () => {
  expect(() => readMigrations(join(folder, 'nowhere'))).toThrow(/no \.sql files/);
});
