import {
  BOOLEAN,
  DATE,
  DOUBLE,
  INTEGER,
  LONG,
  quoteString,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
} from '../../delta/data-type.ts';
import { type Bound, literal } from '../binder/bound.ts';
import { implicitCast } from '../binder/coercion.ts';
import { SparkError } from '../spark-error.ts';
import { formatSql, parseFormat } from './date-pattern.ts';
import { type CallSite, constantOf, define, type Registry, scalar } from './define.ts';

/** Functions of dates and instants. The session's time zone is UTC. */
export function registerDatetime(registry: Registry): void {
  const now = ({ place }: CallSite): bigint => place.binding.environment.nowMicros;
  const instant = (site: CallSite): string => `make_timestamptz(CAST(${now(site)} AS BIGINT))`;
  scalar(registry, 'current_timestamp now', [], TIMESTAMP, (_, site) => instant(site));
  scalar(registry, 'localtimestamp', [], TIMESTAMP_NTZ, (_, site) => `CAST(${instant(site)} AS TIMESTAMP)`);
  scalar(
    registry,
    'current_date curdate',
    [],
    DATE,
    (_, site) => literal(DATE, new Date(Number(now(site) / 1000n)).toISOString().slice(0, 10)).sql,
  );
  scalar(registry, 'current_timezone', [], STRING, () => "'UTC'");

  for (const [names, sql] of [
    ['year', 'year($)'],
    ['quarter', 'quarter($)'],
    ['month', 'month($)'],
    ['day dayofmonth', 'day($)'],
    ['dayofyear', 'dayofyear($)'],
    // Sunday is 1; DuckDB's Sunday is 0.
    ['dayofweek', 'dayofweek($) + 1'],
    // Monday is 0.
    ['weekday', 'isodow($) - 1'],
    ['weekofyear', 'weekofyear($)'],
  ] as const)
    scalar(registry, names, [DATE], INTEGER, ([a]) => `CAST(${sql.replace('$', a!)} AS INTEGER)`);
  for (const part of ['hour', 'minute', 'second'])
    scalar(registry, part, [TIMESTAMP], INTEGER, ([a]) => `CAST(${part}(CAST(${a} AS TIMESTAMP)) AS INTEGER)`);
  scalar(registry, 'dayname', [DATE], STRING, ([a]) => `strftime(${a}, '%a')`);
  scalar(registry, 'monthname', [DATE], STRING, ([a]) => `strftime(${a}, '%b')`);

  define(registry, 'date_trunc', {
    kind: 'scalar',
    min: 2,
    max: 2,
    bind: (site) => {
      const unit = truncations[constantOf(site, 0).toUpperCase()];
      const value = implicitCast(site.args[1]!, TIMESTAMP, site.at);
      if (unit === undefined) return literal(TIMESTAMP, null);
      return { sql: `CAST(date_trunc('${unit}', CAST(${value.sql} AS TIMESTAMP)) AS TIMESTAMPTZ)`, type: TIMESTAMP };
    },
  });
  scalar(registry, 'trunc', [DATE, STRING], DATE, ([a], site) => {
    const unit = truncations[constantOf(site, 1).toUpperCase()];
    // Units below a week have no meaning for a date: NULL, as Spark answers.
    return unit !== undefined && ['year', 'quarter', 'month', 'week'].includes(unit)
      ? `CAST(date_trunc('${unit}', ${a}) AS DATE)`
      : 'CAST(NULL AS DATE)';
  });

  define(registry, 'date_add dateadd', { kind: 'scalar', min: 2, max: 3, bind: (site) => shift(site, 1) });
  define(registry, 'date_sub', { kind: 'scalar', min: 2, max: 2, bind: (site) => shift(site, -1) });
  define(registry, 'timestampadd', { kind: 'scalar', min: 3, max: 3, bind: (site) => shift(site, 1) });
  define(registry, 'datediff date_diff', { kind: 'scalar', min: 2, max: 3, bind: difference });
  define(registry, 'timestampdiff', { kind: 'scalar', min: 3, max: 3, bind: difference });
  scalar(registry, 'add_months', [DATE, INTEGER], DATE, ([a, n]) => `CAST(${a} + to_months(${n}) AS DATE)`);
  scalar(
    registry,
    'months_between',
    [TIMESTAMP, TIMESTAMP, BOOLEAN],
    DOUBLE,
    ([a, b, rounded = 'TRUE']) => `spark_months_between(CAST(${a} AS TIMESTAMP), CAST(${b} AS TIMESTAMP), ${rounded})`,
    {
      optional: 1,
    },
  );
  scalar(registry, 'last_day', [DATE], DATE, ([a]) => `last_day(${a})`);
  scalar(registry, 'next_day', [DATE, STRING], DATE, ([a], site) => {
    const day = weekdays.indexOf(constantOf(site, 1).slice(0, 2).toUpperCase());
    if (day < 0)
      throw new SparkError('ILLEGAL_DAY_OF_WEEK', `Illegal input for day of week: ${constantOf(site, 1)}.`, {
        at: site.at,
        sqlState: '22009',
      });
    return `(${a} + CAST((${day} - isodow(${a}) + 7) % 7 + CASE WHEN (${day} - isodow(${a}) + 7) % 7 = 0 THEN 7 ELSE 0 END AS INTEGER))`;
  });
  scalar(registry, 'make_date', [INTEGER, INTEGER, INTEGER], DATE, ([y, m, d]) => `make_date(${y}, ${m}, ${d})`);
  scalar(
    registry,
    'make_timestamp',
    [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, DOUBLE],
    TIMESTAMP,
    (parts) => `CAST(make_timestamp(${parts.join(', ')}) AS TIMESTAMPTZ)`,
  );

  define(registry, 'to_date', { kind: 'scalar', min: 1, max: 2, bind: (site) => parse(site, 'date') });
  define(registry, 'date', {
    kind: 'scalar',
    min: 1,
    max: 1,
    bind: ({ args, at }) => implicitCast(args[0]!, DATE, at),
  });
  define(registry, 'timestamp', {
    kind: 'scalar',
    min: 1,
    max: 1,
    bind: ({ args, at }) => implicitCast(args[0]!, TIMESTAMP, at),
  });
  define(registry, 'to_timestamp', { kind: 'scalar', min: 1, max: 2, bind: (site) => parse(site, 'timestamp') });
  for (const [name, kind] of [
    ['try_to_timestamp', 'timestamp'],
    ['try_to_date', 'date'],
  ] as const)
    define(registry, name, {
      kind: 'scalar',
      min: 1,
      max: 2,
      bind: (site) => {
        const bound = parse(site, kind);
        return { ...bound, sql: `TRY(${bound.sql})` };
      },
    });
  scalar(registry, 'date_format', [TIMESTAMP, STRING], STRING, ([a], site) =>
    formatSql(`CAST(${a} AS TIMESTAMP)`, constantOf(site, 1), site.at),
  );
  define(registry, 'unix_timestamp to_unix_timestamp', {
    kind: 'scalar',
    min: 0,
    max: 2,
    bind: (site) => {
      if (site.args.length === 0) return { sql: `CAST(${now(site) / 1_000_000n} AS BIGINT)`, type: LONG };
      const value =
        site.args[0]!.type.kind === 'string'
          ? parse(
              { ...site, args: [site.args[0]!, site.args[1] ?? literal(STRING, 'yyyy-MM-dd HH:mm:ss')] },
              'timestamp',
            )
          : implicitCast(site.args[0]!, TIMESTAMP, site.at);
      return { sql: `spark_epoch_seconds(${value.sql})`, type: LONG };
    },
  });
  scalar(
    registry,
    'from_unixtime',
    [LONG, STRING],
    STRING,
    ([a], site) =>
      formatSql(
        `CAST(make_timestamptz(${a} * 1000000) AS TIMESTAMP)`,
        site.args[1] === undefined ? 'yyyy-MM-dd HH:mm:ss' : constantOf(site, 1),
        site.at,
      ),
    { optional: 1 },
  );
  scalar(registry, 'timestamp_seconds', [LONG], TIMESTAMP, ([a]) => `make_timestamptz(${a} * 1000000)`);
  scalar(registry, 'timestamp_millis', [LONG], TIMESTAMP, ([a]) => `make_timestamptz(${a} * 1000)`);
  scalar(registry, 'timestamp_micros', [LONG], TIMESTAMP, ([a]) => `make_timestamptz(${a})`);
  scalar(registry, 'unix_seconds', [TIMESTAMP], LONG, ([a]) => `spark_epoch_seconds(${a})`);
  scalar(registry, 'unix_millis', [TIMESTAMP], LONG, ([a]) => `CAST(floor(epoch_us(${a}) / 1000) AS BIGINT)`);
  scalar(registry, 'unix_micros', [TIMESTAMP], LONG, ([a]) => `epoch_us(${a})`);
  scalar(registry, 'unix_date', [DATE], INTEGER, ([a]) => `CAST(${a} - DATE '1970-01-01' AS INTEGER)`);
  scalar(registry, 'date_from_unix_date', [INTEGER], DATE, ([a]) => `(DATE '1970-01-01' + ${a})`);
}

