import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claim, secretsOf, writeWhole } from '../../emulators/state.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'state-'));
  folder = join(root, '.local');
});
afterEach(() => rmSync(root, { recursive: true }));

test('secrets are made once, only their user reads them, and no two environments share one', async () => {
  await claim(folder);
  const secrets = secretsOf(folder);
  expect(secretsOf(folder)).toEqual(secrets);
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(Buffer.from(secrets.lakeKey, 'base64')).toHaveLength(64);
  // What SQL Server's password policy asks for: three of the four kinds of character.
  expect(secrets.sqlPassword).toMatch(/[a-z]/);
  expect(secrets.sqlPassword).toMatch(/[A-Z]/);
  expect(secrets.sqlPassword).toMatch(/\d/);

  const other = join(root, 'other');
  await claim(other);
  const others = secretsOf(other);
  for (const name of ['sqlPassword', 'lakeKey', 'databricksToken'] as const)
    expect(others[name]).not.toBe(secrets[name]);
});

test('a file that cannot be written whole leaves the one before', async () => {
  await claim(folder);
  const file = join(folder, 'a.json');
  writeWhole(file, { a: 1 });
  expect(() => writeWhole(file, { a: 1n })).toThrow();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ a: 1 });
  writeWhole(file, { a: 2 });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ a: 2 });
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
