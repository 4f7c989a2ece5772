import type { ExpressionContext } from '../context.ts';
import { ExpressionError } from '../error.ts';
import { type Inner, isArray, isInteger, isNumber, isObject, typeOf } from '../value.ts';

/** `collection`: text, array or object. `list`: text or array. */
export type ParameterType =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'array'
  | 'object'
  | 'collection'
  | 'list'
  | 'any';

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly optional: boolean;
  /** Takes all arguments from here on. */
  readonly rest: boolean;
}

export interface FunctionDefinition {
  /** As the documentation spells it; calls may use any case. */
  readonly name: string;
  readonly signature: string;
  readonly parameters: readonly Parameter[];
  readonly minimum: number;
  readonly maximum: number;
  readonly returns: ParameterType;
  /** Arguments have passed `checkArguments`. */
  readonly call: (args: readonly Inner[], context: ExpressionContext) => Inner;
  /** Set on the functions that do not evaluate all of their arguments. */
  readonly lazy?: (args: readonly (() => Inner)[]) => Inner;
}

/**
 * Reads a signature such as `substring(text: string, startIndex: integer, length?: integer): string`; `...values: any` takes the rest.
 * An argument for an optional parameter may be null only where its type is `any`.
 */
// biome-ignore lint/suspicious/noExplicitAny: each implementation names the argument types its signature has established.
export function define(
  signature: string,
  call: (context: ExpressionContext, ...args: any[]) => Inner,
): FunctionDefinition {
  const [, name = '', list = '', returns = 'any'] = /^(\w+)\((.*)\): (\w+)$/.exec(signature) ?? [];
  if (name === '') throw new TypeError(`not a signature: ${signature}`);
  const parameters = list === '' ? [] : list.split(', ').map(readParameter);
  return {
    name,
    signature,
    parameters,
    minimum: parameters.filter((parameter) => !parameter.optional).length,
    maximum: parameters.some((parameter) => parameter.rest) ? Number.POSITIVE_INFINITY : parameters.length,
    returns: returns as ParameterType,
    call: (args, context) => call(context, ...args),
  };
}

/** A function that decides for itself which of its arguments to evaluate. */
export function defineLazy(signature: string, lazy: (args: readonly (() => Inner)[]) => Inner): FunctionDefinition {
  const definition = define(signature, () => null);
  return { ...definition, call: (args) => lazy(args.map((arg) => () => arg)), lazy };
}

function readParameter(text: string): Parameter {
  const [, dots = '', name = '', mark = '', type = 'any'] = /^(\.{3})?(\w+)(\?)?: (\w+)$/.exec(text) ?? [];
  if (name === '') throw new TypeError(`not a parameter: ${text}`);
  return { name, type: type as ParameterType, optional: mark === '?' || dots === '...', rest: dots === '...' };
}

export function parameterAt(definition: FunctionDefinition, index: number): Parameter | undefined {
  const last = definition.parameters.at(-1);
  return definition.parameters[index] ?? (last?.rest ? last : undefined);
}

/** What is wrong with the number of arguments, or undefined. */
export function countFault(definition: FunctionDefinition, count: number): string | undefined {
  const { name, minimum, maximum } = definition;
  if (count >= minimum && count <= maximum) return undefined;
  const expected =
    minimum === maximum
      ? `exactly ${minimum} parameter${minimum === 1 ? '' : 's'}`
      : maximum === Number.POSITIVE_INFINITY
        ? `at least ${minimum} parameter${minimum === 1 ? '' : 's'}`
        : `${minimum} to ${maximum} parameters`;
  return `The template language function '${name}' expects ${expected}: ${definition.signature}. The function was invoked with ${count}.`;
}

const accepts: Record<ParameterType, (value: Inner) => boolean> = {
  any: () => true,
  string: (value) => typeof value === 'string',
  integer: isInteger,
  number: isNumber,
  boolean: (value) => typeof value === 'boolean',
  array: isArray,
  object: isObject,
  collection: (value) => typeof value === 'string' || isArray(value) || isObject(value),
  list: (value) => typeof value === 'string' || isArray(value),
};

export const described: Record<ParameterType, string> = {
  any: 'a value',
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  collection: 'a string, an array or an object',
  list: 'an array or a string',
};

const ordinals = ['first', 'second', 'third', 'fourth'];

export function ordinal(index: number): string {
  return ordinals[index] ?? `${index + 1}th`;
}

/** @throws ExpressionError naming the function, the parameter, what it takes and the type it was given. */
export function checkArgument(definition: FunctionDefinition, index: number, value: Inner): void {
  const parameter = parameterAt(definition, index);
  if (parameter === undefined || accepts[parameter.type](value)) return;
  const which = definition.maximum === 1 ? 'its parameter' : `its ${ordinal(index)} parameter '${parameter.name}'`;
  throw new ExpressionError(
    `The template language function '${definition.name}' expects ${which} to be ${described[parameter.type]}. The provided value is of type '${typeOf(value)}'.`,
    { functionName: definition.name },
  );
}

export function checkArguments(definition: FunctionDefinition, args: readonly Inner[]): void {
  const fault = countFault(definition, args.length);
  if (fault !== undefined) throw new ExpressionError(fault, { functionName: definition.name });
  args.forEach((arg, index) => {
    checkArgument(definition, index, arg);
  });
}
