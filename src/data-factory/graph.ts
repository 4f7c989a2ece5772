import { type FactoryObject, type FactoryObjects, folderNames, keyOf, referencesOf } from './objects.ts';

/** The objects that an object refers to and that are among `objects`. A managed private endpoint also needs its network. */
export function dependencies(object: FactoryObject, objects: ReadonlyMap<string, FactoryObject>): string[] {
  const keys = referencesOf(object.body).map(keyOf);
  if (object.folder === 'managedVirtualNetwork' && object.name.includes('/'))
    keys.push(`managedVirtualNetwork/${object.name.slice(0, object.name.indexOf('/'))}`);
  return Array.from(new Set(keys)).filter((key) => key !== keyOf(object) && objects.has(key));
}

/**
 * The objects in layers: each refers only to objects of earlier layers. Objects that refer to each other in a circle, which the
 * service allows of pipelines, come last in the order of their types.
 */
export function levelsOf(objects: FactoryObjects): FactoryObject[][] {
  const byKey = new Map(objects.map((object) => [keyOf(object), object]));
  const waiting = new Map(objects.map((object) => [keyOf(object), new Set(dependencies(object, byKey))]));
  const levels: FactoryObject[][] = [];
  while (waiting.size > 0) {
    const ready = Array.from(waiting).flatMap(([key, needs]) => (needs.size === 0 ? [key] : []));
    if (ready.length === 0) {
      const circle = Array.from(waiting.keys(), (key) => byKey.get(key)!);
      circle.sort((a, b) => folderNames.indexOf(a.folder) - folderNames.indexOf(b.folder));
      return [...levels, ...circle.map((object) => [object])];
    }
    levels.push(ready.map((key) => byKey.get(key)!));
    for (const key of ready) waiting.delete(key);
    for (const needs of waiting.values()) for (const key of ready) needs.delete(key);
  }
  return levels;
}

/** Every key from which one of `targets` can be reached, the targets included. */
export function reaching(objects: FactoryObjects, targets: ReadonlySet<string>): Set<string> {
  const byKey = new Map(objects.map((object) => [keyOf(object), object]));
  const reached = new Set(targets);
  for (let grew = true; grew; ) {
    grew = false;
    for (const object of objects) {
      const key = keyOf(object);
      if (reached.has(key) || !dependencies(object, byKey).some((needed) => reached.has(needed))) continue;
      reached.add(key);
      grew = true;
    }
  }
  return reached;
}
