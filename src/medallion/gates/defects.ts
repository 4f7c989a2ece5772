import { quoteId, quoteName } from '../../azure-sql/quote.ts';
import type { Model } from '../../databricks/models.ts';
import { type Gate, type GateResult, latestModels, type Query } from '../gate.ts';

/**
 * Cleaning, proved against the ledger of injected defects: each is repaired or quarantined under its own name (recall), and nothing else
 * is (precision). Precision only warns: a row spoilt by hand is rightly found, though no ledger knows it.
 */
export const defects: Gate = async ({ source, lake, models }) => {
  const results: GateResult[] = [];
  for (const model of latestModels(models)) {
    const total = { injected: 0, detected: 0, hits: 0 };
    for (const page of await pagesOf(source, model)) {
      const [ledger, found] = [await injectedIn(source, model, page), await detectedIn(lake, model, page)];
      total.injected += ledger.size;
      total.detected += found.size;
      for (const defect of ledger) if (found.has(defect)) total.hits++;
    }
    results.push(...judge(model, total));
  }
  return results;
};

/** Keys from `from` up to, but not with, `to`. */
interface Page {
  readonly from: bigint;
  readonly to: bigint;
}

/** Ledger rows compared at a time, about: what is held does not grow with the shop. */
const pageRows = 100_000n;
const [lowest, highest] = [-(2n ** 63n), 2n ** 63n - 1n];

/** All keys, cut where the ledger's rows are. */
async function pagesOf(source: Query, { contract }: Model): Promise<Page[]> {
  const [row] = await source(
    'SELECT COUNT_BIG(*) AS total, MIN(row_key) AS low, MAX(row_key) AS high FROM etl.injected_defect WHERE table_name = @table_name',
    { table_name: contract.source! },
  );
  const count = BigInt(String(row?.['total'] ?? 0)) / pageRows + 1n;
  const [low, high] = [row?.['low'], row?.['high']].map((key) => BigInt(String(key ?? 0))) as [bigint, bigint];
  const cuts = Array.from(
    { length: Number(count) - 1 },
    (_, index) => low + ((high - low) * BigInt(index + 1)) / count,
  );
  return [lowest, ...cuts].map((from, index) => ({ from, to: cuts[index] ?? highest }));
}

const within = (key: string, { from, to }: Page): string => `${key} >= ${from} AND ${key} < ${to}`;

async function injectedIn(source: Query, { contract }: Model, page: Page): Promise<Set<string>> {
  const key = quoteName(contract.key[0]!);
  const rows = await source(
    `SELECT d.row_key, d.defect FROM etl.injected_defect AS d
     JOIN dbo.${quoteName(contract.source!)} AS s ON s.${key} = d.row_key
     WHERE d.table_name = @table_name AND ${within('d.row_key', page)}`,
    { table_name: contract.source! },
  );
  return new Set(rows.map((row) => `${row['row_key']} ${row['defect']}`));
}

async function detectedIn(lake: Query, { id, contract }: Model, page: Page): Promise<Set<string>> {
  const key = quoteName(contract.key[0]!);
  const rows = await lake(
    `SELECT ${key} AS row_key, _repairs AS defects FROM ${quoteId(id)} WHERE _repairs <> '' AND ${within(key, page)}
     UNION ALL
     SELECT ${key} AS row_key, CONCAT(_reasons, CASE WHEN _repairs <> '' THEN ',' ELSE '' END, _repairs) AS defects
     FROM ${quoteId(`${id}_quarantine`)} WHERE ${within(key, page)}`,
  );
  return new Set(
    rows.flatMap((row) =>
      String(row['defects'])
        .split(',')
        .map((defect) => `${row['row_key']} ${defect}`),
    ),
  );
}

function judge(
  model: Model,
  { injected, detected, hits }: Readonly<Record<'injected' | 'detected' | 'hits', number>>,
): GateResult[] {
  const place = { layer: 'silver', table: model.name } as const;
  return [
    {
      ...place,
      gate: 'defect_recall',
      severity: 'error',
      status: hits === injected ? 'passed' : 'failed',
      observed: `${hits} of ${injected} found`,
      expected: `${injected} of ${injected} found`,
    },
    {
      ...place,
      gate: 'defect_precision',
      severity: 'warn',
      status: hits === detected ? 'passed' : 'failed',
      observed: `${detected - hits} found that no ledger knows`,
      expected: '0 found that no ledger knows',
    },
  ];
}
