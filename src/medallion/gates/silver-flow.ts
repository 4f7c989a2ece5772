import { quoteId, quoteName } from '../../azure-sql/quote.ts';
import { countAll } from '../count.ts';
import { equal, type Gate, type GateResult, latestModels } from '../gate.ts';

/** Every key that bronze has seen is in silver or in quarantine, once: in = out + quarantined + superseded. */
export const silverFlow: Gate = async ({ lake, models, thresholds }) => {
  const tables = latestModels(models);
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
    const ratio = arrived === 0n ? 0 : Number(quarantined) / Number(arrived);
    return [
      equal({ layer: 'silver', table: name, gate: 'keys_in_equal_keys_out' }, refined + quarantined, arrived),
      {
        layer: 'silver',
        table: name,
        gate: 'quarantine_ratio',
        severity: 'error',
        status: ratio <= thresholds.maximumQuarantineRatio ? 'passed' : 'failed',
        observed: ratio.toFixed(4),
        expected: `<= ${thresholds.maximumQuarantineRatio}`,
      },
    ];
  });
};
