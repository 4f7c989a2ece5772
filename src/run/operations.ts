import { join } from 'node:path';
import { enableCdc } from '../azure-sql/enable-cdc.ts';
import { type IngestResult, ingest } from '../azure-sql/ingest.ts';
import { type MigrateResult, migrate } from '../azure-sql/migrate.ts';
import { openSql } from '../azure-sql/open.ts';
import { ensureFilesystems, openLake } from '../data-lake/index.ts';
import { findJobId } from '../databricks/deploy.ts';
import { repositoryRoot } from '../environments/load.ts';
import { type Progress, silent } from '../progress.ts';
import { shopTables } from '../shop/tables.ts';
import type { Platform } from './platform.ts';

/**
 * What a scheduled run and a deployment are made of: one function per step, each with its own connections, each safe to run again. The actions
 * and the command line call these and nothing else.
 */

/** The lake's filesystems and the source schema. */
export async function provision({ environment, credential }: Platform, progress: Progress = silent): Promise<MigrateResult> {
  await ensureFilesystems(openLake(environment, credential), ['bronze', 'silver', 'gold']);
  const pool = await openSql(environment.endpoints.azureSql, credential);
  try {
    return await migrate(pool, join(repositoryRoot, 'sql'), progress);
  } finally {
    await pool.close();
  }
}
