import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, type SqlEngine } from '../../../../emulators/databricks/engine/index.ts';

/** A local environment may be moved or copied: its tables are those of the folder it lies in, not those of where it came from. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'places-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (name: string): Promise<SqlEngine> =>
  openEngine({ lakeRoot: join(folder, name, 'lake'), account: 'shop', stateDirectory: join(folder, name, 'state') });

async function run(engine: SqlEngine, ...statements: string[]): Promise<(readonly (string | null)[])[]> {
  const session = await engine.session();
  try {
    let rows: (readonly (string | null)[])[] = [];
    for (const statement of statements) rows = [...(await session.execute(statement)).rows];
    return rows;
  } finally {
    session.close();
  }
}

test.each([
  ['external', "using delta location 'abfss://silver@shop.dfs.core.windows.net/t'"],
  ['managed', ''],
])('a copy of an environment with an %s table leaves the original alone', async (_, where) => {
  const first = await open('first');
  await run(first, 'create schema s', `create table s.t (id bigint) ${where}`, 'insert into s.t values (1)');
  await first.close();
  cpSync(join(folder, 'first'), join(folder, 'second'), { recursive: true });
  const second = await open('second');
  expect(await run(second, 'insert into s.t values (2)', 'select id from s.t order by id')).toEqual([['1'], ['2']]);
  await second.close();
  const again = await open('first');
  expect(await run(again, 'select id from s.t')).toEqual([['1']]);
  await again.close();
});

test('a catalog that names a folder outside of the environment is refused', async () => {
  const first = await open('first');
  await run(first, 'create schema s', 'create table s.t (id bigint)');
  await first.close();
  const file = join(folder, 'first', 'state', 'catalog.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('state:warehouse', 'state:../../elsewhere'));
  await expect(open('first')).rejects.toThrow('outside of the state directory');
});
