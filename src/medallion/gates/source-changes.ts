import { quoteName } from '../../azure-sql/quote.ts';
import { equal, type Gate, type GateResult } from '../gate.ts';

/**
 * What was copied is what the source captured: the manifest's rows against the change function, over the windows that the
 * source still retains. Windows follow one another without a gap.
 */
export const sourceChanges: Gate = async ({ source }) => {
  const windows = await source(`
    SELECT w.table_name, w.capture_instance,
           CONVERT(varchar(22), MIN(m.from_lsn), 1) AS from_lsn,
           CONVERT(varchar(22), MAX(m.to_lsn), 1) AS to_lsn,
           SUM(m.row_count) AS total
    FROM etl.watermark AS w
    JOIN etl.bronze_manifest AS m ON m.table_name = w.table_name
    WHERE m.mode = 'changes' AND m.from_lsn >= sys.fn_cdc_get_min_lsn(w.capture_instance)
    GROUP BY w.table_name, w.capture_instance
    ORDER BY w.table_name`);
  const results: GateResult[] = [];
  for (const window of windows) {
    const table = String(window['table_name']);
    const [row] = await source(
      `SELECT COUNT_BIG(*) AS total
       FROM cdc.${quoteName(`fn_cdc_get_all_changes_${window['capture_instance']}`)}(CONVERT(binary(10), @from_lsn, 1), CONVERT(binary(10), @to_lsn, 1), N'all')`,
      { from_lsn: String(window['from_lsn']), to_lsn: String(window['to_lsn']) },
    );
    results.push(
      equal(
        { layer: 'bronze', table, gate: 'rows_match_source_changes' },
        String(window['total']),
        String(row?.['total']),
      ),
    );
  }
  return results;
};
