import { join } from 'node:path';
import { type EnableCdcOptions, type EnableCdcResult, enableCdc } from '../azure-sql/enable-cdc.ts';
import { type IngestResult, ingest } from '../azure-sql/ingest.ts';
import { type MigrateResult, migrate } from '../azure-sql/migrate.ts';
import { openSql } from '../azure-sql/open.ts';
import { ensureFilesystems, openLake } from '../data-lake/index.ts';
import { repositoryRoot } from '../environments/folders.ts';
import { type Progress, silent } from '../progress.ts';
import { tables } from '../shop/tables.ts';
import type { Platform } from './platform.ts';

/**
 * What a scheduled run and a deployment are made of, beside deploying models, views and pipelines: each with its own connections, each safe
 * to run again. The actions and the command line call these.
 */

/** The lake's filesystems and the source schema. */
export async function provision(
  { environment, credential }: Platform,
  progress: Progress = silent,
): Promise<MigrateResult> {
  await ensureFilesystems(openLake(environment, credential), ['bronze', 'silver', 'gold']);
  const pool = await openSql(environment.endpoints.azureSql, credential);
  try {
    return await migrate(pool, join(repositoryRoot, 'sql'), progress);
  } finally {
    await pool.close();
  }
}

/** Change data capture on every table of the shop. @param options what becomes of tables whose columns have drifted. */
export async function captureChanges(
  { environment, credential }: Platform,
  progress: Progress = silent,
  options: EnableCdcOptions = {},
): Promise<EnableCdcResult> {
  const pool = await openSql(environment.endpoints.azureSql, credential);
  try {
    return await enableCdc(
      pool,
      tables.map((table) => table.name),
      progress,
      options,
    );
  } finally {
    await pool.close();
  }
}

export interface LoadOptions {
  readonly batchId: string;
  /** End of the window; by the environment's clock when not given. */
  readonly to?: Date | undefined;
  readonly now?: () => Date;
}

/** The shop's changes since the last batch. */
export async function loadShop(
  { environment, credential }: Platform,
  { batchId, to, now = () => new Date() }: LoadOptions,
  progress: Progress = silent,
): Promise<IngestResult> {
  const pool = await openSql(environment.endpoints.azureSql, credential);
  try {
    return await ingest(pool, environment.shop, { batchId, now, ...(to && { to }) }, progress);
  } finally {
    await pool.close();
  }
}

/** Rows inserted, updated and deleted over all tables. */
export function totals(result: IngestResult): { inserted: number; updated: number; deleted: number } {
  const sum = { inserted: 0, updated: 0, deleted: 0 };
  for (const counts of Object.values(result.rows)) {
    sum.inserted += counts.inserted;
    sum.updated += counts.updated;
    sum.deleted += counts.deleted;
  }
  return sum;
}
