import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** What the repository promises about itself. */

const root = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const sources = globSync(['src/**/*.ts', 'actions/**/*.ts', 'emulators/**/*.ts'], { cwd: root });

function importsOf(file: string): string[] {
  const specifiers = [...read(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1]!);
  return specifiers.map((specifier) => relative(root, resolve(root, dirname(file), specifier)));
}

function mayImport(from: string, target: string): boolean {
  if (from.startsWith('src/')) return target.startsWith('src/');
  if (from.startsWith('actions/')) return target.startsWith('src/');
  return target.startsWith('emulators/') || target.startsWith('src/data-factory/expression/');
}

test('imports point one way: actions to src, emulators to emulators', () => {
  const strays = sources.flatMap((file) =>
    importsOf(file)
      .filter((target) => !mayImport(file, target))
      .map((target) => `${file} imports ${target}`),
  );
  expect(strays).toEqual([]);
});

test('only src/github knows @actions/core', () => {
  const knowing = sources.filter((file) => read(file).includes("'@actions/core'"));
  expect(knowing.filter((file) => !file.startsWith('src/github/'))).toEqual([]);
});

test('the wire holds no SQL engine, the language no sockets', () => {
  const wire = sources.filter((file) => file.startsWith('emulators/tds/'));
  const language = sources.filter((file) => file.startsWith('emulators/tsql/'));
  expect(wire.filter((file) => read(file).includes('@duckdb/'))).toEqual([]);
  expect(language.filter((file) => /'node:(net|tls|http|https)'|@duckdb\//.test(read(file)))).toEqual([]);
});

test('every dependency is pinned', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const versions = { ...manifest['dependencies'], ...manifest['devDependencies'] };
  expect(Object.entries(versions).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test('every action in a workflow is ours or pinned by its commit', () => {
  const uses = globSync('.github/workflows/*.yml', { cwd: root }).flatMap((file) =>
    [...read(file).matchAll(/uses: (\S+)/g)].map((match) => match[1]!),
  );
  expect(uses.length).toBeGreaterThan(0);
  expect(uses.filter((use) => !use.startsWith('./') && !/@[0-9a-f]{40}$/.test(use))).toEqual([]);
});

test("an action's entry holds no logic: under 60 lines", () => {
  const entries = globSync('actions/*/main.ts', { cwd: root });
  expect(entries).toHaveLength(globSync('actions/*/action.yml', { cwd: root }).length);
  expect(entries.filter((file) => read(file).split('\n').length > 60)).toEqual([]);
});

test('every emulator tells in a README what it implements', () => {
  const folders = globSync('emulators/*/index.ts', { cwd: root }).map((file) => dirname(file));
  const documented = globSync('emulators/*/README.md', { cwd: root }).map((file) => dirname(file));
  expect(folders.filter((folder) => !documented.includes(folder))).toEqual([]);
});

test("the README's commands exist", () => {
  const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts);
  const named = [...read('README.md').matchAll(/npm (?:run )?([a-z][a-z0-9:]*)/g)].map((match) => match[1]!);
  const builtIn = ['ci'];
  expect(named.filter((name) => !scripts.includes(name) && !builtIn.includes(name))).toEqual([]);
});

/** Files that are one table or one grammar: they grow with what they list, and splitting them would part what is read side by side. */
const longFiles: Readonly<Record<string, string>> = {
  'emulators/tsql/ast.ts': 'the syntax tree of T-SQL, a type a node',
  'emulators/tsql/parser/expressions.ts': 'the grammar of T-SQL expressions, by precedence',
  'emulators/tsql/parser/ddl.ts': 'the grammar of CREATE, ALTER and DROP',
  'emulators/tsql/emit/convert.ts': 'the table of conversions between T-SQL types',
  'emulators/spark-sql/parser/expression.ts': 'the grammar of Spark SQL expressions, by precedence',
  'emulators/spark-sql/parser/statement.ts': 'the grammar of Spark SQL statements',
  'emulators/sql-server/views/sys.ts': 'the columns of the sys catalog views',
};

test('no source file is over 400 lines, but for grammars and tables', () => {
  const long = sources.filter((file) => read(file).split('\n').length - 1 > 400);
  expect(long.filter((file) => !(file in longFiles))).toEqual([]);
  expect(Object.keys(longFiles).filter((file) => !long.includes(file))).toEqual([]);
});

test('a test lies where its code lies', () => {
  const strays = globSync('tests/{src,emulators}/**/*.test.ts', { cwd: root }).filter((file) => {
    const path = file.replace(/^tests\//, '').replace(/\.test\.ts$/, '');
    return !existsSync(join(root, dirname(path)));
  });
  expect(strays).toEqual([]);
});

test('T-SQL is quoted in one place: no other file of src brackets a name or doubles a quote', () => {
  const quoting = globSync('src/**/*.ts', { cwd: root }).filter((file) => /replaceAll\((']'|"'"), /.test(read(file)));
  expect(quoting.filter((file) => !/^src\/(azure-sql\/quote|databricks\/compile\/sql)\.ts$/.test(file))).toEqual([]);
});

test('operations name every variable that the workflows read, and every command that they show exists', () => {
  const operations = read('docs/operations.md');
  const variables = globSync('.github/workflows/*.yml', { cwd: root }).flatMap((file) =>
    [...read(file).matchAll(/vars\.([A-Z_]+)/g)].map((match) => match[1]!),
  );
  expect([...new Set(variables)].filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
  const commands = [...operations.matchAll(/npx dataops ([a-z-]+)/g)].map((match) => match[1]!);
  const known = globSync('src/cli/*.ts', { cwd: root }).flatMap((file) =>
    [...read(file).matchAll(/new Command\('([a-z-]+)'\)/g)].map((match) => match[1]!),
  );
  expect(commands.filter((name) => !name.startsWith('-') && !known.includes(name))).toEqual([]);
});
