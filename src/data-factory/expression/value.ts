import { ExpressionError } from './error.ts';

/**
 * What an expression can yield. An integer is a `number` while a double holds it exactly and a `bigint` beyond (ticks are near 2^59);
 * both are the service's Integer. A `number` with a fraction is its Float.
 */
export type Value = null | boolean | string | number | bigint | readonly Value[] | { readonly [key: string]: Value };

/**
 * A Float whose value is a whole number, such as `float('10')`: JavaScript cannot tell it from the Integer 10, and div(10.0, 4) is 2.5
 * where div(10, 4) is 2. Lives inside one evaluation only; `plain` takes it off at the border.
 */
export class WholeFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export type Inner = null | boolean | string | number | bigint | WholeFloat | readonly Inner[] | InnerObject;
export interface InnerObject {
  readonly [key: string]: Inner;
}

export type ValueType = 'Null' | 'Boolean' | 'String' | 'Integer' | 'Float' | 'Array' | 'Object';

/** The type's name as the service's messages give it. */
export function typeOf(value: Inner): ValueType {
  if (value === null) return 'Null';
  if (value instanceof WholeFloat) return 'Float';
  if (Array.isArray(value)) return 'Array';
  switch (typeof value) {
    case 'boolean':
      return 'Boolean';
    case 'string':
      return 'String';
    case 'bigint':
      return 'Integer';
    case 'number':
      return Number.isInteger(value) ? 'Integer' : 'Float';
    default:
      return 'Object';
  }
}

export function isObject(value: Inner | undefined): value is InnerObject {
  return value !== undefined && value !== null && typeOf(value) === 'Object';
}

export function isArray(value: Inner | undefined): value is readonly Inner[] {
  return Array.isArray(value);
}

export function isNumber(value: Inner): value is number | bigint | WholeFloat {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof WholeFloat;
}

export function isInteger(value: Inner): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

/** An integer in its one representation. @throws ExpressionError outside the 64-bit range. */
export function integer(value: bigint): number | bigint {
  if (BigInt.asIntN(64, value) !== value)
    throw new ExpressionError(`The value '${value}' is too large or too small for an Integer (64 bits).`);
  const narrow = Number(value);
  return Number.isSafeInteger(narrow) ? narrow : value;
}

/** A Float in its one representation. */
export function float(value: number): number | WholeFloat {
  return Number.isInteger(value) ? new WholeFloat(value) : value;
}

export function toDouble(value: number | bigint | WholeFloat): number {
  return value instanceof WholeFloat ? value.value : Number(value);
}

/** The value as it leaves an evaluation. */
export function plain(value: Inner): Value {
  if (value instanceof WholeFloat) return value.value;
  if (isArray(value)) return value.map(plain);
  if (isObject(value)) return mapObject(value, plain);
  return value;
}

/** Keeps the order of keys and treats `__proto__` as the ordinary name it is in JSON. */
export function mapObject<From, To>(
  object: { readonly [key: string]: From },
  map: (value: From, key: string) => To,
): { [key: string]: To } {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}

export function own(object: InnerObject, key: string): Inner | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Deep equality as JSON tokens have it: objects without regard to the order of keys, numbers by value, strings by code unit. */
export function deepEquals(left: Inner, right: Inner): boolean {
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) === 0;
  if (isArray(left) && isArray(right))
    return left.length === right.length && left.every((item, index) => deepEquals(item, right[index]!));
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && deepEquals(left[key]!, right[key]!))
    );
  }
  return left === right;
}

export function compareNumbers(left: number | bigint | WholeFloat, right: number | bigint | WholeFloat): number {
  const a = left instanceof WholeFloat ? left.value : left;
  const b = right instanceof WholeFloat ? right.value : right;
  return a < b ? -1 : a > b ? 1 : 0;
}
