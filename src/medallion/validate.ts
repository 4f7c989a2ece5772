import { join } from 'node:path';
import type { TokenCredential } from '@azure/identity';
import type { ConnectionPool } from 'mssql';
import { openSql } from '../azure-sql/open.ts';
import { readModels } from '../databricks/models.ts';
import { repositoryRoot } from '../environments/folders.ts';
import type { Environment } from '../environments/schema.ts';
import { type Progress, silent } from '../progress.ts';
import type { Gate, GateContext, GateResult, Query } from './gate.ts';
import { bronzeRows } from './gates/bronze-rows.ts';
import { defects } from './gates/defects.ts';
import { dimensions } from './gates/dimensions.ts';
import { liveKeys } from './gates/live-keys.ts';
import { revenue } from './gates/revenue.ts';
import { silverFlow } from './gates/silver-flow.ts';
import { sourceChanges } from './gates/source-changes.ts';
import { uniqueKeys } from './gates/unique-keys.ts';
import { countLayers, type LayerCounts } from './layers.ts';

/** Every gate, by the name it is told under while it runs. */
const gates: Readonly<Record<string, Gate>> = {
  'bronze rows against the manifest': bronzeRows,
  'bronze rows against the source': sourceChanges,
  'silver keys against bronze': silverFlow,
  'silver keys against the source': liveKeys,
  'unique keys': uniqueKeys,
  'injected defects': defects,
  'gold revenue against silver': revenue,
  'facts against dimensions': dimensions,
};

export interface Validation {
  readonly gates: readonly GateResult[];
  readonly layers: LayerCounts;
  /** True when every error-level gate passed. */
  readonly passed: boolean;
}

/** Runs every gate against an environment. Reads only; a gate that cannot run is an error, never a pass. */
export async function validateMedallion(
  environment: Environment,
  credential: TokenCredential,
  options: { directory?: string; progress?: Progress } = {},
): Promise<Validation> {
  const progress = options.progress ?? silent;
  const source = await openSql(environment.endpoints.azureSql, credential);
  try {
    const lake = await openSql(environment.endpoints.synapse, credential);
    try {
      const context: GateContext = {
        source: queryOf(source),
        lake: queryOf(lake),
        models: readModels(options.directory ?? join(repositoryRoot, 'databricks')),
        thresholds: environment.gates,
      };
      let done = 0;
      const told = async (name: string, gate: Gate): Promise<GateResult[]> => {
        const found = await gate(context);
        done += 1;
        progress({ message: name, fraction: done / Object.keys(gates).length });
        return found;
      };
      // Side by side: a gate mostly waits, now for the source, now for the lake.
      const [layers, ...found] = await Promise.all([
        countLayers(context),
        ...Object.entries(gates).map(([name, gate]) => told(name, gate)),
      ]);
      const results = found.flat();
      return {
        gates: results,
        layers,
        passed: results.every((result) => result.severity !== 'error' || result.status === 'passed'),
      };
    } finally {
      await lake.close();
    }
  } finally {
    await source.close();
  }
}

function queryOf(pool: ConnectionPool): Query {
  return async (sql, values = {}) => {
    const request = pool.request();
    for (const [name, value] of Object.entries(values)) request.input(name, value);
    const result = await request.query<Record<string, unknown>>(sql);
    return result.recordset ?? [];
  };
}
