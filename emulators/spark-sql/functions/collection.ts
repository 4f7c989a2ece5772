import {
  BOOLEAN,
  DATE,
  type DataType,
  type Field,
  INTEGER,
  INTERVAL,
  LONG,
  quoteName,
  STRING,
  TIMESTAMP,
  VOID,
} from '../../delta/data-type.ts';
import type { Bound } from '../binder/bound.ts';
import { commonNumeric, implicitCast, isIntegral, unify } from '../binder/coercion.ts';
import { notImplemented, SparkError } from '../spark-error.ts';
import { type CallSite, constantOf, define, mismatch, type Registry, scalar } from './define.ts';

export function registerCollections(registry: Registry): void {
  const same = (args: readonly Bound[]): DataType => args[0]!.type;
  const element = (args: readonly Bound[]): DataType => (args[0]!.type.kind === 'array' ? args[0]!.type.element : VOID);

  define(registry, 'array', {
    kind: 'scalar',
    min: 0,
    max: Number.POSITIVE_INFINITY,
    bind: ({ args, at, text }) => {
      const { values, type } = unify(args, at, text);
      return { sql: `[${values.map((value) => value.sql).join(', ')}]`, type: { kind: 'array', element: type } };
    },
  });
  define(registry, 'named_struct', {
    kind: 'scalar',
    min: 2,
    max: Number.POSITIVE_INFINITY,
    bind: (site) => {
      const names = site.args.flatMap((_, index) => (index % 2 === 0 ? [constantOf(site, index)] : []));
      return structOf(
        names,
        site.args.filter((_, index) => index % 2 === 1),
      );
    },
  });
  define(registry, 'struct', {
    kind: 'scalar',
    min: 1,
    max: Number.POSITIVE_INFINITY,
    bind: ({ args, call }) => {
      const names = call.args.map((arg, index) => (arg.node === 'column' ? arg.parts.at(-1)! : `col${index + 1}`));
      return structOf(names, args);
    },
  });
  define(registry, 'map', {
    kind: 'scalar',
    min: 0,
    max: Number.POSITIVE_INFINITY,
    bind: ({ args, at, text }) => {
      const keys = unify(
        args.filter((_, index) => index % 2 === 0),
        at,
        text,
      );
      const values = unify(
        args.filter((_, index) => index % 2 === 1),
        at,
        text,
      );
      const entries = keys.values.map((key, index) => `${key.sql}: ${values.values[index]!.sql}`);
      return { sql: `MAP {${entries.join(', ')}}`, type: { kind: 'map', key: keys.type, value: values.type } };
    },
  });

  define(registry, 'size cardinality array_size', {
    kind: 'scalar',
    min: 1,
    max: 1,
    bind: (site) => {
      const arg = site.args[0]!;
      if (arg.type.kind === 'array') return { sql: `CAST(len(${arg.sql}) AS INTEGER)`, type: INTEGER };
      if (arg.type.kind === 'map') return { sql: `CAST(cardinality(${arg.sql}) AS INTEGER)`, type: INTEGER };
      throw mismatch(arg, 'ARRAY or MAP', site);
    },
  });
  scalar(
    registry,
    'array_join',
    ['array', STRING, STRING],
    STRING,
    ([a, by, missing]) => {
      const list = `CAST(${a} AS VARCHAR[])`;
      return missing === undefined
        ? `array_to_string(list_filter(${list}, lambda v: v IS NOT NULL), ${by})`
        : `array_to_string(list_transform(${list}, lambda v: coalesce(v, ${missing})), ${by})`;
    },
    { optional: 1 },
  );
  // array_sort puts NULLs last; sort_array first when ascending, last when descending.
  scalar(registry, 'array_sort', ['array'], same, ([a]) => `list_sort(${a}, 'ASC', 'NULLS LAST')`);
  scalar(
    registry,
    'sort_array',
    ['array', BOOLEAN],
    same,
    ([a], site) =>
      site.args[1] !== undefined && constantOf(site, 1) === 'false'
        ? `list_sort(${a}, 'DESC', 'NULLS LAST')`
        : `list_sort(${a}, 'ASC', 'NULLS FIRST')`,
    { optional: 1 },
  );
  scalar(
    registry,
    'array_contains',
    ['array', 'any'],
    BOOLEAN,
    ([a, value]) =>
      `CASE WHEN ${value} IS NULL THEN NULL WHEN list_contains(${a}, ${value}) THEN TRUE WHEN list_count(${a}) < len(${a}) THEN NULL ELSE list_contains(${a}, ${value}) END`,
  );
  scalar(registry, 'array_distinct', ['array'], same, ([a]) => `list_distinct(${a})`);
  scalar(registry, 'array_compact', ['array'], same, ([a]) => `list_filter(${a}, lambda v: v IS NOT NULL)`);
  scalar(registry, 'array_max', ['array'], element, ([a]) => `list_max(${a})`);
  scalar(registry, 'array_min', ['array'], element, ([a]) => `list_min(${a})`);
  define(registry, 'element_at try_element_at', {
    kind: 'scalar',
    min: 2,
    max: 2,
    bind: (site) => {
      const [collection, index] = site.args;
      const { type } = collection!;
      if (type.kind === 'map')
        return { sql: `(${collection!.sql})[${implicitCast(index!, type.key, site.at).sql}]`, type: type.value };
      if (type.kind !== 'array') throw mismatch(collection!, 'ARRAY or MAP', site);
      const position = implicitCast(index!, INTEGER, site.at).sql;
      return {
        sql:
          site.name === 'element_at'
            ? `spark_element_at(${collection!.sql}, ${position})`
            : `list_extract(${collection!.sql}, ${position})`,
        type: type.element,
      };
    },
  });
  scalar(
    registry,
    'map_keys',
    ['any'],
    ([a]) => ({ kind: 'array', element: a!.type.kind === 'map' ? a!.type.key : VOID }),
    ([a]) => `map_keys(${a})`,
  );
  scalar(
    registry,
    'map_values',
    ['any'],
    ([a]) => ({ kind: 'array', element: a!.type.kind === 'map' ? a!.type.value : VOID }),
    ([a]) => `map_values(${a})`,
  );

  define(registry, 'sequence', { kind: 'scalar', min: 2, max: 3, bind: sequence });
  define(registry, 'explode', {
    kind: 'scalar',
    min: 1,
    max: 1,
    bind: (site) => {
      const arg = site.args[0]!;
      if (arg.type.kind === 'map') throw notImplemented('explode of a map', site.at);
      if (arg.type.kind !== 'array') throw mismatch(arg, 'ARRAY', site);
      return { sql: `unnest(${arg.sql})`, type: arg.type.element, generator: true };
    },
  });
}

