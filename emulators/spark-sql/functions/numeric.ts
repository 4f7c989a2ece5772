import { BOOLEAN, type DataType, DOUBLE, duckDbType, INTEGER, LONG } from '../../delta/data-type.ts';
import { arithmetic, divide } from '../binder/arithmetic.ts';
import type { Bound } from '../binder/bound.ts';
import { asDecimal, isFractional, isIntegral } from '../binder/coercion.ts';
import { notImplemented } from '../spark-error.ts';
import { coerce, constantInteger, define, type Registry, scalar } from './define.ts';

export function registerNumeric(registry: Registry): void {
  const same = (args: readonly Bound[]): DataType => args[0]!.type;
  scalar(registry, 'abs', ['number'], same, ([a]) => `abs(${a})`);
  scalar(registry, 'negative', ['number'], same, ([a]) => `(-${a})`);
  scalar(registry, 'positive', ['number'], same, ([a]) => a!);
  scalar(registry, 'sign signum', ['number'], DOUBLE, ([a]) => `CAST(sign(${a}) AS DOUBLE)`);
  scalar(
    registry,
    'sqrt',
    [DOUBLE],
    DOUBLE,
    ([a]) => `CASE WHEN ${a} < 0 THEN CAST('NaN' AS DOUBLE) ELSE sqrt(${a}) END`,
  );
  scalar(registry, 'cbrt', [DOUBLE], DOUBLE, ([a]) => `cbrt(${a})`);
  scalar(registry, 'exp', [DOUBLE], DOUBLE, ([a]) => `exp(${a})`);
  scalar(registry, 'power pow', [DOUBLE, DOUBLE], DOUBLE, ([a, b]) => `pow(${a}, ${b})`);
  // Logarithms of numbers that have none are NULL.
  scalar(registry, 'ln', [DOUBLE], DOUBLE, ([a]) => `CASE WHEN ${a} > 0 THEN ln(${a}) END`);
  scalar(registry, 'log10', [DOUBLE], DOUBLE, ([a]) => `CASE WHEN ${a} > 0 THEN log10(${a}) END`);
  scalar(registry, 'log2', [DOUBLE], DOUBLE, ([a]) => `CASE WHEN ${a} > 0 THEN log2(${a}) END`);
  scalar(
    registry,
    'log',
    [DOUBLE, DOUBLE],
    DOUBLE,
    ([a, b]) =>
      b === undefined
        ? `CASE WHEN ${a} > 0 THEN ln(${a}) END`
        : `CASE WHEN ${a} > 0 AND ${b} > 0 THEN ln(${b}) / ln(${a}) END`,
    { optional: 1 },
  );
  for (const name of ['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'radians', 'degrees'])
    scalar(registry, name, [DOUBLE], DOUBLE, ([a]) => `${name}(${a})`);
  scalar(registry, 'atan2', [DOUBLE, DOUBLE], DOUBLE, ([a, b]) => `atan2(${a}, ${b})`);
  scalar(registry, 'pi', [], DOUBLE, () => 'pi()');
  scalar(registry, 'isnan', [DOUBLE], BOOLEAN, ([a]) => `coalesce(isnan(${a}), FALSE)`);

  define(registry, 'mod', {
    kind: 'scalar',
    min: 2,
    max: 2,
    bind: ({ args, at }) => arithmetic('%', args[0]!, args[1]!, at),
  });
  define(registry, 'pmod', {
    kind: 'scalar',
    min: 2,
    max: 2,
    bind: ({ args: [a, b], at }) => {
      const first = arithmetic('%', a!, b!, at);
      return {
        ...first,
        sql: `CASE WHEN ${first.sql} < 0 THEN (${first.sql} + abs(${b!.sql})) % abs(${b!.sql}) ELSE ${first.sql} END`,
      };
    },
  });
  define(registry, 'try_divide', {
    kind: 'scalar',
    min: 2,
    max: 2,
    bind: (site) => divide(coerce(site.args[0]!, 'number', site), coerce(site.args[1]!, 'number', site), site.at, true),
  });
  for (const [name, op] of [
    ['try_add', '+'],
    ['try_subtract', '-'],
    ['try_multiply', '*'],
  ] as const)
    define(registry, name, {
      kind: 'scalar',
      min: 2,
      max: 2,
      bind: ({ args: [a, b], at }) => {
        const sum = arithmetic(op, a!, b!, at);
        return { ...sum, sql: `TRY(${sum.sql})` };
      },
    });

  for (const name of ['ceil', 'floor'] as const)
    define(registry, name === 'ceil' ? 'ceil ceiling' : 'floor', {
      kind: 'scalar',
      min: 1,
      max: 2,
      bind: (site) => {
        if (site.args.length > 1) throw notImplemented(`${name} with a scale`, site.at);
        const bound = coerce(site.args[0]!, 'number', site);
        if (isIntegral(bound.type)) return { sql: `CAST(${bound.sql} AS BIGINT)`, type: LONG };
        if (isFractional(bound.type)) return { sql: `CAST(${name}(${bound.sql}) AS BIGINT)`, type: LONG };
        const { precision, scale } = asDecimal(bound.type);
        const type: DataType = {
          kind: 'decimal',
          precision: Math.min(38, scale === 0 ? precision : precision - scale + 1),
          scale: 0,
        };
        return { sql: `CAST(${name}(${bound.sql}) AS ${duckDbType(type)})`, type };
      },
    });

  define(registry, 'round', {
    kind: 'scalar',
    min: 1,
    max: 2,
    bind: (site) => {
      const bound = coerce(site.args[0]!, 'number', site);
      const places = site.args[1] === undefined ? 0 : constantInteger(site, 1);
      if (bound.type.kind === 'decimal') return roundDecimal(bound, bound.type.precision, bound.type.scale, places);
      if (isIntegral(bound.type)) {
        const type = duckDbType(bound.type);
        return {
          sql: places >= 0 ? bound.sql : `CAST(round(CAST(${bound.sql} AS DECIMAL(38,0)), ${places}) AS ${type})`,
          type: bound.type,
        };
      }
      if (places < 0 || places > 15) throw notImplemented(`round of a double to ${places} places`, site.at);
      // Spark rounds the shortest decimal text of a double half up: 1.005 becomes 1.01. Beyond 1e15 nothing is left to round.
      const type = duckDbType(bound.type);
      return {
        sql: `CASE WHEN abs(${bound.sql}) < 1e15 THEN CAST(CAST(CAST(${bound.sql} AS VARCHAR) AS DECIMAL(38,${places})) AS ${type}) ELSE ${bound.sql} END`,
        type: bound.type,
      };
    },
  });
  define(registry, 'bround', {
    kind: 'scalar',
    min: 1,
    max: 2,
    bind: (site) => {
      const bound = coerce(site.args[0]!, 'number', site);
      const places = site.args[1] === undefined ? 0 : constantInteger(site, 1);
      if (isIntegral(bound.type) && places >= 0) return { sql: bound.sql, type: bound.type };
      if (!isFractional(bound.type)) throw notImplemented('bround of decimals', site.at);
      return { sql: `CAST(round_even(${bound.sql}, ${places}) AS ${duckDbType(bound.type)})`, type: bound.type };
    },
  });
  scalar(registry, 'bit_count', [LONG], INTEGER, ([a]) => `CAST(bit_count(${a}) AS INTEGER)`);
}

/** The result's type: https://docs.databricks.com/sql/language-manual/functions/round.html. A cast to fewer places rounds half up. */
function roundDecimal(bound: Bound, precision: number, scale: number, places: number): Bound {
  const integral = precision - scale + 1;
  const kept = Math.min(Math.max(places, 0), scale);
  const type = {
    kind: 'decimal' as const,
    precision: Math.min(38, (places < 0 ? Math.max(integral, -places + 1) : integral) + kept),
    scale: kept,
  };
  const sql = places < 0 ? `round(CAST(${bound.sql} AS DECIMAL(38,${scale})), ${places})` : bound.sql;
  return { sql: `CAST(${sql} AS ${duckDbType(type)})`, type };
}
