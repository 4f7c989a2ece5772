import { BIGINT, DATE, DATETIME2, INT, isCharacter, isInteger, isTemporal } from '../bind/types.ts';
import type { BoundExpression } from '../bound.ts';
import { convert } from '../emit/convert.ts';
import { roundDatetime } from '../emit/datetime.ts';
import { raise } from '../emit/raise.ts';
import { notImplemented, SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { asInt, asText, type BuiltIn, type Call, type Family } from './call.ts';

/** Names and abbreviations of date parts. */
const PARTS: Readonly<Record<string, string>> = {
  year: 'year',
  yy: 'year',
  yyyy: 'year',
  quarter: 'quarter',
  qq: 'quarter',
  q: 'quarter',
  month: 'month',
  mm: 'month',
  m: 'month',
  dayofyear: 'dayofyear',
  dy: 'dayofyear',
  y: 'dayofyear',
  day: 'day',
  dd: 'day',
  d: 'day',
  week: 'week',
  wk: 'week',
  ww: 'week',
  weekday: 'weekday',
  dw: 'weekday',
  w: 'weekday',
  hour: 'hour',
  hh: 'hour',
  minute: 'minute',
  mi: 'minute',
  n: 'minute',
  second: 'second',
  ss: 'second',
  s: 'second',
  millisecond: 'millisecond',
  ms: 'millisecond',
  microsecond: 'microsecond',
  mcs: 'microsecond',
  nanosecond: 'nanosecond',
  ns: 'nanosecond',
  tzoffset: 'tzoffset',
  tz: 'tzoffset',
  iso_week: 'iso_week',
  isowk: 'iso_week',
  isoww: 'iso_week',
};

function partOf({ part, node }: Call): string {
  const name = PARTS[part];
  if (name) return name;
  const shown = node.name.parts.at(-1)!.toLowerCase();
  throw new SqlError(155, `'${part}' is not a recognized ${shown} option.`, { severity: 15, line: node.line });
}

/** A date argument: text is read as datetime2, a number as datetime. */
function dateArgument(value: BoundExpression): BoundExpression {
  if (value.untypedNull) return convert(value, DATETIME2);
  if (isTemporal(value.type)) return value;
  return convert(value, isCharacter(value.type) ? DATETIME2 : { name: 'datetime' });
}

/** The wall-clock time as DuckDB DATE, TIME or TIMESTAMP. */
function local(value: BoundExpression): string {
  if (value.type.name !== 'datetimeoffset') return value.sql;
  return convert(value, DATETIME2).sql;
}

/** The same as TIMESTAMP, for functions that take no TIME. */
function timestamp(value: BoundExpression): string {
  if (value.type.name === 'time') return `(DATE '1900-01-01' + ${value.sql})`;
  return value.type.name === 'date' ? `CAST(${value.sql} AS TIMESTAMP)` : local(value);
}

const INTERVALS: Readonly<Record<string, (n: string) => string>> = {
  year: (n) => `to_months(${n} * 12)`,
  quarter: (n) => `to_months(${n} * 3)`,
  month: (n) => `to_months(${n})`,
  dayofyear: (n) => `to_days(${n})`,
  day: (n) => `to_days(${n})`,
  weekday: (n) => `to_days(${n})`,
  week: (n) => `to_days(${n} * 7)`,
  hour: (n) => `to_hours(${n})`,
  minute: (n) => `to_minutes(${n})`,
  second: (n) => `to_seconds(${n})`,
  millisecond: (n) => `to_milliseconds(${n})`,
  microsecond: (n) => `to_microseconds(${n})`,
  nanosecond: (n) => `to_microseconds(${n} // 1000)`,
};

function dateAdd(call: Call): BoundExpression {
  const part = partOf(call);
  const [count, value] = call.args as [BoundExpression, BoundExpression];
  const interval = INTERVALS[part];
  if (!interval)
    throw new SqlError(
      9810,
      `The datepart ${part} is not supported by date function dateadd for data type ${value.type.name}.`,
      { line: call.node.line },
    );
  // The number is cut to an integer; text in place of a date is datetime.
  const n = isInteger(count.type) && !count.untypedNull ? count.sql : convert(count, INT).sql;
  const date = isTemporal(value.type) && !value.untypedNull ? value : convert(value, { name: 'datetime' });
  const moved = interval(n);
  const nullable = count.nullable || value.nullable;
  const { type } = date;
  const result = (sql: string): BoundExpression => ({ sql, type, nullable });
  if (type.name === 'datetimeoffset') {
    const shifted = `{'utc': ${date.sql}."utc" + ${moved}, 'offset': ${date.sql}."offset"}`;
    return result(`CASE WHEN ${date.sql} IS NOT NULL AND ${n} IS NOT NULL THEN ${shifted} END`);
  }
  if (type.name === 'date') {
    if (/hour|minute|second/.test(part)) {
      throw new SqlError(9810, `The datepart ${part} is not supported by date function dateadd for data type date.`, {
        line: call.node.line,
      });
    }
    return result(`CAST(${date.sql} + ${moved} AS DATE)`);
  }
  if (type.name === 'datetime' && part === 'millisecond') return result(roundDatetime(`(${date.sql} + ${moved})`));
  return result(`(${date.sql} + ${moved})`);
}

function dateDiff(type: SqlType): BuiltIn {
  return {
    arity: [2, 2],
    datePart: true,
    bind: (call) => {
      const part = partOf(call);
      const [a, b] = call.args.map(dateArgument) as [BoundExpression, BoundExpression];
      // datetimeoffset counts boundaries in UTC.
      const utc = (v: BoundExpression) => (v.type.name === 'datetimeoffset' ? `${v.sql}."utc"` : v.sql);
      const bothDates = a.type.name === 'date' && b.type.name === 'date';
      const [x, y] = bothDates
        ? [a.sql, b.sql]
        : [a, b].map((v) => (v.type.name === 'time' || v.type.name === 'date' ? timestamp(v) : utc(v)));
      const sql = difference(part, x!, y!, call);
      return {
        sql: `CAST(${sql} AS ${type === INT ? 'INTEGER' : 'BIGINT'})`,
        type,
        nullable: a.nullable || b.nullable,
      };
    },
  };
}

function difference(part: string, a: string, b: string, call: Call): string {
  switch (part) {
    case 'week': {
      // Weeks begin on Sunday whatever DATEFIRST says; 0001-01-01 was a Monday.
      const week = (d: string) => `((date_diff('day', TIMESTAMP '0001-01-01', CAST(${d} AS TIMESTAMP)) + 1) // 7)`;
      return `${week(b)} - ${week(a)}`;
    }
    case 'dayofyear':
    case 'weekday':
      return `date_diff('day', ${a}, ${b})`;
    case 'nanosecond':
      return `date_diff('microsecond', ${a}, ${b}) * 1000`;
    case 'iso_week':
    case 'tzoffset':
      throw new SqlError(9806, `The datepart ${part} is not supported by date function datediff.`, {
        line: call.node.line,
      });
    default:
      return `date_diff('${part}', ${a}, ${b})`;
  }
}

/** DATEPART's number as SQL, of DuckDB type BIGINT. */
function partSql(part: string, value: BoundExpression): string {
  const d = local(value);
  const t = () => timestamp(value);
  switch (part) {
    case 'dayofyear':
      return `dayofyear(${t()})`;
    case 'weekday':
      return `dayofweek(${t()}) + 1`;
    case 'week':
      return `(dayofyear(${t()}) + dayofweek(date_trunc('year', ${t()})) - 1) // 7 + 1`;
    case 'iso_week':
      return `weekofyear(${t()})`;
    case 'hour':
    case 'minute':
    case 'second':
      return `${part}(${t()})`;
    case 'millisecond':
      return `millisecond(${t()}) % 1000`;
    case 'microsecond':
      return `microsecond(${t()}) % 1000000`;
    case 'nanosecond':
      return `microsecond(${t()}) % 1000000 * 1000`;
    case 'tzoffset':
      return value.type.name === 'datetimeoffset' ? `${value.sql}."offset"` : '0';
    default:
      return `${part}(${value.type.name === 'time' ? t() : d})`;
  }
}

function datePart(call: Call, part = partOf(call)): BoundExpression {
  const value = dateArgument(call.args[0]!);
  return { sql: `CAST(${partSql(part, value)} AS INTEGER)`, type: INT, nullable: value.nullable };
}

function dateName(call: Call): BoundExpression {
  const part = partOf(call);
  const value = dateArgument(call.args[0]!);
  const sql =
    part === 'month'
      ? `monthname(${timestamp(value)})`
      : part === 'weekday'
        ? `dayname(${timestamp(value)})`
        : `CAST(${partSql(part, value)} AS VARCHAR)`;
  return { sql, type: { name: 'nvarchar', length: 30 }, nullable: value.nullable };
}

function dateTrunc(call: Call): BoundExpression {
  const part = partOf(call);
  const value = dateArgument(call.args[0]!);
  if (value.type.name === 'datetimeoffset' || value.type.name === 'time')
    throw notImplemented(`DATETRUNC of ${value.type.name}`, call.node.line);
  const unit = part === 'dayofyear' ? 'day' : part === 'iso_week' ? 'week' : part;
  if (unit === 'weekday' || unit === 'tzoffset' || unit === 'nanosecond') {
    throw new SqlError(9806, `The datepart ${part} is not supported by date function datetrunc.`, {
      line: call.node.line,
    });
  }
  const sql =
    part === 'week'
      ? `(date_trunc('day', ${value.sql}) - to_days(CAST(dayofweek(${value.sql}) AS INTEGER)))`
      : `date_trunc('${unit}', ${value.sql})`;
  return {
    sql: value.type.name === 'date' ? `CAST(${sql} AS DATE)` : `CAST(${sql} AS TIMESTAMP)`,
    type: value.type,
    nullable: value.nullable,
  };
}

/** Builds a date from numbers; values that make none are error 289. */
function fromParts(
  arity: number,
  name: string,
  type: (args: readonly BoundExpression[]) => SqlType,
  sql: (n: readonly string[]) => string,
): BuiltIn {
  return {
    arity: [arity, arity],
    bind: ({ args }) => {
      const numbers = args.map(asInt);
      const made = sql(numbers);
      const ranges = [
        'BETWEEN 1 AND 9999',
        'BETWEEN 1 AND 12',
        'BETWEEN 1 AND 31',
        'BETWEEN 0 AND 23',
        'BETWEEN 0 AND 59',
        'BETWEEN 0 AND 59',
      ];
      const parts = name === 'time' ? ranges.slice(3) : ranges.slice(0, Math.min(arity, 6));
      const checks = numbers.slice(0, parts.length).map((n, i) => `${n} ${parts[i]}`);
      if (name !== 'time')
        checks.push(
          `${numbers[2]} <= day(last_day(make_date(greatest(least(${numbers[0]}, 9999), 1), greatest(least(${numbers[1]}, 12), 1), 1)))`,
        );
      const error = raise(
        289,
        `Cannot construct data type ${name}, some of the arguments have values which are not valid.`,
      );
      const nulls = numbers.map((n) => `${n} IS NULL`).join(' OR ');
      return {
        sql: `CASE WHEN ${nulls} THEN NULL WHEN ${checks.join(' AND ')} THEN ${made} ELSE ${error} END`,
        type: type(args),
        nullable: args.some((a) => a.nullable),
      };
    },
  };
}

function scaleOf(value: BoundExpression | undefined): number {
  const scale = Number(value?.literal ?? 7);
  return Number.isInteger(scale) && scale >= 0 && scale <= 7 ? scale : 7;
}

const one = (part: string): BuiltIn => ({ arity: [1, 1], bind: (call) => datePart(call, part) });

export const DATE_AND_TIME: Family = {
  DATEADD: { arity: [2, 2], datePart: true, bind: dateAdd },
  DATEDIFF: dateDiff(INT),
  DATEDIFF_BIG: dateDiff(BIGINT),
  DATEPART: { arity: [1, 1], datePart: true, bind: (call) => datePart(call) },
  DATENAME: { arity: [1, 1], datePart: true, bind: dateName },
  DATETRUNC: { arity: [1, 1], datePart: true, bind: dateTrunc },
  YEAR: one('year'),
  MONTH: one('month'),
  DAY: one('day'),
  EOMONTH: {
    arity: [1, 2],
    bind: ({ args }) => {
      const date = convert(dateArgument(args[0]!), DATE);
      const moved = args[1] ? `CAST(${date.sql} + to_months(${asInt(args[1])}) AS DATE)` : date.sql;
      return { sql: `last_day(${moved})`, type: DATE, nullable: args.some((a) => a.nullable) };
    },
  },
  DATEFROMPARTS: fromParts(
    3,
    'date',
    () => DATE,
    (n) => `make_date(${n.join(', ')})`,
  ),
  DATETIMEFROMPARTS: fromParts(
    7,
    'datetime',
    () => ({ name: 'datetime' }),
    (n) => roundDatetime(`(make_timestamp(${n.slice(0, 5).join(', ')}, ${n[5]} + ${n[6]} / 1000.0))`),
  ),
  SMALLDATETIMEFROMPARTS: fromParts(
    5,
    'smalldatetime',
    () => ({ name: 'smalldatetime' }),
    (n) => `make_timestamp(${n.join(', ')}, 0)`,
  ),
  DATETIME2FROMPARTS: fromParts(
    8,
    'datetime2',
    (args) => ({ name: 'datetime2', scale: scaleOf(args[7]) }),
    (n) =>
      `(make_timestamp(${n.slice(0, 5).join(', ')}, ${n[5]}) + to_microseconds(CAST(${n[6]} * pow(10, 6 - ${n[7]}) AS BIGINT)))`,
  ),
  TIMEFROMPARTS: fromParts(
    5,
    'time',
    (args) => ({ name: 'time', scale: scaleOf(args[4]) }),
    (n) => `make_time(${n[0]}, ${n[1]}, ${n[2]} + ${n[3]} / pow(10, ${n[4]}))`,
  ),
  ISDATE: {
    arity: [1, 1],
    bind: ({ args }) => {
      const read = convert(asText(args[0]!), { name: 'datetime' }, { attempt: true });
      return { sql: `CAST(${read.sql} IS NOT NULL AS INTEGER)`, type: INT, nullable: false };
    },
  },
  TODATETIMEOFFSET: offsetFunction(
    (value, minutes) =>
      `{'utc': ${convert(value, DATETIME2).sql} - to_minutes(${minutes}), 'offset': CAST(${minutes} AS SMALLINT)}`,
  ),
  SWITCHOFFSET: offsetFunction((value, minutes) => {
    const moved = convert(value, { name: 'datetimeoffset', scale: 7 });
    return `{'utc': ${moved.sql}."utc", 'offset': CAST(${minutes} AS SMALLINT)}`;
  }),
};

/** The offset is minutes, or text such as '+02:00'. */
function offsetFunction(sql: (value: BoundExpression, minutes: string) => string): BuiltIn {
  return {
    arity: [2, 2],
    bind: ({ args, node }) => {
      const value = dateArgument(args[0]!);
      let minutes = isCharacter(args[1]!.type) ? '' : asInt(args[1]!);
      const text = /^([+-])(\d\d):(\d\d)$/.exec(String(args[1]!.literal));
      if (text) minutes = String((text[1] === '-' ? -1 : 1) * (Number(text[2]) * 60 + Number(text[3])));
      if (minutes === '') throw notImplemented('an offset that is not a literal', node.line);
      const type: SqlType = { name: 'datetimeoffset', scale: value.type.scale ?? 7 };
      return {
        sql: `CASE WHEN ${value.sql} IS NOT NULL THEN ${sql(value, minutes)} END`,
        type,
        nullable: value.nullable,
      };
    },
  };
}