function structOf(names: readonly string[], values: readonly Bound[]): Bound {
  const fields = names.map((name, index): Field => ({ name, type: values[index]!.type, nullable: true }));
  return {
    sql: `{${names.map((name, index) => `${quoteName(name)}: ${values[index]!.sql}`).join(', ')}}`,
    type: { kind: 'struct', fields },
  };
}

/** sequence(start, stop[, step]): the stop is included; without a step it runs up or down by one (a day). */
function sequence({ args, at, text }: CallSite): Bound {
  const [start, stop, step] = args;
  if (isIntegral(start!.type) && isIntegral(stop!.type)) {
    const type = commonNumeric(start!.type, stop!.type);
    const [from, to] = [implicitCast(start!, LONG, at).sql, implicitCast(stop!, LONG, at).sql];
    const by = step === undefined ? `CASE WHEN ${from} <= ${to} THEN 1 ELSE -1 END` : implicitCast(step, LONG, at).sql;
    return {
      sql: `CAST(generate_series(${from}, ${to}, ${by}) AS ${type.kind === 'long' ? 'BIGINT' : 'INTEGER'}[])`,
      type: { kind: 'array', element: type.kind === 'long' ? LONG : INTEGER },
    };
  }
  const { type } = unify([start!, stop!], at, text);
  if (type.kind !== 'date' && type.kind !== 'timestamp')
    throw new SparkError(
      'DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES',
      `Cannot resolve "${text}" due to data type mismatch: sequence takes integers, dates or timestamps.`,
      { at },
    );
  if (step !== undefined && step.type.kind !== INTERVAL.kind)
    throw notImplemented('sequence of dates with a step that is no interval', at);
  const [from, to] = [start!, stop!].map(
    (bound) => `CAST(${implicitCast(bound, type.kind === 'date' ? DATE : TIMESTAMP, at).sql} AS TIMESTAMP)`,
  );
  const by = step?.sql ?? `CASE WHEN ${from} <= ${to} THEN to_days(1) ELSE to_days(-1) END`;
  return {
    sql: `CAST(generate_series(${from}, ${to}, ${by}) AS ${type.kind === 'date' ? 'DATE' : 'TIMESTAMPTZ'}[])`,
    type: { kind: 'array', element: type },
  };
}
