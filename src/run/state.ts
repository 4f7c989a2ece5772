import { openSql } from '../azure-sql/open.ts';
import { missingViews } from '../synapse/deploy.ts';
import type { Platform } from './platform.ts';

/** Whether a run has ever reached bronze here: schema, capture and pipelines are then in place. */
export async function isSetUp({ environment, credential }: Platform): Promise<boolean> {
  const pool = await openSql(environment.endpoints.azureSql, credential);
  try {
    const journal = await pool
      .request()
      .query<{ id: number | null }>(`SELECT OBJECT_ID(N'etl.bronze_manifest', N'U') AS id;`);
    if ((journal.recordset[0]?.id ?? null) === null) return false;
    const copied = await pool.request().query<{ total: number }>('SELECT COUNT(*) AS total FROM etl.bronze_manifest;');
    return (copied.recordset[0]?.total ?? 0) > 0;
  } finally {
    await pool.close();
  }
}

/** Whether every view of the models is there. A run that died between its first pipeline and its first views left none, or a few. */
export async function isServed({ environment, credential }: Platform): Promise<boolean> {
  return (await missingViews(environment, credential)).length === 0;
}
