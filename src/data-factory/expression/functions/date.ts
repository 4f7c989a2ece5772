import {
  addMonths,
  type DateTime,
  fromDate,
  inRange,
  partsOf,
  ticksOf,
  ticksPerDay,
  ticksPerHour,
  ticksPerMinute,
  ticksPerSecond,
} from '../date/date-time.ts';
import { formatDate } from '../date/format-date.ts';
import { parseDate } from '../date/parse-date.ts';
import { findZone, localToUtc, utcToLocal } from '../date/time-zone.ts';
import { ExpressionError } from '../error.ts';
import { integer } from '../value.ts';
import { define, type FunctionDefinition } from './define.ts';

type Int = number | bigint;

const spans = {
  Second: ticksPerSecond,
  Minute: ticksPerMinute,
  Hour: ticksPerHour,
  Day: ticksPerDay,
  Week: 7n * ticksPerDay,
};
const monthsIn = { Month: 1n, Year: 12n };
const units = [...Object.keys(spans), ...Object.keys(monthsIn)];

export const dateFunctions: readonly FunctionDefinition[] = [
  ...(['Day', 'Hour', 'Minute', 'Second'] as const).map((unit) => {
    const name = `add${unit}s`;
    return define(
      `${name}(timestamp: string, ${unit.toLowerCase()}s: integer, format?: string): string`,
      (_, timestamp: string, count: Int, format?: string) =>
        write(shift(read(name, timestamp), BigInt(count), unit), format),
    );
  }),
  define(
    'addToTime(timestamp: string, interval: integer, timeUnit: string, format?: string): string',
    (_, timestamp: string, interval: Int, unit: string, format?: string) =>
      write(shift(read('addToTime', timestamp), BigInt(interval), unit), format),
  ),
  define(
    'subtractFromTime(timestamp: string, interval: integer, timeUnit: string, format?: string): string',
    (_, timestamp: string, interval: Int, unit: string, format?: string) =>
      write(shift(read('subtractFromTime', timestamp), -BigInt(interval), unit), format),
  ),
  define(
    'getFutureTime(interval: integer, timeUnit: string, format?: string): string',
    (context, interval: Int, unit: string, format?: string) =>
      write(shift(fromDate(context.now()), BigInt(interval), unit), format),
  ),
  define(
    'getPastTime(interval: integer, timeUnit: string, format?: string): string',
    (context, interval: Int, unit: string, format?: string) =>
      write(shift(fromDate(context.now()), -BigInt(interval), unit), format),
  ),
  define('utcNow(format?: string): string', (context, format?: string) => write(fromDate(context.now()), format)),
  define('formatDateTime(timestamp: string, format?: string): string', (_, timestamp: string, format?: string) =>
    write(read('formatDateTime', timestamp), format),
  ),
  define(
    'convertFromUtc(timestamp: string, destinationTimeZone: string, format?: string): string',
    (_, timestamp: string, zone: string, format?: string) =>
      write(
        { ticks: utcToLocal(read('convertFromUtc', timestamp).ticks, findZone(zone)), kind: 'unspecified' },
        format,
      ),
  ),
  define(
    'convertToUtc(timestamp: string, sourceTimeZone: string, format?: string): string',
    (_, timestamp: string, zone: string, format?: string) =>
      write({ ticks: toUtc(read('convertToUtc', timestamp), zone), kind: 'utc' }, format),
  ),
  define(
    'convertTimeZone(timestamp: string, sourceTimeZone: string, destinationTimeZone: string, format?: string): string',
    (_, timestamp: string, source: string, destination: string, format?: string) =>
      write(
        {
          ticks: utcToLocal(toUtc(read('convertTimeZone', timestamp), source), findZone(destination)),
          kind: 'unspecified',
        },
        format,
      ),
  ),
  define(
    'dayOfMonth(timestamp: string): integer',
    (_, timestamp: string) => partsOf(read('dayOfMonth', timestamp).ticks).day,
  ),
  define(
    'dayOfWeek(timestamp: string): integer',
    (_, timestamp: string) => partsOf(read('dayOfWeek', timestamp).ticks).weekday,
  ),
  define(
    'dayOfYear(timestamp: string): integer',
    (_, timestamp: string) => partsOf(read('dayOfYear', timestamp).ticks).dayOfYear,
  ),
  define('startOfDay(timestamp: string, format?: string): string', (_, timestamp: string, format?: string) =>
    write(floor(read('startOfDay', timestamp), ticksPerDay), format),
  ),
  define('startOfHour(timestamp: string, format?: string): string', (_, timestamp: string, format?: string) =>
    write(floor(read('startOfHour', timestamp), ticksPerHour), format),
  ),
  define('startOfMonth(timestamp: string, format?: string): string', (_, timestamp: string, format?: string) => {
    const { ticks, kind } = read('startOfMonth', timestamp);
    const { year, month } = partsOf(ticks);
    return write({ ticks: ticksOf(year, month, 1), kind }, format);
  }),
  define('ticks(timestamp: string): integer', (_, timestamp: string) => integer(read('ticks', timestamp).ticks)),
];

function read(name: string, timestamp: string): DateTime {
  const date = parseDate(timestamp);
  if (date !== undefined) return date;
  throw new ExpressionError(
    `In the function '${name}', the value provided for date time string '${timestamp}' was not valid. The datetime string must match ISO 8601 format, such as '2018-03-15T13:27:36Z'.`,
    { functionName: name },
  );
}

/** Documented default: the round-trip format. An empty format means the default too. */
function write(date: DateTime, format = 'o'): string {
  return formatDate(date, format === '' ? 'o' : format);
}

/** Text that carries its own offset is UTC already and the zone's name is not asked. */
function toUtc(date: DateTime, zone: string): bigint {
  const found = findZone(zone);
  return date.kind === 'utc' ? date.ticks : localToUtc(date.ticks, found);
}

function floor({ ticks, kind }: DateTime, unit: bigint): DateTime {
  return { ticks: ticks - (ticks % unit), kind };
}

function shift({ ticks, kind }: DateTime, count: bigint, unitText: string): DateTime {
  const unit = units.find((known) => known.toLowerCase() === unitText.toLowerCase());
  if (unit === undefined)
    throw new ExpressionError(
      `The time unit '${unitText}' is not valid: expected one of ${units.map((known) => `'${known}'`).join(', ')}.`,
    );
  const shifted =
    unit in spans
      ? ticks + count * spans[unit as keyof typeof spans]
      : addMonths(ticks, count * monthsIn[unit as keyof typeof monthsIn]);
  if (shifted === undefined || !inRange(shifted))
    throw new ExpressionError(`Moving the time by ${count} ${unit} leaves the calendar: years go from 1 to 9999.`);
  return { ticks: shifted, kind };
}
