import type { Contract, ContractColumn } from '../contract.ts';
import { type Model, tableColumns } from '../models.ts';
import { columnDefinition, list, quoteName, quoteTable, quoteText } from './sql.ts';

/**
 * The first task of the job: schemas, views over bronze, and the Delta tables. Safe to run again.
 * @param location the folder of a filesystem, such as `abfss://silver@<account>.dfs.core.windows.net`.
 */
export function compileSetup(models: readonly Model[], location: (filesystem: string) => string): string {
  const sources = [...new Set(models.flatMap((model) => model.contract.source ?? []))].sort();
  const statements = [
    ...['bronze', 'silver', 'gold'].map((schema) => `CREATE SCHEMA IF NOT EXISTS ${quoteName(schema)}`),
    ...sources.map(
      (table) =>
        `CREATE OR REPLACE VIEW ${quoteTable(`bronze.${table}`)} AS SELECT * FROM parquet.${quoteName(`${location('bronze')}/${table}`)}`,
    ),
    ...models.flatMap((model) => {
      const table = createTable(model.id, location(model.layer), tableColumns(model), model.contract);
      return model.contract.materialisation === 'latest'
        ? [table, createTable(quarantineOf(model), location(model.layer), quarantineColumns(model), model.contract)]
        : [table];
    }),
  ];
  return `${statements.join(';\n\n')};\n`;
}

export function quarantineOf(model: Model): string {
  return `${model.id}_quarantine`;
}

export function quarantineColumns(model: Model): readonly ContractColumn[] {
  const reasons: ContractColumn = {
    name: '_reasons',
    type: 'STRING',
    description: 'The expectations that the row broke, by name, comma-separated.',
    personal: false,
  };
  return [...tableColumns(model), reasons];
}

/** Deletion vectors stay off: the serverless SQL pool reads Delta reader version 1 only. */
function createTable(id: string, location: string, columns: readonly ContractColumn[], contract: Contract): string {
  const definitions = columns.map((column) => columnDefinition(column, contract.key.includes(column.name)));
  return [
    `CREATE TABLE IF NOT EXISTS ${quoteTable(id)} (`,
    list(definitions, '  '),
    ') USING DELTA',
    `LOCATION ${quoteText(`${location}/${id.split('.')[1]}`)}`,
    `COMMENT ${quoteText(contract.description)}`,
    "TBLPROPERTIES ('delta.enableDeletionVectors' = 'false')",
  ].join('\n');
}
