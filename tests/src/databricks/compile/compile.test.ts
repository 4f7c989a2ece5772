import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseScript } from '../../../../emulators/spark-sql/index.ts';
import { compile, type Task } from '../../../../src/databricks/compile/compile.ts';
import { readModels } from '../../../../src/databricks/models.ts';
import { repositoryRoot } from '../../../../src/environments/load.ts';

const tasks = compile(readModels(join(repositoryRoot, 'databricks')), 'account');
const goldens = join(import.meta.dirname, '../goldens');

/**
 * The compiled SQL of each kind, as it is deployed. Goldens are changed by hand: on a difference the actual text is written beside the golden
 * as `<name>.actual.sql`, to be read and, where it is right, to take its place.
 */
test.each([
  ['setup', 'schemas, views over bronze and the tables'],
  ['silver_customers', 'latest, with repairs and personal data'],
  ['silver_order_items', 'latest, with a check and a reference'],
  ['silver_payments', 'latest, with a uniqueness'],
  ['silver_customer_history', 'history, with erasure'],
  ['gold_fact_order_line', 'table'],
])('%s (%s)', (key) => {
  const { sql } = tasks.find((task) => task.key === key)!;
  const golden = join(goldens, `${key}.sql`);
  const actual = join(goldens, `${key}.actual.sql`);
  const expected = existsSync(golden) ? readFileSync(golden, 'utf8') : '';
  if (sql === expected) rmSync(actual, { force: true });
  else writeFileSync(actual, sql);
  expect(sql).toBe(expected);
});

test('every task is SQL that parses, and depends on tasks that come before', () => {
  const seen = new Set<string>();
  for (const task of tasks) {
    expect(() => parseScript(task.sql)).not.toThrow();
    expect(task.key).toMatch(/^[a-z0-9_]+$/);
    expect(task.dependsOn.filter((key) => !seen.has(key))).toEqual([]);
    seen.add(task.key);
  }
  expect(seen.size).toBe(17);
});

describe('a contract of one kind or another', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'contracts-'));
    cpSync(join(repositoryRoot, 'databricks'), folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const edit = (file: string, change: (text: string) => string): void =>
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  const compiled = (key: string): Task =>
    compile(readModels(folder), 'account').find((candidate) => candidate.key === key)!;
  const expecting = (file: string, expectation: string): void =>
    edit(file, (text) => `${text.replace(/\nexpectations:[\s\S]*$/, '')}\nexpectations:\n  - ${expectation}\n`);

  test('an expectation of severity error is asserted before anything is written', () => {
    expecting('silver/products.yml', '{ name: priced, severity: error, check: unit_price > 0 }');
    const { sql } = compiled('silver_products');
    const assertion = sql.indexOf("'silver.products: rows break the expectation priced'");
    expect(assertion).toBeGreaterThan(0);
    expect(assertion).toBeLessThan(sql.indexOf('MERGE INTO'));
    expect(sql).toContain('WHERE NOT coalesce(unit_price > 0, false)');
  });

  test('a table asserts its key before it is overwritten', () => {
    const { sql } = compiled('gold_dim_product');
    expect(sql.indexOf('gold.dim_product: key (product_id) is not unique')).toBeLessThan(
      sql.indexOf('INSERT OVERWRITE'),
    );
  });

  test("a quote in a description stays inside the table's comment", () => {
    edit('gold/dim_product.yml', (text) => text.replace(/description: .*/, `description: "It's a \\\\ product"`));
    expect(compiled('setup').sql).toContain("COMMENT 'It\\'s a \\\\ product'");
  });

  test('the key of a latest model that personal data would empty is not: only what is marked is', () => {
    const { sql } = compiled('silver_customers');
    expect(sql).toContain('CASE WHEN _operation <> 1 THEN CAST(`email` AS STRING) END AS `email`');
    expect(sql).toContain('  CAST(`customer_id` AS BIGINT) AS `customer_id`');
  });

  test.each([
    ['nothing to check', '{ name: odd, severity: quarantine }', /exactly one of check, references and unique/],
    [
      'two things to check',
      '{ name: odd, severity: quarantine, check: a > 1, unique: { column: sku } }',
      /exactly one of check, references and unique/,
    ],
    [
      'a reference of severity error',
      '{ name: odd, severity: error, references: { column: a, table: b, key: c } }',
      /severity error goes with a check/,
    ],
    ['a severity that there is not', '{ name: odd, severity: warn, check: a > 1 }', /expectations\.0\.severity/],
    ['a name that is no identifier', "{ name: o'dd, severity: error, check: a > 1 }", /expectations\.0\.name/],
    [
      'a reference to no model',
      '{ name: odd, severity: quarantine, references: { column: product_id, table: produce, key: a } }',
      /silver\.products reads silver\.produce/,
    ],
    ['a misspelt word', '{ name: odd, severity: error, cheque: a > 1 }', /cheque/],
  ])('an expectation with %s is refused', (_, expectation, message) => {
    expecting('silver/products.yml', expectation);
    expect(() => readModels(folder)).toThrow(message);
  });

  test.each([
    [
      'a table with a source',
      'gold/dim_product.yml',
      /materialisation: table/,
      'materialisation: table\nsource: products',
    ],
    ['a latest without one', 'silver/products.yml', /source: products\n/, ''],
    ['a column named twice', 'silver/products.yml', /name: sku,/, 'name: name,'],
    ['a column without a description', 'silver/products.yml', /description: "Category."/, 'description: ""'],
    ['a key without columns', 'silver/products.yml', /key: .*/, 'key: []'],
    ['a type that Delta readers do not share', 'silver/products.yml', /type: BOOLEAN/, 'type: VARIANT'],
  ])('%s is refused, naming the file', (_, file, from, to) => {
    edit(file, (text) => text.replace(from, to));
    expect(() => readModels(folder)).toThrow(file.split('/')[1]);
  });
});
