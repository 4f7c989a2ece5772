import { ArmError } from './arm-error.ts';
import type { ArmRequest, ArmResponse } from './operation.ts';

/** RunFilterParameters: a time window, filters, an order, and a continuation. */

interface RunQueryFilter {
  readonly operand?: unknown;
  readonly operator?: unknown;
  readonly values?: unknown;
}

/** How the query's words map onto a kind of run: what an operand reads, and when a run was last updated. */
export interface QueryFields<T> {
  readonly operands: Readonly<Record<string, (entry: T) => string | null>>;
  readonly lastUpdated: (entry: T) => string | null;
}

const pageSize = 100;

/** Answers a query over runs. @throws ArmError for operands, operators and dates that are not known. */
export function answerQuery<T>(request: ArmRequest, entries: readonly T[], fields: QueryFields<T>): ArmResponse {
  const body = request.body();
  const after = timeOf(request, body, 'lastUpdatedAfter');
  const before = timeOf(request, body, 'lastUpdatedBefore');
  const filters = listOf<RunQueryFilter>(request, body['filters'], 'filters').map((filter) =>
    predicate(request, filter, fields),
  );
  let found = entries.filter((entry) => {
    const updated = Date.parse(fields.lastUpdated(entry) ?? '');
    // What has no time yet has just begun.
    return (Number.isNaN(updated) || (updated >= after && updated <= before)) && filters.every((holds) => holds(entry));
  });
  for (const { orderBy, order } of listOf<{ orderBy?: unknown; order?: unknown }>(
    request,
    body['orderBy'],
    'orderBy',
  ).toReversed()) {
    const read = operand(request, orderBy, fields);
    const sign = String(order).toUpperCase() === 'DESC' ? -1 : 1;
    found = found.toSorted(
      (a, b) => sign * ((read(a) ?? '') < (read(b) ?? '') ? -1 : (read(a) ?? '') > (read(b) ?? '') ? 1 : 0),
    );
  }
  const skip = Number(body['continuationToken'] ?? 0);
  if (!Number.isInteger(skip) || skip < 0)
    throw bad(request, `The continuationToken '${String(body['continuationToken'])}' is not valid.`);
  const next = skip + pageSize;
  return {
    status: 200,
    body: { value: found.slice(skip, next), ...(next < found.length ? { continuationToken: String(next) } : {}) },
  };
}

function predicate<T>(request: ArmRequest, filter: RunQueryFilter, fields: QueryFields<T>): (entry: T) => boolean {
  const values = listOf<unknown>(request, filter.values, 'values').map((value) => String(value).toLowerCase());
  const read = operand(request, filter.operand, fields);
  const has = (entry: T) => values.includes((read(entry) ?? '').toLowerCase());
  switch (filter.operator) {
    case 'Equals':
    case 'In':
      return has;
    case 'NotEquals':
    case 'NotIn':
      return (entry) => !has(entry);
    default:
      throw bad(
        request,
        `The filter operator '${String(filter.operator)}' is not valid; expected Equals, NotEquals, In or NotIn.`,
      );
  }
}

function operand<T>(request: ArmRequest, name: unknown, fields: QueryFields<T>): (entry: T) => string | null {
  const found = Object.entries(fields.operands).find(([known]) => known.toLowerCase() === String(name).toLowerCase());
  if (found === undefined)
    throw bad(
      request,
      `The operand '${String(name)}' is not valid here; expected ${Object.keys(fields.operands).join(', ')}.`,
    );
  return found[1];
}

function timeOf(request: ArmRequest, body: Readonly<Record<string, unknown>>, property: string): number {
  const value = body[property];
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time))
    throw bad(request, `The property '${property}' is missing or not a date: ${JSON.stringify(value) ?? 'nothing'}.`);
  return time;
}

function listOf<T>(request: ArmRequest, value: unknown, property: string): readonly T[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw bad(request, `The property '${property}' is not an array.`);
  return value as T[];
}

function bad(request: ArmRequest, message: string): ArmError {
  return new ArmError(400, 'BadRequest', message, request.path);
}
