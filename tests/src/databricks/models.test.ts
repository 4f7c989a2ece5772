import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '../../../src/databricks/compile/compile.ts';
import { readModels } from '../../../src/databricks/models.ts';
import { relationsOf } from '../../../src/databricks/relations.ts';
import { repositoryRoot } from '../../../src/environments/load.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'models-'));
  cpSync(join(repositoryRoot, 'databricks'), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const edit = (file: string, change: (text: string) => string): void =>
  writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));

test('models come after those they read', () => {
  const seen = new Set<string>();
  for (const model of readModels(folder)) {
    expect(model.reads.filter((id) => !seen.has(id))).toEqual([]);
    seen.add(model.id);
  }
  expect(seen.size).toBe(16);
});

test.each([
  {
    what: 'a SELECT without a contract',
    file: 'gold/daily_sales.yml',
    remove: true,
    message: /daily_sales\.sql belongs to no contract/,
  },
  {
    what: 'a contract without a SELECT',
    file: 'gold/daily_sales.sql',
    remove: true,
    message: /daily_sales\.yml has no daily_sales\.sql beside it/,
  },
  {
    what: 'a history of nothing',
    file: 'silver/customer_history.yml',
    from: 'versions_of: customers',
    to: 'source: customers',
    message: /a 'history' model, and no other, says whose versions/,
  },
  {
    what: 'a history with columns of its own',
    file: 'silver/customer_history.yml',
    from: 'versions_of: customers',
    to: 'versions_of: customers\nsource: customers',
    message: /versions_of takes source and columns of customers/,
  },
  {
    what: 'versions of what is not there',
    file: 'silver/customer_history.yml',
    from: 'versions_of: customers',
    to: 'versions_of: clients',
    message: /versions_of names clients, which is not a model/,
  },
  {
    what: 'versions of versions',
    file: 'silver/customer_history.yml',
    from: 'versions_of: customers',
    to: 'versions_of: customer_history',
    message: /versions_of names customer_history, which is 'history'/,
  },
  {
    what: 'versions that are not a history',
    file: 'silver/customer_history.yml',
    from: 'materialisation: history',
    to: 'materialisation: latest',
    message: /a 'history' model, and no other, says whose versions/,
  },
  {
    what: 'a key that is no column',
    file: 'gold/daily_sales.yml',
    from: 'key: [date_key]',
    to: 'key: [day_key]',
    message: /key column day_key/,
  },
  {
    what: 'an unknown type',
    file: 'gold/dim_date.yml',
    from: 'type: DATE,',
    to: 'type: DATETIME,',
    message: /columns\.1\.type: expected BIGINT/,
  },
  {
    what: 'a model that is not there',
    file: 'gold/dim_product.sql',
    from: 'silver.products',
    to: 'silver.produce',
    message: /gold\.dim_product reads silver\.produce/,
  },
  {
    what: 'a cycle',
    file: 'gold/dim_product.sql',
    from: 'silver.products',
    to: 'gold.product_performance',
    message: /gold\.dim_product -> .* is a cycle/,
  },
  {
    what: 'YAML that is none',
    file: 'gold/dim_date.yml',
    from: 'grain:',
    to: 'grain: : :',
    message: /dim_date\.yml: not valid YAML/,
  },
])('$what is refused', ({ file, remove, from, to, message }) => {
  if (remove) rmSync(join(folder, file));
  else edit(file, (text) => text.replace(from!, to!));
  expect(() => readModels(folder)).toThrow(message);
});

test('relations are those read, not the CTEs, nor what strings and comments say', () => {
  expect(
    relationsOf(`
      -- from silver.comment
      with a as (select 'from silver.text' from silver.orders), b as (select * from a join gold.dim_date on true)
      select * from b left join silver.returns /* join silver.other */ on 1 = 1`),
  ).toEqual(['silver.orders', 'gold.dim_date', 'silver.returns']);
});

test('every model becomes a task after those it reads, and names and texts are quoted', () => {
  edit('gold/daily_sales.yml', (text) => text.replace('Sales by day.', "The shop's sales by day."));
  const tasks = compile(readModels(folder), 'account');
  expect(tasks.map((task) => task.key)).toContain('gold_fact_order_line');
  expect(tasks.find((task) => task.key === 'silver_payments')?.dependsOn).toEqual(['silver_orders']);
  const setup = tasks.find((task) => task.key === 'setup')!.sql;
  expect(setup).toContain("COMMENT 'The shop\\'s sales by day.'");
  expect(setup).toContain("LOCATION 'abfss://silver@account.dfs.core.windows.net/orders_quarantine'");
});
