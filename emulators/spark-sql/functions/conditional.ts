import { BOOLEAN, type DataType, STRING, typeName, VOID } from '../../delta/data-type.ts';
import { type Bound, literal } from '../binder/bound.ts';
import { implicitCast, raise, unify } from '../binder/coercion.ts';
import { type CallSite, define, type Registry, scalar } from './define.ts';

/** NULLs, choices, and what a session knows of itself. */
export function registerConditionals(registry: Registry): void {
  const unified = (
    names: string,
    min: number,
    emit: (sql: readonly string[]) => string,
    max = Number.POSITIVE_INFINITY,
  ): void =>
    define(registry, names, {
      kind: 'scalar',
      min,
      max,
      bind: ({ args, at, text }) => {
        const { values, type } = unify(args, at, text);
        return { sql: emit(values.map((value) => value.sql)), type };
      },
    });
  unified('coalesce', 1, (args) => `coalesce(${args.join(', ')})`);
  unified('nvl ifnull', 2, ([a, b]) => `coalesce(${a}, ${b})`, 2);
  // greatest and least pass NULLs over, and are NULL only when all are: DuckDB's do the same.
  unified('greatest', 2, (args) => `greatest(${args.join(', ')})`);
  unified('least', 2, (args) => `least(${args.join(', ')})`);

  const choice = (
    { at, text }: CallSite,
    when: (sql: readonly string[]) => string,
    condition: Bound,
    branches: readonly Bound[],
  ): Bound => {
    const { values, type } = unify(branches, at, text);
    return { sql: when([condition.sql, ...values.map((value) => value.sql)]), type };
  };
  define(registry, 'if iff', {
    kind: 'scalar',
    min: 3,
    max: 3,
    bind: (site) =>
      choice(
        site,
        ([c, a, b]) => `CASE WHEN ${c} THEN ${a} ELSE ${b} END`,
        implicitCast(site.args[0]!, BOOLEAN, site.at),
        site.args.slice(1),
      ),
  });
  define(registry, 'nvl2', {
    kind: 'scalar',
    min: 3,
    max: 3,
    bind: (site) =>
      choice(
        site,
        ([c, a, b]) => `CASE WHEN ${c} IS NOT NULL THEN ${a} ELSE ${b} END`,
        site.args[0]!,
        site.args.slice(1),
      ),
  });
  define(registry, 'nullif', {
    kind: 'scalar',
    min: 2,
    max: 2,
    bind: ({ args: [left, right], at, text }) => {
      const { values } = unify([left!, right!], at, text);
      return {
        sql: `CASE WHEN ${values[0]!.sql} = ${values[1]!.sql} THEN NULL ELSE ${left!.sql} END`,
        type: left!.type,
      };
    },
  });
  define(registry, 'equal_null', {
    kind: 'scalar',
    min: 2,
    max: 2,
    bind: ({ args, at, text }) => {
      const { values } = unify(args, at, text);
      return { sql: `(${values[0]!.sql} IS NOT DISTINCT FROM ${values[1]!.sql})`, type: BOOLEAN };
    },
  });
  const same = (args: readonly Bound[]): DataType => args[0]!.type;
  scalar(registry, 'isnull', ['any'], BOOLEAN, ([a]) => `(${a} IS NULL)`);
  scalar(registry, 'isnotnull', ['any'], BOOLEAN, ([a]) => `(${a} IS NOT NULL)`);
  scalar(registry, 'zeroifnull', ['number'], same, ([a]) => `coalesce(${a}, 0)`);
  scalar(registry, 'nullifzero', ['number'], same, ([a]) => `nullif(${a}, 0)`);

  define(registry, 'typeof', {
    kind: 'scalar',
    min: 1,
    max: 1,
    bind: ({ args }) => literal(STRING, typeName(args[0]!.type).toLowerCase()),
  });
  define(registry, 'raise_error', {
    kind: 'scalar',
    min: 1,
    max: 1,
    bind: ({ args, at }) => ({
      sql: raise('USER_RAISED_EXCEPTION', implicitCast(args[0]!, STRING, at).sql, VOID),
      type: VOID,
    }),
  });
  define(registry, 'assert_true', {
    kind: 'scalar',
    min: 1,
    max: 2,
    bind: ({ args: [condition, message], at, text }) => {
      const told =
        message === undefined ? literal(STRING, `'${text}' is not true!`) : implicitCast(message, STRING, at);
      return {
        sql: `CASE WHEN ${implicitCast(condition!, BOOLEAN, at).sql} THEN NULL ELSE ${raise('USER_RAISED_EXCEPTION', told.sql, VOID)} END`,
        type: VOID,
      };
    },
  });
  scalar(registry, 'uuid', [], STRING, () => 'CAST(uuid() AS VARCHAR)');
  scalar(registry, 'current_user session_user user', [], STRING, () => "'local'");
  const current = (names: string, part: 0 | 1): void =>
    scalar(
      registry,
      names,
      [],
      STRING,
      (_, { place }) => literal(STRING, place.binding.environment.namespace[part]).sql,
    );
  current('current_catalog', 0);
  current('current_schema current_database', 1);
  define(registry, 'decode', {
    kind: 'scalar',
    min: 3,
    max: Number.POSITIVE_INFINITY,
    bind: ({ args, at, text }) => {
      const [subject, ...rest] = args;
      const pairs = Math.floor(rest.length / 2);
      const searches = Array.from(
        { length: pairs },
        (_, index) => unify([subject!, rest[index * 2]!], at, text).values,
      );
      const results = [
        ...Array.from({ length: pairs }, (_, index) => rest[index * 2 + 1]!),
        ...(rest.length % 2 === 1 ? [rest.at(-1)!] : []),
      ];
      const { values, type } = unify(results, at, text);
      const whens = searches.map(
        ([a, b], index) => `WHEN ${a!.sql} IS NOT DISTINCT FROM ${b!.sql} THEN ${values[index]!.sql}`,
      );
      return { sql: `CASE ${whens.join(' ')} ${rest.length % 2 === 1 ? `ELSE ${values.at(-1)!.sql} ` : ''}END`, type };
    },
  });
}
