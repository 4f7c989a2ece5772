import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claim, LocalEnvironmentError, secretsOf, writeWhole } from '../../emulators/state.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'state-'));
  folder = join(root, '.local');
});
afterEach(() => rmSync(root, { recursive: true }));

/** A process that is alive and not this one: whatever started it. */
const alive = process.ppid;
/** Beyond what any system counts to. */
const dead = 2 ** 31 - 2;

test('the folder is made for its user alone, and given back', () => {
  const release = claim(folder, process.pid);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe(String(process.pid));
  release();
  expect(readdirSync(folder)).toEqual(['version']);
  claim(folder, process.pid)();
});

test("a folder that a live process holds is refused, and stays its holder's", () => {
  claim(folder, alive);
  expect(() => claim(folder, process.pid)).toThrow(LocalEnvironmentError);
  expect(() => claim(folder, process.pid)).toThrow(`in use by process ${alive}`);
  expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe(String(alive));
});

test.each([
  ['a process that died without giving it back', String(dead)],
  ['nobody: a lock cut short', ''],
  ['nonsense', 'not a number'],
])('a folder held by %s is taken over', (_, holder) => {
  claim(folder, process.pid)();
  writeFileSync(join(folder, 'lock'), holder);
  claim(folder, process.pid);
  expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe(String(process.pid));
});

test('a folder of another version is refused, saying how to start clean', () => {
  claim(folder, process.pid)();
  writeFileSync(join(folder, 'version'), '0\n');
  expect(() => claim(folder, process.pid)).toThrow(/was made by version 0 .* this is version \d+\. Start clean/);
  expect(readdirSync(folder)).toEqual(['version']);
});

test('secrets are made once, only their user reads them, and no two environments share one', () => {
  claim(folder, process.pid);
  const secrets = secretsOf(folder);
  expect(secretsOf(folder)).toEqual(secrets);
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(Buffer.from(secrets.lakeKey, 'base64')).toHaveLength(64);
  // What SQL Server's password policy asks for: three of the four kinds of character.
  expect(secrets.sqlPassword).toMatch(/[a-z]/);
  expect(secrets.sqlPassword).toMatch(/[A-Z]/);
  expect(secrets.sqlPassword).toMatch(/\d/);

  const other = join(root, 'other');
  claim(other, process.pid);
  const others = secretsOf(other);
  for (const name of ['sqlPassword', 'lakeKey', 'databricksToken'] as const)
    expect(others[name]).not.toBe(secrets[name]);
});

test('a file that cannot be written whole leaves the one before', () => {
  claim(folder, process.pid);
  const file = join(folder, 'a.json');
  writeWhole(file, { a: 1 });
  expect(() => writeWhole(file, { a: 1n })).toThrow();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ a: 1 });
  writeWhole(file, { a: 2 });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ a: 2 });
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
