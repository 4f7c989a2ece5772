import { join, resolve } from 'node:path';

/** The repository's root: where environments/, sql/, adf/, databricks/ and synapse/ lie. */
export const repositoryRoot = resolve(import.meta.dirname, '../..');

/** The folder of the local environment's state: `.local/`, or the one that DATAOPS_LOCAL names. */
export function localDirectory(variables: Readonly<Record<string, string | undefined>> = process.env): string {
  return resolve(variables['DATAOPS_LOCAL'] || join(repositoryRoot, '.local'));
}
