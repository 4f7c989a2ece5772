import { BOOLEAN, type DataType, DOUBLE, decimal, duckDbType, LONG, STRING, VOID } from '../../delta/data-type.ts';
import { decimalQuotient } from '../binder/arithmetic.ts';
import type { Bound } from '../binder/bound.ts';
import { implicitCast, isFractional } from '../binder/coercion.ts';
import { notImplemented } from '../spark-error.ts';
import { suffixOf } from './call.ts';
import { type CallSite, coerce, constantOf, define, type Parameter, type Registry } from './define.ts';

/** Applies a DuckDB aggregate with the call's DISTINCT, FILTER and OVER. */
type Apply = (name: string, args: readonly string[], extraFilter?: string) => string;

export function registerAggregates(registry: Registry): void {
  const aggregate = (
    names: string,
    parameters: readonly Parameter[],
    optional: number,
    bind: (args: readonly Bound[], apply: Apply, site: CallSite) => Bound,
  ): void =>
    define(registry, names, {
      kind: 'aggregate',
      min: parameters.length - optional,
      max: parameters.length,
      bind: (site) =>
        bind(
          site.args.map((arg, index) => coerce(arg, parameters[index]!, site)),
          applierOf(site),
          site,
        ),
    });

  define(registry, 'count', { kind: 'aggregate', min: 1, max: Number.POSITIVE_INFINITY, bind: count });
  aggregate('count_if', [BOOLEAN], 0, ([a], apply) => ({
    sql: apply('count', [`CASE WHEN ${a!.sql} THEN 1 END`]),
    type: LONG,
  }));
  aggregate('sum', ['number'], 0, ([a], apply) => sum(a!, apply));
  aggregate('try_sum', ['number'], 0, ([a], apply) => {
    const bound = sum(a!, apply);
    return { ...bound, sql: `TRY(${bound.sql})` };
  });
  aggregate('avg mean', ['number'], 0, ([a], apply) => average(a!, apply));
  for (const name of ['min', 'max'])
    aggregate(name, ['any'], 0, ([a], apply) => ({ sql: apply(name, [a!.sql]), type: a!.type }));
  for (const [name, duckDb] of [
    ['min_by', 'arg_min_null'],
    ['max_by', 'arg_max_null'],
  ] as const)
    aggregate(name, ['any', 'any'], 0, ([a, b], apply) => ({
      sql: apply(duckDb, [a!.sql, b!.sql], `${b!.sql} IS NOT NULL`),
      type: a!.type,
    }));
  for (const [names, duckDb] of [
    ['first any_value', 'first'],
    ['last', 'last'],
  ] as const)
    define(registry, names, { kind: 'aggregate', min: 1, max: 2, bind: (site) => firstOrLast(site, duckDb) });
  for (const [names, duckDb] of [
    ['bool_and every', 'bool_and'],
    ['bool_or any some', 'bool_or'],
  ] as const)
    aggregate(names, [BOOLEAN], 0, ([a], apply) => ({ sql: apply(duckDb, [a!.sql]), type: BOOLEAN }));
  for (const [names, duckDb] of [
    ['stddev stddev_samp std', 'stddev_samp'],
    ['stddev_pop', 'stddev_pop'],
    ['variance var_samp', 'var_samp'],
    ['var_pop', 'var_pop'],
    ['median', 'median'],
  ] as const)
    aggregate(names, [DOUBLE], 0, ([a], apply) => ({ sql: apply(duckDb, [a!.sql]), type: DOUBLE }));
  for (const name of ['corr', 'covar_pop', 'covar_samp'])
    aggregate(name, [DOUBLE, DOUBLE], 0, ([a, b], apply) => ({ sql: apply(name, [a!.sql, b!.sql]), type: DOUBLE }));
  aggregate('approx_count_distinct', ['any', DOUBLE], 1, ([a], _, site) => ({
    sql: applierOf({ ...site, call: { ...site.call, distinct: true } })('count', [a!.sql]),
    type: LONG,
  }));
  aggregate('percentile_approx approx_percentile', ['any', 'number', LONG], 1, ([a], apply, site) => {
    const share = constantOf(site, 1);
    return { sql: apply('quantile_disc', [a!.sql, `CAST('${Number(share)}' AS DOUBLE)`]), type: a!.type };
  });
  aggregate('percentile', [DOUBLE, 'number'], 0, ([a], apply, site) => ({
    sql: apply('quantile_cont', [a!.sql, `CAST('${Number(constantOf(site, 1))}' AS DOUBLE)`]),
    type: DOUBLE,
  }));
  aggregate('collect_list array_agg', ['any'], 0, ([a], apply) => ({
    sql: `coalesce(${apply('list', [a!.sql], `${a!.sql} IS NOT NULL`)}, [])`,
    type: { kind: 'array', element: a!.type },
  }));
  aggregate('collect_set', ['any'], 0, ([a], _, site) => ({
    sql: `coalesce(${applierOf({ ...site, call: { ...site.call, distinct: true } })('list', [a!.sql], `${a!.sql} IS NOT NULL`)}, [])`,
    type: { kind: 'array', element: a!.type },
  }));
  aggregate('string_agg listagg', [STRING, STRING], 1, ([a, by], apply) => ({
    sql: apply('string_agg', [a!.sql, by?.sql ?? "''"]),
    type: STRING,
  }));
  aggregate('bit_and', [LONG], 0, ([a], apply) => ({ sql: apply('bit_and', [a!.sql]), type: LONG }));
  aggregate('bit_or', [LONG], 0, ([a], apply) => ({ sql: apply('bit_or', [a!.sql]), type: LONG }));
}

