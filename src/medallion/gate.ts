import type { Model } from '../databricks/models.ts';

/** What a gate found: one promise about one table. */
export interface GateResult {
  readonly layer: 'bronze' | 'silver' | 'gold';
  readonly table: string;
  readonly gate: string;
  /** An `error` that fails stops the run; a `warn` is told. */
  readonly severity: 'error' | 'warn';
  readonly status: 'passed' | 'failed';
  readonly observed: string;
  readonly expected: string;
}

/** Runs one query; values are bound as `@name`, never written into the text. */
export type Query = (
  sql: string,
  values?: Readonly<Record<string, string | number>>,
) => Promise<Record<string, unknown>[]>;

/** What gates look at: the source through Azure SQL, the lake through Synapse, nothing else. */
export interface GateContext {
  readonly source: Query;
  readonly lake: Query;
  readonly models: readonly Model[];
  readonly thresholds: { readonly maximumQuarantineRatio: number };
}

export type Gate = (context: GateContext) => Promise<GateResult[]>;

/** A result whose promise is that two values are equal. */
export function equal(
  place: Pick<GateResult, 'layer' | 'table' | 'gate'>,
  observed: string | number | bigint,
  expected: string | number | bigint,
  severity: GateResult['severity'] = 'error',
): GateResult {
  const [seen, wanted] = [String(observed), String(expected)];
  return { ...place, severity, status: seen === wanted ? 'passed' : 'failed', observed: seen, expected: wanted };
}

/** The models that hold the last change of each key: a silver table with a quarantine beside it. */
export function latestModels(models: readonly Model[]): readonly Model[] {
  return models.filter((model) => model.contract.materialisation === 'latest');
}
