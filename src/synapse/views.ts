import { quoteId, quoteName } from '../azure-sql/quote.ts';
import { quarantineColumns } from '../databricks/compile/setup.ts';
import type { ContractColumn } from '../databricks/contract.ts';
import { type Model, tableColumns } from '../databricks/models.ts';

interface View {
  /** schema.name, the schema a layer. */
  readonly id: string;
  readonly path: string;
  readonly format: 'PARQUET' | 'DELTA';
  readonly columns: readonly ContractColumn[];
}

/**
 * The views that serve the lake, one CREATE OR ALTER VIEW each: bronze over Parquet, silver with its quarantine and gold over Delta. Columns
 * are declared, so that no reader has to infer them and text columns are not 8,000 characters wide.
 */
export function compileViews(models: readonly Model[]): string[] {
  return viewsOf(models).map(statement);
}

/** What compileViews makes, by name. */
export function viewIds(models: readonly Model[]): string[] {
  return viewsOf(models).map(({ id }) => id);
}

function viewsOf(models: readonly Model[]): View[] {
  const sources = [...new Set(models.flatMap((model) => model.contract.source ?? []))].sort();
  return [
    ...sources.map((table): View => ({ id: `bronze.${table}`, path: `${table}/**`, format: 'PARQUET', columns: [] })),
    ...models.flatMap((model) => {
      const { id, name } = model;
      const table: View = { id, path: `${name}/`, format: 'DELTA', columns: tableColumns(model) };
      if (model.contract.materialisation !== 'latest') return [table];
      const columns = quarantineColumns(model);
      return [table, { id: `${id}_quarantine`, path: `${name}_quarantine/`, format: 'DELTA', columns } satisfies View];
    }),
  ];
}

function statement({ id, path, format, columns }: View): string {
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