function applierOf({ place, call }: CallSite): Apply {
  return (name, args, extraFilter) =>
    `${name}(${call.distinct ? 'DISTINCT ' : ''}${args.join(', ')})${suffixOf(place, call, extraFilter)}`;
}

/** count(*), count(a), count(a, b): rows in which none is NULL. */
function count(site: CallSite): Bound {
  const apply = applierOf(site);
  const values = site.args
    .map((arg) => (arg.type.kind === 'void' ? implicitCast(arg, LONG, site.at) : arg))
    .map((arg) => arg.sql);
  if (values.length === 0) return { sql: apply('count', ['*']), type: LONG };
  if (values.length === 1) return { sql: apply('count', values), type: LONG };
  const whole = values.map((value) => `${value} IS NOT NULL`).join(' AND ');
  return {
    sql: apply('count', [`CASE WHEN ${whole} THEN ${site.call.distinct ? `row(${values.join(', ')})` : '1'} END`]),
    type: LONG,
  };
}

/** Integers sum to BIGINT and overflow with an error; decimals gain ten digits. */
function sum(arg: Bound, apply: Apply): Bound {
  const total = apply('sum', [arg.sql]);
  const { type } = arg;
  if (isFractional(type))
    return { sql: type.kind === 'float' ? apply('sum', [`CAST(${arg.sql} AS DOUBLE)`]) : total, type: DOUBLE };
  const result: DataType = type.kind === 'decimal' ? decimal(Math.min(38, type.precision + 10), type.scale) : LONG;
  return { sql: `CAST(${total} AS ${duckDbType(result)})`, type: result };
}

/** Decimals average to four more digits on both sides, rounded half up: the exact quotient of sum and count. */
function average(arg: Bound, apply: Apply): Bound {
  const { type } = arg;
  if (type.kind !== 'decimal') return { sql: apply('avg', [`CAST(${arg.sql} AS DOUBLE)`]), type: DOUBLE };
  const total: Bound = { sql: apply('sum', [arg.sql]), type: decimal(Math.min(38, type.precision + 10), type.scale) };
  const rows: Bound = { sql: apply('count', [arg.sql]), type: decimal(18, 0) };
  const result = {
    kind: 'decimal' as const,
    precision: Math.min(38, type.precision + 4),
    scale: Math.min(38, type.scale + 4),
  };
  // Over no rows the sum is NULL and so is the quotient.
  return decimalQuotient(total, rows, result, (bound) => `nullif(${bound.sql}, 0)`);
}

function firstOrLast(site: CallSite, name: 'first' | 'last'): Bound {
  const { call, args, place } = site;
  const ignoreNulls = call.ignoreNulls || (args[1] !== undefined && constantOf(site, 1) === 'true');
  const value = args[0]!;
  if (call.distinct) throw notImplemented(`${site.name} with DISTINCT`, site.at);
  const type = value.type.kind === 'void' ? VOID : value.type;
  if (call.over !== undefined)
    return { sql: `${name}_value(${value.sql}${ignoreNulls ? ' IGNORE NULLS' : ''})${suffixOf(place, call)}`, type };
  return {
    sql: `${name}(${value.sql})${suffixOf(place, call, ignoreNulls ? `${value.sql} IS NOT NULL` : undefined)}`,
    type,
  };
}
