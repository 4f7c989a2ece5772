import { type DataType, DOUBLE, typeName } from '../../delta/data-type.ts';
import type { Call } from '../ast.ts';
import type { Bound } from '../binder/bound.ts';
import { implicitCast, isNumeric } from '../binder/coercion.ts';
import type { Place } from '../binder/expression.ts';
import { notImplemented, type Position, SparkError } from '../spark-error.ts';

/** A call whose arguments are bound. */
export interface CallSite {
  readonly name: string;
  readonly args: readonly Bound[];
  readonly call: Call;
  readonly place: Place;
  readonly at: Position;
  readonly text: string;
}

export interface FunctionDefinition {
  readonly kind: 'scalar' | 'aggregate' | 'window';
  readonly min: number;
  readonly max: number;
  readonly bind: (site: CallSite) => Bound;
}

/** What a parameter takes: a type to cast to, any type, or any number. */
export type Parameter = DataType | 'any' | 'number' | 'array';

export type Registry = Map<string, FunctionDefinition>;

interface ScalarOptions {
  /** Parameters at the end that may be left out. */
  readonly optional?: number;
  /** The last parameter may occur any number of times. */
  readonly variadic?: boolean;
}

/**
 * Registers a scalar function.
 * @param names the name and its synonyms, space-separated
 * @param emit the DuckDB SQL, from the arguments' SQL after coercion
 */
export function scalar(
  registry: Registry,
  names: string,
  parameters: readonly Parameter[],
  result: DataType | ((args: readonly Bound[]) => DataType),
  emit: (args: readonly string[], site: CallSite & { readonly bounds: readonly Bound[] }) => string,
  { optional = 0, variadic = false }: ScalarOptions = {},
): void {
  define(registry, names, {
    kind: 'scalar',
    min: parameters.length - optional,
    max: variadic ? Number.POSITIVE_INFINITY : parameters.length,
    bind: (site) => {
      const bounds = site.args.map((arg, index) =>
        coerce(arg, parameters[Math.min(index, parameters.length - 1)]!, site),
      );
      const type = typeof result === 'function' ? result(bounds) : result;
      return {
        sql: emit(
          bounds.map((bound) => bound.sql),
          { ...site, bounds },
        ),
        type,
      };
    },
  });
}

export function define(registry: Registry, names: string, definition: FunctionDefinition): void {
  for (const name of names.split(' ')) registry.set(name, definition);
}

export function coerce(arg: Bound, parameter: Parameter, site: Pick<CallSite, 'at' | 'text'>): Bound {
  if (parameter === 'any') return arg;
  if (parameter === 'array') {
    if (arg.type.kind === 'array') return arg;
    throw mismatch(arg, 'ARRAY', site);
  }
  if (parameter === 'number') {
    if (isNumeric(arg.type)) return arg;
    if (arg.type.kind === 'string' || arg.type.kind === 'void') return implicitCast(arg, DOUBLE, site.at);
    throw mismatch(arg, 'NUMERIC', site);
  }
  return implicitCast(arg, parameter, site.at);
}

export function mismatch(arg: Bound, required: string, { at, text }: Pick<CallSite, 'at' | 'text'>): SparkError {
  return new SparkError(
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
    `Cannot resolve "${text}" due to data type mismatch: a parameter requires the "${required}" type, however an argument has the type "${typeName(arg.type)}".`,
    { at },
  );
}

/** A string or number that has to be known when the statement is bound: a pattern, a unit, a scale. */
export function constantOf(site: Pick<CallSite, 'args' | 'at' | 'name'>, index: number): string {
  const value = site.args[index]?.constant;
  if (value === undefined || value === null)
    throw notImplemented(`${site.name} with an argument ${index + 1} that is not a literal`, site.at);
  return value;
}

export function constantInteger(site: Pick<CallSite, 'args' | 'at' | 'name'>, index: number): number {
  const value = Number(constantOf(site, index));
  if (!Number.isInteger(value)) throw notImplemented(`${site.name} with the argument ${value}`, site.at);
  return value;
}
