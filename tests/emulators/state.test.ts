import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claim, explainFileError, LocalEnvironmentError, secretsOf, writeWhole } from '../../emulators/state.ts';

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

const put = (name: string, text = name): void => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
};

test('a folder in use is refused, and left as it is, whatever was asked for', async () => {
  const { release } = await claim(folder, { contents: 'shop 1' });
  put('lake/orders');
  for (const options of [{}, { contents: 'shop 1' }, { contents: 'shop 2' }, { fresh: true }])
    await expect(claim(folder, options)).rejects.toThrow(
      `local: ${folder} is in use by process ${process.pid}. Stop that one (Ctrl-C where it runs, or 'kill ${process.pid}'), then try again.`,
    );
  expect(existsSync(join(folder, 'lake/orders'))).toBe(true);
  release();
});

test('giving the folder back takes its endpoints along', async () => {
  const { release } = await claim(folder);
  put('endpoints.json');
  release();
  expect(readdirSync(folder)).toEqual(['version']);
});

test('state of the same contents stays, of others is moved aside; asked for none, it stays', async () => {
  const again = async (contents?: string): Promise<string | undefined> => {
    const { release, setAside } = await claim(folder, contents === undefined ? {} : { contents });
    release();
    return setAside;
  };
  expect(await again('shop 1')).toBeUndefined();
  put('lake/orders');
  put('endpoints.json', 'of a process that was killed');
  expect(await again('shop 1')).toBeUndefined();
  expect(await again()).toBeUndefined();
  expect(existsSync(join(folder, 'endpoints.json'))).toBe(false);
  expect(existsSync(join(folder, 'lake/orders'))).toBe(true);

  expect(await again('shop 2')).toBe(`${folder}.previous`);
  expect(readdirSync(folder).sort()).toEqual(['contents.json', 'version']);
  expect(existsSync(join(`${folder}.previous`, 'lake/orders'))).toBe(true);

  // What was moved aside can be moved back: it is a folder like any other.
  rmSync(folder, { recursive: true });
  renameSync(`${folder}.previous`, folder);
  expect(await again('shop 1')).toBeUndefined();
});

test('a move aside that was cut short is gone on with, and what was there before it stays until it is done', async () => {
  (await claim(folder, { contents: 'shop 1' })).release();
  put('lake/orders');
  put('azure-sql/shop');
  mkdirSync(`${folder}.previous.partial`);
  renameSync(join(folder, 'lake'), join(`${folder}.previous.partial`, 'lake'));
  const { release, setAside } = await claim(folder, { contents: 'shop 2' });
  release();
  expect(readdirSync(setAside!).sort()).toEqual(['azure-sql', 'contents.json', 'lake', 'version']);
  expect(readdirSync(root).sort()).toEqual(['.local', '.local.previous']);
});

test('fresh begins from nothing, of whatever version the state is', async () => {
  put('version', '0\n');
  put('lake/orders');
  await expect(claim(folder)).rejects.toThrow(
    `local: ${folder} was made by version 0 of the local environment, this is version 2. Start clean with 'npm start -- --fresh'.`,
  );
  expect(readdirSync(folder).sort()).toEqual(['lake', 'version']);
  (await claim(folder, { fresh: true })).release();
  expect(readdirSync(folder)).toEqual(['version']);
  expect(readFileSync(join(folder, 'version'), 'utf8')).toBe('2\n');
});

test("a folder of somebody else's is neither used nor emptied", async () => {
  put('thesis.doc');
  for (const options of [{}, { contents: 'shop 1' }, { fresh: true }])
    await expect(claim(folder, options)).rejects.toThrow(
      `local: ${folder} holds thesis.doc, but no local environment made it. Name a new or empty folder in DATAOPS_LOCAL, or remove what it holds.`,
    );
  expect(readdirSync(folder)).toEqual(['thesis.doc']);
});

test('a report alone, as runs against Azure leave it, is no reason to refuse', async () => {
  put('report.json');
  (await claim(folder)).release();
});

test.each([
  ['it is a file', (path: string) => writeFileSync(path, ''), ''],
  ['a part of its path is a file', (path: string) => writeFileSync(path, ''), 'below'],
])('a folder that cannot be had is explained: %s', async (reason, make, below) => {
  make(folder);
  await expect(claim(join(folder, below))).rejects.toThrow(
    new RegExp(
      `^local: .* cannot be used: ${reason} \\(E\\w+ at .*\\)\\. Mend that, or name another folder in DATAOPS_LOCAL\\.$`,
    ),
  );
});

test('a full disk is explained, a mistake of ours is not', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(explainFileError(full, folder)).toEqual(
    new LocalEnvironmentError(
      `local: ${folder} cannot be used: the disk is full (ENOSPC). Mend that, or name another folder in DATAOPS_LOCAL.`,
    ),
  );
  const mistake = new TypeError('x is not a function');
  expect(explainFileError(mistake, folder)).toBe(mistake);
});
