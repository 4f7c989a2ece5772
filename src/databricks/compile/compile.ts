import type { Model } from '../models.ts';
import { buryUnnamed, eraseHistory, mergeHistory, mergeLatest, mergeQuarantine } from './merge.ts';
import { changesView, refinedView, typedView } from './refine.ts';
import { compileSetup } from './setup.ts';
import { list, quoteName, quoteTable, quoteText } from './sql.ts';

/** One SQL file of the job. */
export interface Task {
  /** Letters, digits and _: `silver_orders`. */
  readonly key: string;
  readonly dependsOn: readonly string[];
  readonly sql: string;
}

/**
 * Compiles models (in the order of `readModels`) to the job's SQL files.
 * @param account the storage account whose filesystems bronze, silver and gold hold the tables.
 */
export function compile(models: readonly Model[], account: string): Task[] {
  const location = (filesystem: string): string => `abfss://${filesystem}@${account}.dfs.core.windows.net`;
  const setup: Task = { key: 'setup', dependsOn: [], sql: compileSetup(models, location) };
  const tasks = models.map((model) => ({
    key: taskKey(model.id),
    dependsOn: model.reads.length === 0 ? [setup.key] : model.reads.map(taskKey),
    sql: `-- ${model.id}: ${model.contract.grain}\n${statements(model).join(';\n\n')};\n`,
  }));
  return [setup, ...tasks];
}

function taskKey(id: string): string {
  return id.replace('.', '_');
}

function statements(model: Model): string[] {
  switch (model.contract.materialisation) {
    case 'latest':
      return [
        changesView(model),
        typedView(model),
        refinedView(model),
        ...assertions(model, 'refined'),
        mergeQuarantine(model),
        mergeLatest(model),
        ...buryUnnamed(model),
      ];
    case 'history':
      return [changesView(model), typedView(model), mergeHistory(model), ...eraseHistory(model)];
    case 'table':
      return [tableView(model), ...assertions(model, 'refined'), overwrite(model)];
  }
}

function tableView(model: Model): string {
  const columns = model.contract.columns.map(
    ({ name, type }) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`,
  );
  return [
    'CREATE OR REPLACE TEMPORARY VIEW refined AS',
    'WITH model AS (',
    model.select,
    ')',
    'SELECT',
    list(columns, '  '),
    'FROM model',
  ].join('\n');
}

function overwrite(model: Model): string {
  return `INSERT OVERWRITE ${quoteTable(model.id)}\nSELECT * FROM refined`;
}

/** Promises that must hold before anything is written: the key is unique, and each expectation of severity error. */
function assertions(model: Model, relation: string): string[] {
  const key = model.contract.key.map(quoteName).join(', ');
  const unique = [
    `SELECT assert_true(count(*) = 0, ${quoteText(`${model.id}: key (${model.contract.key.join(', ')}) is not unique`)})`,
    `FROM (SELECT ${key} FROM ${relation} GROUP BY ${key} HAVING count(*) > 1) AS repeated`,
  ].join('\n');
  const checks = model.contract.expectations
    .filter((expectation) => expectation.severity === 'error')
    .map((expectation) =>
      [
        `SELECT assert_true(count(*) = 0, ${quoteText(`${model.id}: rows break the expectation ${expectation.name}`)})`,
        `FROM ${relation}`,
        `WHERE NOT coalesce(${expectation.check}, false)`,
      ].join('\n'),
    );
  return model.contract.materialisation === 'table' ? [unique, ...checks] : checks;
}
