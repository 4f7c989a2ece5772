import { quoteId, quoteName } from '../../azure-sql/quote.ts';
import { countAll } from '../count.ts';
import { equal, type Gate, latestModels } from '../gate.ts';

/**
 * Silver and its quarantine hold the keys that the source holds, at the LSN that was copied last: what the source has inserted and
 * deleted since is set off.
 */
export const liveKeys: Gate = async ({ source, lake, models }) => {
  const tables = latestModels(models);
  const watermarks = await source(
    'SELECT table_name, capture_instance, CONVERT(varchar(22), lsn, 1) AS lsn FROM etl.watermark ORDER BY table_name',
  );
  const instances = new Map(watermarks.map((row) => [String(row['table_name']), row]));
  const expected = new Map<string, bigint>();
  for (const { contract } of tables) {
    const table = contract.source!;
    const watermark = instances.get(table);
    if (watermark === undefined) continue;
    const [row] = await source(
      `DECLARE @from binary(10) = sys.fn_cdc_increment_lsn(CONVERT(binary(10), @lsn, 1));
       DECLARE @to binary(10) = sys.fn_cdc_get_max_lsn();
       DECLARE @since bigint = 0;
       IF @from <= @to
         SELECT @since = COALESCE(SUM(CASE __$operation WHEN 2 THEN 1 WHEN 1 THEN -1 ELSE 0 END), 0)
         FROM cdc.${quoteName(`fn_cdc_get_all_changes_${watermark['capture_instance']}`)}(@from, @to, N'all');
       SELECT COUNT_BIG(*) - @since AS total FROM dbo.${quoteName(table)};`,
      { lsn: String(watermark['lsn']) },
    );
    expected.set(table, BigInt(String(row?.['total'])));
  }
  const counts = await countAll(
    lake,
    Object.fromEntries(
      tables.flatMap(({ id }) => [
        [id, `SELECT COUNT_BIG(*) FROM ${quoteId(id)} WHERE _is_deleted = 0`],
        [`${id} quarantined`, `SELECT COUNT_BIG(*) FROM ${quoteId(`${id}_quarantine`)}`],
      ]),
    ),
  );
  return tables.map(({ id, name, contract }) =>
    equal(
      { layer: 'silver', table: name, gate: 'live_keys_match_source' },
      (counts[id] ?? 0n) + (counts[`${id} quarantined`] ?? 0n),
      expected.get(contract.source!) ?? 'a watermark in etl.watermark',
    ),
  );
};
