import { join } from 'node:path';
import { parseBatch } from '../../../emulators/tsql/index.ts';
import { type Model, readModels } from '../../../src/databricks/models.ts';
import { repositoryRoot } from '../../../src/environments/load.ts';
import { compileViews } from '../../../src/synapse/views.ts';

const models = readModels(join(repositoryRoot, 'databricks'));
const views = compileViews(models);
const view = (id: string): string => views.find((text) => text.startsWith(`CREATE OR ALTER VIEW ${id} AS\n`))!;

test('there is a view for each bronze source, each model and each quarantine, and no other', () => {
  const named = views.map((text) => /^CREATE OR ALTER VIEW (\S+) AS/.exec(text)![1]);
  expect(new Set(named).size).toBe(named.length);
  const latest = models.filter((model) => model.contract.materialisation === 'latest');
  expect(named).toHaveLength(latest.length + models.length + latest.length);
});

test('bronze is Parquet as it lies there', () => {
  expect(view('[bronze].[orders]')).toBe(
    [
      'CREATE OR ALTER VIEW [bronze].[orders] AS',
      "SELECT * FROM OPENROWSET(BULK 'orders/**', DATA_SOURCE = 'bronze', FORMAT = 'PARQUET')",
      'AS files;',
    ].join('\n'),
  );
});

test('gold is Delta with its columns declared, in the order of the contract', () => {
  expect(view('[gold].[dim_date]')).toBe(
    [
      'CREATE OR ALTER VIEW [gold].[dim_date] AS',
      "SELECT * FROM OPENROWSET(BULK 'dim_date/', DATA_SOURCE = 'gold', FORMAT = 'DELTA')",
      'WITH (',
      '  [date_key] int,',
      '  [date] date,',
      '  [year] int,',
      '  [quarter] int,',
      '  [month] int,',
      '  [day] int,',
      '  [day_of_week] int,',
      '  [is_weekend] bit',
      ')',
      'AS files;',
    ].join('\n'),
  );
});

test('a quarantine has its reasons beside the columns of its table', () => {
  const columns = (id: string): string[] => [...view(id).matchAll(/^ {2}\[(\w+)\]/gm)].map((match) => match[1]!);
  expect(columns('[silver].[orders_quarantine]')).toEqual([...columns('[silver].[orders]'), '_reasons']);
});

test.each([
  ['STRING', 'nvarchar(4000)'],
  ['BOOLEAN', 'bit'],
  ['TIMESTAMP', 'datetime2(6)'],
  ['DOUBLE', 'float'],
  ['BIGINT', 'bigint'],
  ['DECIMAL(18,2)', 'decimal(18,2)'],
  ['DATE', 'date'],
])('%s is read as %s', (type, sqlType) => {
  const column = { name: 'c', type, description: 'd', personal: false };
  const model: Model = {
    layer: 'gold',
    name: 't',
    id: 'gold.t',
    select: 'select 1 as c',
    reads: [],
    contract: {
      description: 'd',
      grain: 'g',
      key: ['c'],
      materialisation: 'table',
      columns: [column],
      expectations: [],
    },
  };
  expect(compileViews([model])[0]).toContain(`[c] ${sqlType}\n`);
});

test('every view is T-SQL that parses', () => {
  for (const text of views) expect(() => parseBatch(text)).not.toThrow();
});
