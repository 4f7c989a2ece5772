import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { readSnapshot } from '../../emulators/delta/index.ts';

/**
 * Where a change stood in the source's log: positions come of the commits that happened, and a load that was repeated has others. The order of
 * changes that they stand for shows in every other column.
 */
const positions = ['_lsn', '_seqval'];

/** Rows and a checksum over all rows and columns, but for log positions, of every Delta table in silver and gold. */
export async function lakeDigest(lake: string): Promise<Record<string, string>> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const digest: Record<string, string> = {};
    for (const layer of ['silver', 'gold'])
      for (const table of readdirSync(join(lake, layer)).sort()) {
        const folder = join(lake, layer, table);
        if (!existsSync(join(folder, '_delta_log'))) continue;
        const { files, schema } = await readSnapshot(folder);
        const columns = schema.map(({ name }) => name).filter((name) => !positions.includes(name));
        if (files.length === 0) {
          digest[`${layer}.${table}`] = `0 rows of ${columns.join(', ')}`;
          continue;
        }
        const paths = files.map(({ path }) => `'${path.replaceAll("'", "''")}'`).join(', ');
        const list = columns.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ');
        const reader = await connection.runAndReadAll(`
          SELECT count(*) AS total, md5(string_agg(text, chr(10) ORDER BY text)) AS checksum
          FROM (SELECT CAST(r AS VARCHAR) AS text FROM (SELECT ${list} FROM read_parquet([${paths}])) AS r)`);
        const [[total, checksum]] = reader.getRows() as [[bigint, string]];
        digest[`${layer}.${table}`] = `${total} rows, ${checksum}`;
      }
    return digest;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
