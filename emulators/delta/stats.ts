import type { Stats } from './actions.ts';
import { type DataType, type Field, quoteName } from './data-type.ts';

/** Statistics as DuckDB's `COPY ... (RETURN_STATS)` gives them: by quoted column name, each value as text. */
export type CopyStatistics = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** `delta.dataSkippingNumIndexedCols`' default. */
const indexedColumns = 32;

/** Strings are cut to this length in statistics, as Delta's own writers do. */
const prefixLength = 32;

/** The `stats` of an `add` action. Values that cannot bound the column (NaN, nested types) are left out, which readers take as unknown. */
export function statsOf(schema: readonly Field[], rows: number, columns: CopyStatistics): Stats {
  const minValues: Record<string, unknown> = {};
  const maxValues: Record<string, unknown> = {};
  const nullCount: Record<string, unknown> = {};
  for (const field of schema.slice(0, indexedColumns)) {
    const found = columns.get(quoteName(field.name));
    if (found === undefined) continue;
    nullCount[field.name] = Number(found.get('null_count') ?? 0);
    const minimum = found.get('min');
    const maximum = found.get('max');
    if (minimum === undefined || maximum === undefined || found.get('has_nan') === 'true') continue;
    const low = bound(field.type, minimum, 'min');
    const high = bound(field.type, maximum, 'max');
    if (low === undefined || high === undefined) continue;
    minValues[field.name] = low;
    maxValues[field.name] = high;
  }
  return { numRecords: rows, minValues, maxValues, nullCount };
}

/** A decimal or long beyond a double's 53 bits stands in JSON as it is written, not as JavaScript would round it. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Prints statistics as JSON, numbers digit for digit. */
export function printStats(stats: Stats): string {
  const print = (value: unknown): string => {
    if (value instanceof JsonNumber) return value.text;
    if (typeof value === 'object' && value !== null)
      return `{${Object.entries(value)
        .map(([key, member]) => `${JSON.stringify(key)}:${print(member)}`)
        .join(',')}}`;
    return JSON.stringify(value);
  };
  return print(stats);
}

function bound(type: DataType, text: string, side: 'min' | 'max'): unknown {
  switch (type.kind) {
    case 'long':
    case 'integer':
    case 'short':
    case 'byte':
    case 'decimal':
      return /^-?\d+(\.\d+)?$/.test(text) ? new JsonNumber(text) : undefined;
    case 'double':
    case 'float':
      return Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : undefined;
    case 'timestamp': {
      const match = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?\+00(?::00)?$/.exec(text);
      return match === null ? undefined : `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(6, '0')}Z`;
    }
    case 'string':
      return stringBound(text, side);
    default:
      return undefined;
  }
}

function stringBound(text: string, side: 'min' | 'max'): string | undefined {
  const characters = [...text];
  if (characters.includes('\uFFFD')) return undefined;
  if (characters.length <= prefixLength) return text;
  const prefix = characters.slice(0, prefixLength).join('');
  // The greatest code point makes a cut maximum sort after every string with that prefix.
  return side === 'min' ? prefix : `${prefix}\u{10FFFF}`;
}
