import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenCredential } from '@azure/identity';
import { openSql } from '../azure-sql/open.ts';
import { quoteName, quoteText } from '../azure-sql/quote.ts';
import { splitBatches } from '../azure-sql/script.ts';
import { readModels } from '../databricks/models.ts';
import { repositoryRoot } from '../environments/folders.ts';
import type { Environment } from '../environments/schema.ts';
import { type Progress, silent } from '../progress.ts';
import { substitute } from './substitute.ts';
import { compileViews, viewIds } from './views.ts';

export interface SynapseDeployment {
  readonly database: string;
  readonly views: number;
}

/** Makes the serverless database if it is missing, runs `synapse/*.sql`, and creates or alters the views. Safe to run again. */
export async function deploySynapse(
  environment: Environment,
  credential: TokenCredential,
  options: { root?: string; progress?: Progress } = {},
): Promise<SynapseDeployment> {
  const { root = repositoryRoot, progress = silent } = options;
  const endpoint = environment.endpoints.synapse;
  const master = await openSql({ ...endpoint, database: 'master' }, credential);
  try {
    await master
      .request()
      .batch(`IF DB_ID(${quoteText(endpoint.database)}) IS NULL CREATE DATABASE ${quoteName(endpoint.database)};`);
  } finally {
    await master.close();
  }
  const views = compileViews(readModels(join(root, 'databricks')));
  const pool = await openSql(endpoint, credential);
  try {
    for (const file of readdirSync(join(root, 'synapse'))
      .filter((name) => name.endsWith('.sql'))
      .sort()) {
      const script = substitute(file, readFileSync(join(root, 'synapse', file), 'utf8'), {
        lake_url: environment.endpoints.dataLake.url.replace(/\/$/, ''),
      });
      for (const { text } of splitBatches(script)) await pool.request().batch(text);
      progress({ message: file });
    }
    for (const [index, view] of views.entries()) {
      await pool.request().batch(view);
      progress({ message: 'views', fraction: (index + 1) / views.length });
    }
  } finally {
    await pool.close();
  }
  return { database: endpoint.database, views: views.length };
}

/** Views of the models that the serverless database, or the want of one, leaves to be deployed. */
export async function missingViews(
  environment: Environment,
  credential: TokenCredential,
  root: string = repositoryRoot,
): Promise<string[]> {
  const wanted = viewIds(readModels(join(root, 'databricks')));
  const endpoint = environment.endpoints.synapse;
  const master = await openSql({ ...endpoint, database: 'master' }, credential);
  try {
    const found = await master
      .request()
      .query<{ id: number | null }>(`SELECT DB_ID(${quoteText(endpoint.database)}) AS id;`);
    if ((found.recordset[0]?.id ?? null) === null) return wanted;
  } finally {
    await master.close();
  }
  const pool = await openSql(endpoint, credential);
  try {
    const { recordset } = await pool
      .request()
      .query<{ id: string }>(`SELECT CONCAT(SCHEMA_NAME(schema_id), N'.', name) AS id FROM sys.views;`);
    const present = new Set(recordset.map(({ id }) => id.toLowerCase()));
    return wanted.filter((id) => !present.has(id.toLowerCase()));
  } finally {
    await pool.close();
  }
}
