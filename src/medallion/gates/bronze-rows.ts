import { quoteId } from '../../azure-sql/quote.ts';
import { countAll } from '../count.ts';
import { equal, type Gate, latestModels } from '../gate.ts';

/** Bronze holds as many rows as the manifest says were copied: no file is lost, none is there twice. */
export const bronzeRows: Gate = async ({ source, lake, models }) => {
  const tables = latestModels(models).map((model) => model.contract.source!);
  const copied = await source(
    'SELECT table_name, SUM(row_count) AS total FROM etl.bronze_manifest GROUP BY table_name',
  );
  const manifest = new Map(copied.map((row) => [String(row['table_name']), String(row['total'])]));
  const rows = await countAll(
    lake,
    Object.fromEntries(tables.map((table) => [table, `SELECT COUNT_BIG(*) FROM ${quoteId(`bronze.${table}`)}`])),
  );
  return tables.map((table) =>
    equal({ layer: 'bronze', table, gate: 'rows_match_manifest' }, rows[table] ?? 0n, manifest.get(table) ?? '0'),
  );
};
