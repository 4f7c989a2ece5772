import { AGGREGATES } from '../functions/names.ts';

/** Visits the nodes of a syntax tree until `found` says yes. `enter` says which nodes to look into. */
function search(
  node: unknown,
  found: (node: Record<string, unknown>) => boolean,
  enter: (kind: string) => boolean,
): boolean {
  if (Array.isArray(node)) return node.some((item) => search(item, found, enter));
  if (typeof node !== 'object' || node === null || node instanceof Map) return false;
  const record = node as Record<string, unknown>;
  if (found(record)) return true;
  if (typeof record['kind'] === 'string' && !enter(record['kind'])) return false;
  return Object.values(record).some((value) => search(value, found, enter));
}

const QUERIES = new Set(['subquery', 'exists', 'in query', 'quantified']);

/** Whether an aggregate function (not a window function) stands in the expression, subqueries aside. */
export function hasAggregate(node: unknown): boolean {
  return search(
    node,
    (n) => {
      if (n['kind'] !== 'function' || n['over'] !== undefined) return false;
      const { parts } = n['name'] as { parts: readonly string[] };
      return parts.length === 1 && AGGREGATES.has(parts[0]!.toUpperCase());
    },
    (kind) => !QUERIES.has(kind),
  );
}

/** Whether a query reads a table of this one-part name. */
export function references(node: unknown, name: string): boolean {
  return search(
    node,
    (n) => {
      if (n['kind'] !== 'table') return false;
      const { parts } = n['name'] as { parts: readonly string[] };
      return parts.length === 1 && parts[0]!.toLowerCase() === name.toLowerCase();
    },
    () => true,
  );
}
