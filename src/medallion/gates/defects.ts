import { quoteId, quoteName } from '../../azure-sql/quote.ts';
import type { Model } from '../../databricks/models.ts';
import { type Gate, type GateResult, latestModels } from '../gate.ts';

/**
 * Cleaning, proved against the ledger of injected defects: each is repaired or quarantined under its own name (recall), and nothing else
 * is (precision). Precision only warns: a row spoilt by hand is rightly found, though no ledger knows it.
 */
export const defects: Gate = async ({ source, lake, models }) => {
  const results: GateResult[] = [];
  for (const model of latestModels(models)) {
    const key = quoteName(model.contract.key[0]!);
    const ledger = await source(
      `SELECT d.row_key, d.defect FROM etl.injected_defect AS d
       JOIN dbo.${quoteName(model.contract.source!)} AS s ON s.${key} = d.row_key
       WHERE d.table_name = @table_name`,
      { table_name: model.contract.source! },
    );
    const found = await lake(
      `SELECT ${key} AS row_key, _repairs AS defects FROM ${quoteId(model.id)} WHERE _repairs <> ''
       UNION ALL
       SELECT ${key} AS row_key, CONCAT(_reasons, CASE WHEN _repairs <> '' THEN ',' ELSE '' END, _repairs) AS defects FROM ${quoteId(`${model.id}_quarantine`)}`,
    );
    results.push(...compare(model, ledger, found));
  }
  return results;
};

function compare(model: Model, ledger: Record<string, unknown>[], found: Record<string, unknown>[]): GateResult[] {
  const injected = new Set(ledger.map((row) => `${row['row_key']} ${row['defect']}`));
  const detected = new Set(
    found.flatMap((row) =>
      String(row['defects'])
        .split(',')
        .map((defect) => `${row['row_key']} ${defect}`),
    ),
  );
  const hits = [...injected].filter((defect) => detected.has(defect)).length;
  const place = { layer: 'silver', table: model.name } as const;
  return [
    {
      ...place,
      gate: 'defect_recall',
      severity: 'error',
      status: hits === injected.size ? 'passed' : 'failed',
      observed: `${hits} of ${injected.size} found`,
      expected: `${injected.size} of ${injected.size} found`,
    },
    {
      ...place,
      gate: 'defect_precision',
      severity: 'warn',
      status: hits === detected.size ? 'passed' : 'failed',
      observed: `${detected.size - hits} found that no ledger knows`,
      expected: '0 found that no ledger knows',
    },
  ];
}
