import { type ObjectKind, objectKinds } from './object-kinds.ts';
import type { ObjectStore } from './object-store.ts';

export interface Reference {
  readonly kind: ObjectKind;
  readonly name: string;
}

/**
 * Every reference inside a definition: `{ "referenceName": ..., "type": "...Reference" }`, wherever it stands. A name given by an
 * expression is known at run time only and left out.
 */
export function referencesOf(value: unknown): Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesOf);
  if (typeof value !== 'object' || value === null) return [];
  const { referenceName, type } = value as { referenceName?: unknown; type?: unknown };
  const kind = objectKinds.find((candidate) => candidate.reference !== undefined && candidate.reference === type);
  const own =
    kind !== undefined && typeof referenceName === 'string' && !referenceName.startsWith('@')
      ? [{ kind, name: referenceName }]
      : [];
  return [...own, ...Object.values(value).flatMap(referencesOf)];
}

/** The first reference to something that does not exist. */
export function brokenReference(store: ObjectStore, properties: unknown): Reference | undefined {
  return referencesOf(properties).find(
    ({ kind, name }) =>
      store.get(kind, name) === undefined &&
      !kind.builtIn.some((builtIn) => builtIn.toLowerCase() === name.toLowerCase()),
  );
}

/** The name of an object that refers to this one, if any does. */
export function referrerOf(store: ObjectStore, kind: ObjectKind, name: string): string | undefined {
  for (const other of objectKinds)
    for (const candidate of store.list(other)) {
      const itself = other === kind && candidate.name.toLowerCase() === name.toLowerCase();
      const refers = referencesOf(candidate.properties).some(
        (reference) => reference.kind === kind && reference.name.toLowerCase() === name.toLowerCase(),
      );
      if (refers && !itself) return candidate.name;
    }
  return undefined;
}
