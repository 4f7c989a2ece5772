import { quoteId, quoteName } from '../../azure-sql/quote.ts';
import type { Model } from '../../databricks/models.ts';
import { countAll } from '../count.ts';
import { equal, type Gate, type GateResult, latestModels, type Query } from '../gate.ts';

/**
 * Every key that bronze has seen is in silver or in quarantine, once: in = out + quarantined + superseded. And no more of them than tolerated are
 * in quarantine, not counting what was spoilt on purpose: that belongs there, however much it is.
 */
export const silverFlow: Gate = async ({ source, lake, models, thresholds }) => {
  const tables = latestModels(models);
  const injected = await countInjected(source, tables);
  const counts = await countAll(
    lake,
    Object.fromEntries(
      tables.flatMap(({ id, contract }) => [
        [
          `${id} in`,
          `SELECT COUNT_BIG(DISTINCT ${quoteName(contract.key[0]!)}) FROM ${quoteId(`bronze.${contract.source}`)}`,
        ],
        [`${id} out`, `SELECT COUNT_BIG(*) FROM ${quoteId(id)}`],
        [`${id} quarantined`, `SELECT COUNT_BIG(*) FROM ${quoteId(`${id}_quarantine`)}`],
      ]),
    ),
  );
  return tables.flatMap(({ id, name }): GateResult[] => {
    const [arrived, refined, quarantined] = ['in', 'out', 'quarantined'].map(
      (side) => counts[`${id} ${side}`] ?? 0n,
    ) as [bigint, bigint, bigint];
    const known = injected.get(name) ?? 0n;
    const unexplained = quarantined > known ? quarantined - known : 0n;
    const ratio = arrived === 0n ? 0 : Number(unexplained) / Number(arrived);
    return [
      equal({ layer: 'silver', table: name, gate: 'keys_in_equal_keys_out' }, refined + quarantined, arrived),
      {
        layer: 'silver',
        table: name,
        gate: 'quarantine_ratio',
        severity: 'error',
        status: ratio <= thresholds.maximumQuarantineRatio ? 'passed' : 'failed',
        observed: `${ratio.toFixed(4)} beside ${known} injected`,
        expected: `<= ${thresholds.maximumQuarantineRatio}`,
      },
    ];
  });
};

/** How many rows of each table have an injected defect that is to be quarantined. */
async function countInjected(source: Query, tables: readonly Model[]): Promise<Map<string, bigint>> {
  const ledger = await source(
    'SELECT table_name, defect, COUNT_BIG(*) AS total FROM etl.injected_defect GROUP BY table_name, defect',
  );
  return new Map(
    tables.map(({ name, contract }) => {
      const reasons = contract.expectations
        .filter((expectation) => expectation.severity === 'quarantine')
        .map((expectation) => expectation.name);
      const rows = ledger.filter(
        (row) => row['table_name'] === contract.source && reasons.includes(String(row['defect'])),
      );
      return [name, rows.reduce((sum, row) => sum + BigInt(String(row['total'])), 0n)];
    }),
  );
}
