import type { Value } from './expression/index.ts';

/** JSON as it is in the files and on the wire: integers beyond 2^53 are bigint, so that nothing is lost on the way. */
export type Json = Value;
export type JsonObject = { readonly [key: string]: Json };

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The member of an object that is an object itself; empty when there is none. */
export function objectAt(value: Json | undefined, ...path: readonly string[]): JsonObject {
  let current = value;
  for (const key of path) current = isJsonObject(current) ? current[key] : undefined;
  return isJsonObject(current) ? current : {};
}

export function arrayAt(value: Json | undefined, key: string): readonly Json[] {
  const member = isJsonObject(value) ? value[key] : undefined;
  return isJsonArray(member) ? member : [];
}

export function textAt(value: Json | undefined, key: string): string | undefined {
  const member = isJsonObject(value) ? value[key] : undefined;
  return typeof member === 'string' ? member : undefined;
}

/** Calls `visit` with every value in a JSON tree and its dotted path, parents first. */
export function walk(value: Json, visit: (value: Json, path: string) => void, path = ''): void {
  visit(value, path);
  if (isJsonArray(value))
    value.forEach((item, index) => {
      walk(item, visit, `${path}[${index}]`);
    });
  else if (isJsonObject(value))
    for (const [key, item] of Object.entries(value)) walk(item, visit, path === '' ? key : `${path}.${key}`);
}
