import type { ScalarFunctionResult } from '../../tsql/index.ts';
import type { SqlType } from '../../tsql/sql-type.ts';
import { quoteText } from '../duck-type.ts';
import type { Engine } from '../engine.ts';

export const sysname: SqlType = { name: 'nvarchar', length: 128 };
export const int: SqlType = { name: 'int' };
export const bigint: SqlType = { name: 'bigint' };
export const textMax: SqlType = { name: 'nvarchar', length: 'max' };

/** A metadata function: how many arguments it takes, and its SQL over them. */
export interface MetadataFunction {
  readonly least: number;
  readonly most: number;
  readonly build: (engine: Engine, args: readonly string[], types: readonly SqlType[]) => ScalarFunctionResult;
}

export type Functions = Readonly<Record<string, MetadataFunction>>;

/** The entry under `key`, NULL where there is none: constant, so that it works on columns as well as on literals. */
export function lookup(entries: readonly (readonly [string, string | number])[], key: string, type: string): string {
  if (entries.length === 0) return `CAST(NULL AS ${type})`;
  const unique = new Map(entries);
  const keys = [...unique.keys()].map(quoteText).join(', ');
  const values = [...unique.values()]
    .map((each) => (typeof each === 'number' ? String(each) : quoteText(each)))
    .join(', ');
  return `CAST(map_extract_value(MAP([${keys}], [${values}]), ${key}) AS ${type})`;
}

export function constant(value: string | number, type: SqlType, most: number): MetadataFunction {
  const sql = typeof value === 'number' ? String(value) : quoteText(value);
  return { least: 1, most, build: () => ({ sql, type }) };
}
