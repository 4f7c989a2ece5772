import { ExpressionError } from '../error.ts';
import { deepEquals, type Inner, type InnerObject, isArray, isObject, typeOf } from '../value.ts';
import { define } from './define.ts';
import { toText } from './text.ts';

export const collectionFunctions = [
  define('contains(collection: collection, value: any): boolean', (_, collection: Inner, value: Inner) => {
    if (isArray(collection)) return collection.some((item) => deepEquals(item, value));
    if (typeof value !== 'string')
      throw new ExpressionError(
        `The template language function 'contains' expects its second parameter 'value' to be a string when the first is ${isObject(collection) ? 'an object' : 'a string'}. The provided value is of type '${typeOf(value)}'.`,
      );
    return typeof collection === 'string'
      ? collection.includes(value)
      : Object.hasOwn(collection as InnerObject, value);
  }),
  define('empty(collection: any): boolean', (_, collection: Inner) => {
    if (collection === null || collection === '') return true;
    if (isArray(collection)) return collection.length === 0;
    if (isObject(collection)) return Object.keys(collection).length === 0;
    if (typeof collection === 'string') return false;
    throw new ExpressionError(
      `The template language function 'empty' expects its parameter to be an object, an array or a string. The provided value is of type '${typeOf(collection)}'.`,
    );
  }),
  define(
    'first(collection: list): any',
    (_, collection: string | Inner[]) => collection[0] ?? (isArray(collection) ? null : ''),
  ),
  define('intersection(collection1: any, collection2: any, ...collections: any): any', (_, ...collections: Inner[]) => {
    if (collections.every(isArray)) {
      const [head = [], ...others] = collections;
      return distinct(head.filter((item) => others.every((other) => other.some((value) => deepEquals(item, value)))));
    }
    if (!collections.every(isObject)) throw mixed('intersection', collections);
    const merged = Object.assign({}, ...collections) as InnerObject;
    return Object.fromEntries(
      Object.entries(merged).filter(([key]) => collections.every((collection) => Object.hasOwn(collection, key))),
    );
  }),
  define('join(collection: array, delimiter: string): string', (_, collection: Inner[], delimiter: string) =>
    collection.map(toText).join(delimiter),
  ),
  define(
    'last(collection: list): any',
    (_, collection: string | Inner[]) => collection.at(-1) ?? (isArray(collection) ? null : ''),
  ),
  define('length(collection: list): integer', (_, collection: string | Inner[]) => collection.length),
  define('skip(collection: array, count: integer): array', (_, collection: Inner[], count: number | bigint) =>
    collection.slice(natural('skip', count)),
  ),
  define('take(collection: list, count: integer): any', (_, collection: string | Inner[], count: number | bigint) =>
    collection.slice(0, natural('take', count)),
  ),
  define('union(collection1: any, collection2: any, ...collections: any): any', (_, ...collections: Inner[]) => {
    if (collections.every(isArray)) return distinct(collections.flat());
    if (!collections.every(isObject)) throw mixed('union', collections);
    return Object.fromEntries(collections.flatMap((collection) => Object.entries(collection)));
  }),
];

function natural(name: string, count: number | bigint): number {
  if (count < 0)
    throw new ExpressionError(
      `The template language function '${name}' expects its second parameter 'count' to be zero or more; the provided value is ${count}.`,
    );
  return Number(count);
}

function distinct(items: readonly Inner[]): Inner[] {
  // Scalars are told apart by their text first, so that long arrays of them stay linear.
  const scalars = new Set<string>();
  const composites: Inner[] = [];
  return items.filter((item) => {
    if (isArray(item) || isObject(item)) {
      if (composites.some((seen) => deepEquals(seen, item))) return false;
      composites.push(item);
      return true;
    }
    const type = typeOf(item);
    const key = `${type === 'Float' || type === 'Integer' ? 'Number' : type}:${toText(item)}`;
    if (scalars.has(key)) return false;
    scalars.add(key);
    return true;
  });
}

function mixed(name: string, collections: readonly Inner[]): ExpressionError {
  return new ExpressionError(
    `The template language function '${name}' expects its parameters to be either all arrays or all objects. The provided values are of types '${collections.map(typeOf).join("', '")}'.`,
  );
}
