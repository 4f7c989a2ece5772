import { join } from 'node:path';
import { type Model, readModels } from '../../../src/databricks/models.ts';
import { repositoryRoot } from '../../../src/environments/load.ts';
import type { GateContext, GateResult, Query } from '../../../src/medallion/gate.ts';

/** A query as a gate asked it. */
export interface Asked {
  readonly sql: string;
  readonly values: Readonly<Record<string, string | number>>;
}

export type Rows = Record<string, unknown>[];

export interface ScriptedQuery {
  readonly query: Query;
  readonly asked: Asked[];
}

/** A database that answers as told; what it is asked is kept. */
export function scripted(answer: (asked: Asked) => Rows): ScriptedQuery {
  const asked: Asked[] = [];
  return {
    asked,
    query: async (sql, values = {}) => {
      asked.push({ sql, values });
      return answer({ sql, values });
    },
  };
}

/** Answers the one round trip of `countAll`: each name that it asks for, with its number. What is not told is not answered. */
export function counting(counts: Readonly<Record<string, number | bigint>>): ScriptedQuery {
  return scripted(({ sql }) =>
    [...sql.matchAll(/SELECT N'((?:[^']|'')*)' AS name/g)].flatMap(([, name]) =>
      name! in counts ? [{ name, total: String(counts[name!]) }] : [],
    ),
  );
}

const all = readModels(join(repositoryRoot, 'databricks'));

/** The repository's own models of these ids. */
export function models(...ids: string[]): readonly Model[] {
  return ids.map((id) => all.find((model) => model.id === id)!);
}

export function contextOf(parts: {
  source?: Query;
  lake?: Query;
  models?: readonly Model[];
  maximumQuarantineRatio?: number;
}): GateContext {
  const unexpected: Query = async (sql) => {
    throw new Error(`the gate asked: ${sql}`);
  };
  return {
    source: parts.source ?? unexpected,
    lake: parts.lake ?? unexpected,
    models: parts.models ?? models('silver.orders'),
    thresholds: { maximumQuarantineRatio: parts.maximumQuarantineRatio ?? 0.1 },
  };
}

/** `gate: status observed expected`, for short assertions. */
export function told(results: readonly GateResult[]): string[] {
  return results.map(
    ({ layer, table, gate, status, observed, expected }) =>
      `${layer}.${table} ${gate}: ${status}, ${observed} for ${expected}`,
  );
}
