import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ConfigurationError } from '../errors.ts';
import { type Contract, type ContractColumn, changeColumns, contractSchema } from './contract.ts';
import { relationsOf } from './relations.ts';

export type Layer = 'silver' | 'gold';

export interface Model {
  readonly layer: Layer;
  readonly name: string;
  /** `layer.name`. */
  readonly id: string;
  /** The SELECT, without a trailing semicolon. */
  readonly select: string;
  readonly contract: Contract;
  /** Ids of the models it reads, directly or through an expectation. */
  readonly reads: readonly string[];
}

/** All columns of the model's table: the contract's, and those that its materialisation adds. */
export function tableColumns(model: Model): readonly ContractColumn[] {
  return model.contract.materialisation === 'table'
    ? model.contract.columns
    : [...model.contract.columns, ...changeColumns];
}

/**
 * Reads `databricks/silver` and `databricks/gold`: one contract a model, and one SELECT of the same name.
 * @returns the models, each after those it reads.
 * @throws ConfigurationError naming the file and what is wrong with it.
 */
export function readModels(directory: string): Model[] {
  const models = (['silver', 'gold'] as const).flatMap((layer) => readLayer(directory, layer));
  const known = new Set(models.map((model) => model.id));
  for (const model of models)
    for (const id of model.reads)
      if (!known.has(id))
        throw new ConfigurationError(
          `models: ${model.id} reads ${id}, which is not a model; known are ${[...known].join(', ')}.`,
        );
  return inOrder(models);
}

function readLayer(directory: string, layer: Layer): Model[] {
  const folder = join(directory, layer);
  const files = readdirSync(folder).sort();
  for (const file of files)
    if (file.endsWith('.sql') ? !files.includes(file.replace(/\.sql$/, '.yml')) : !file.endsWith('.yml'))
      throw new ConfigurationError(
        `models: ${join(folder, file)} belongs to no contract; a model is <model>.yml and <model>.sql.`,
      );
  return files
    .filter((file) => file.endsWith('.yml'))
    .map((file) => readModel(folder, layer, file.replace(/\.yml$/, '')));
}

function readModel(folder: string, layer: Layer, name: string): Model {
  const id = `${layer}.${name}`;
  const contract = readContract(folder, name);
  const select = readSelect(folder, contract.versions_of ?? name);
  const referenced = contract.expectations.flatMap((expectation) =>
    expectation.references ? [`silver.${expectation.references.table}`] : [],
  );
  const versioned = contract.versions_of === undefined ? [] : [`${layer}.${contract.versions_of}`];
  const reads = new Set([
    ...relationsOf(select).filter((relation) => !relation.startsWith('bronze.')),
    ...referenced,
    ...versioned,
  ]);
  reads.delete('changes');
  return { layer, name, id, select, contract, reads: [...reads] };
}

function readSelect(folder: string, name: string): string {
  const file = join(folder, `${name}.sql`);
  if (!existsSync(file))
    throw new ConfigurationError(`models: ${join(folder, `${name}.yml`)} has no ${name}.sql beside it.`);
  return readFileSync(file, 'utf8').trim().replace(/;$/, '').trimEnd();
}

function readContract(folder: string, name: string): Contract {
  const file = join(folder, `${name}.yml`);
  const own = parseContract(file);
  if ((own.materialisation === 'history') !== (own.versions_of !== undefined))
    throw new ConfigurationError(
      `${file}: a 'history' model, and no other, says whose versions it keeps (versions_of).`,
    );
  const contract = own.versions_of === undefined ? own : asVersions(folder, name, file, own, own.versions_of);
  const names = contract.columns.map((column) => column.name);
  if (names.length === 0) throw new ConfigurationError(`${file}: there are no columns.`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new ConfigurationError(`${file}: column ${twice} is named twice.`);
  const stray = contract.key.find(
    (name) => !names.includes(name) && !changeColumns.some((column) => column.name === name),
  );
  if (stray !== undefined) throw new ConfigurationError(`${file}: key column ${stray} is not among the columns.`);
  if ((contract.materialisation === 'table') !== (contract.source === undefined))
    throw new ConfigurationError(`${file}: a 'latest' model names its bronze source; a 'table' model has none.`);
  return contract;
}

/** A contract with what it takes over from the `latest` model whose versions it keeps. */
function asVersions(folder: string, name: string, file: string, own: Contract, of: string): Contract {
  if (own.source !== undefined || own.columns.length > 0)
    throw new ConfigurationError(`${file}: versions_of takes source and columns of ${of}; remove them.`);
  if (existsSync(join(folder, `${name}.sql`)))
    throw new ConfigurationError(`${file}: versions_of takes the SELECT of ${of}; remove ${name}.sql.`);
  if (!existsSync(join(folder, `${of}.yml`)))
    throw new ConfigurationError(`${file}: versions_of names ${of}, which is not a model of this layer.`);
  const model = parseContract(join(folder, `${of}.yml`));
  if (model.materialisation !== 'latest')
    throw new ConfigurationError(
      `${file}: versions_of names ${of}, which is '${model.materialisation}', not 'latest'.`,
    );
  return { ...own, source: model.source, columns: model.columns };
}

function parseContract(file: string): Contract {
  let text: unknown;
  try {
    text = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigurationError(`${file}: not valid YAML: ${(cause as Error).message}`, { cause });
  }
  const result = contractSchema.safeParse(text);
  if (result.success) return result.data;
  const findings = result.error.issues.map((issue) => `  ${issue.path.join('.') || '(root)'}: ${issue.message}`);
  throw new ConfigurationError(`${file}: does not fit the contract schema:\n${findings.join('\n')}`);
}

/** Topological order, stable by name; a cycle is named. */
function inOrder(models: readonly Model[]): Model[] {
  const ordered: Model[] = [];
  const visiting: string[] = [];
  const visit = (model: Model): void => {
    if (ordered.includes(model)) return;
    if (visiting.includes(model.id))
      throw new ConfigurationError(
        `models: ${[...visiting.slice(visiting.indexOf(model.id)), model.id].join(' -> ')} is a cycle.`,
      );
    visiting.push(model.id);
    for (const id of model.reads) visit(models.find((candidate) => candidate.id === id)!);
    visiting.pop();
    ordered.push(model);
  };
  for (const model of models) visit(model);
  return ordered;
}