const weekdays = ['', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

const truncations: Readonly<Record<string, string>> = {
  YEAR: 'year',
  YYYY: 'year',
  YY: 'year',
  QUARTER: 'quarter',
  MONTH: 'month',
  MM: 'month',
  MON: 'month',
  WEEK: 'week',
  DAY: 'day',
  DD: 'day',
  HOUR: 'hour',
  MINUTE: 'minute',
  SECOND: 'second',
  MILLISECOND: 'millisecond',
  MICROSECOND: 'microsecond',
};

const steps: Readonly<Record<string, string>> = {
  YEAR: 'to_years(CAST($ AS INTEGER))',
  QUARTER: 'to_months(CAST($ * 3 AS INTEGER))',
  MONTH: 'to_months(CAST($ AS INTEGER))',
  WEEK: 'to_days(CAST($ * 7 AS INTEGER))',
  DAY: 'to_days(CAST($ AS INTEGER))',
  HOUR: 'to_hours($)',
  MINUTE: 'to_minutes($)',
  SECOND: 'to_seconds($)',
  MILLISECOND: 'to_milliseconds($)',
  MICROSECOND: 'to_microseconds($)',
};

function unitOf(site: CallSite): string {
  const unit = site.args[0]!.constant?.toUpperCase() ?? '';
  if (steps[unit] === undefined)
    throw new SparkError(
      'INVALID_PARAMETER_VALUE.DATETIME_UNIT',
      `The value of parameter(s) \`unit\` in \`${site.name}\` is invalid: ${unit}.`,
      { at: site.at, sqlState: '22023' },
    );
  return unit;
}

/** date_add(date, days) and date_add(UNIT, n, timestamp). */
function shift(site: CallSite, sign: 1 | -1): Bound {
  const { args, at } = site;
  if (args.length === 2) {
    const date = implicitCast(args[0]!, DATE, at);
    const days = implicitCast(args[1]!, INTEGER, at);
    return { sql: `(${date.sql} ${sign === 1 ? '+' : '-'} ${days.sql})`, type: DATE };
  }
  const step = steps[unitOf(site)]!.replace('$', implicitCast(args[1]!, LONG, at).sql);
  const from = implicitCast(args[2]!, TIMESTAMP, at);
  return { sql: `(${from.sql} + ${step})`, type: TIMESTAMP };
}

/** datediff(end, start) in days; datediff(UNIT, start, end) in whole units elapsed. */
function difference(site: CallSite): Bound {
  const { args, at } = site;
  if (args.length === 2) {
    const [end, start] = args.map((arg) => implicitCast(arg, DATE, at));
    return { sql: `CAST(${end!.sql} - ${start!.sql} AS INTEGER)`, type: INTEGER };
  }
  const unit = unitOf(site).toLowerCase();
  const [start, end] = args.slice(1).map((arg) => `CAST(${implicitCast(arg, TIMESTAMP, at).sql} AS TIMESTAMP)`);
  // DuckDB counts a month from the 31st to the 29th as whole; java.time, and so Spark, does not.
  const months = { month: 1, quarter: 3, year: 12 }[unit];
  if (months !== undefined)
    return { sql: `CAST(spark_months_elapsed(${start}, ${end}) // ${months} AS BIGINT)`, type: LONG };
  return { sql: `CAST(date_sub('${unit}', ${start}, ${end}) AS BIGINT)`, type: LONG };
}

function parse(site: CallSite, to: 'date' | 'timestamp'): Bound {
  const [value, format] = site.args;
  const type = to === 'date' ? DATE : TIMESTAMP;
  if (format === undefined || value!.type.kind !== 'string') return implicitCast(value!, type, site.at);
  const pattern = parseFormat(constantOf(site, 1), site.at);
  return {
    sql: `CAST(strptime(${value!.sql}, ${quoteString(pattern)}) AS ${to === 'date' ? 'DATE' : 'TIMESTAMPTZ'})`,
    type,
  };
}
