import { quoteId, quoteName } from '../azure-sql/quote.ts';
import { quarantineColumns } from '../databricks/compile/setup.ts';
import type { ContractColumn } from '../databricks/contract.ts';
import { type Model, tableColumns } from '../databricks/models.ts';

/**
 * The views that serve the lake, one CREATE OR ALTER VIEW each: bronze over Parquet, silver with its quarantine and gold over Delta. Columns
 * are declared, so that no reader has to infer them and text columns are not 8,000 characters wide.
 */
export function compileViews(models: readonly Model[]): string[] {
  const sources = [...new Set(models.flatMap((model) => model.contract.source ?? []))].sort();
  return [
    ...sources.map((table) => view(`bronze.${table}`, `${table}/**`, 'PARQUET')),
    ...models.flatMap((model) => {
      const table = view(model.id, `${model.name}/`, 'DELTA', tableColumns(model));
      if (model.contract.materialisation !== 'latest') return [table];
      return [table, view(`${model.id}_quarantine`, `${model.name}_quarantine/`, 'DELTA', quarantineColumns(model))];
    }),
  ];
}

function view(id: string, path: string, format: 'PARQUET' | 'DELTA', columns: readonly ContractColumn[] = []): string {
  const schema = columns.map(({ name, type }) => `  ${quoteName(name)} ${sqlType(type)}`);
  return [
    `CREATE OR ALTER VIEW ${quoteId(id)} AS`,
    `SELECT * FROM OPENROWSET(BULK '${path}', DATA_SOURCE = '${id.split('.')[0]}', FORMAT = '${format}')`,
    ...(schema.length > 0 ? [`WITH (\n${schema.join(',\n')}\n)`] : []),
    'AS files;',
  ].join('\n');
}

function sqlType(type: string): string {
  switch (type) {
    case 'STRING':
      return 'nvarchar(4000)';
    case 'BOOLEAN':
      return 'bit';
    case 'TIMESTAMP':
      return 'datetime2(6)';
    case 'DOUBLE':
      return 'float';
    default:
      return type.toLowerCase();
  }
}
