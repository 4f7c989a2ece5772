import { type DataFile, duckDbType } from '../../../delta/index.ts';
import { bindExpression, type Expression } from '../../../spark-sql/index.ts';
import type { Plan } from './merge.ts';

/**
 * Files that the statistics do not rule out: where ON demands t.key = s.key, a file whose range of key lies outside of the source's range has no match.
 */
export async function mergeCandidates(plan: Plan, on: Expression): Promise<readonly DataFile[]> {
  const { session, target, both, targetOnly, source, sourceTable } = plan;
  let { files } = target.snapshot;
  const own = targetOnly.scope.relations[0]!.columns;
  const foreign = source.flatMap((relation) => relation.columns);
  for (const [left, right] of equalities(on)) {
    const pair = [bindExpression(both, left), bindExpression(both, right)];
    const key = own.find((column) => pair.some((bound) => bound.sql === column.sql));
    const value = foreign.find((column) => pair.some((bound) => bound.sql === column.sql));
    if (
      key === undefined ||
      value === undefined ||
      key.type.kind !== value.type.kind ||
      !['long', 'integer', 'short', 'string', 'date'].includes(key.type.kind)
    )
      continue;
    const type = duckDbType(key.type);
    const ranges = files.flatMap((file, index) => {
      const [low, high] = [file.stats?.minValues[key.name], file.stats?.maxValues[key.name]];
      // A whole number beyond 2^53 has lost digits in JSON: no bound to rely on.
      if (
        low === undefined ||
        high === undefined ||
        [low, high].some((bound) => typeof bound === 'number' && !Number.isSafeInteger(bound))
      )
        return [];
      const quoted = [low, high].map((bound) => `CAST('${String(bound).replaceAll("'", "''")}' AS ${type})`);
      return [`SELECT ${index} AS i, ${quoted[0]} AS low, ${quoted[1]} AS high`];
    });
    if (ranges.length === 0) continue;
    const column = value.sql.replace(/^s\./, '');
    const outside = await session.rows(
      `SELECT i FROM (${ranges.join(' UNION ALL ')}) WHERE (SELECT max(${column}) FROM ${sourceTable}) IS NULL OR high < (SELECT min(${column}) FROM ${sourceTable}) OR low > (SELECT max(${column}) FROM ${sourceTable})`,
    );
    const ruledOut = new Set(outside.map(([index]) => Number(index)));
    files = files.filter((_, index) => !ruledOut.has(index));
  }
  return files;
}

function equalities(on: Expression): [Expression, Expression][] {
  if (on.node !== 'binary') return [];
  if (on.op === 'AND') return [...equalities(on.left), ...equalities(on.right)];
  return on.op === '=' && on.left.node === 'column' && on.right.node === 'column' ? [[on.left, on.right]] : [];
}
