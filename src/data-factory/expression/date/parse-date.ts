import {
  type DateTime,
  daysInMonth,
  inRange,
  partsOf,
  ticksOf,
  ticksPerHour,
  ticksPerMinute,
  ticksPerSecond,
} from './date-time.ts';
import { monthNames, weekdayNames } from './names.ts';

/**
 * DateTime.Parse in the invariant culture, for text with a full date (a year and a month at least): year-first with `-`, `/` or `.`,
 * month-first, month names before or after the day, an optional weekday, a time of day with AM or PM, and Z, GMT, UTC or an offset.
 * Text with an offset becomes UTC. Undefined when it is not such a date: .NET also takes a time or a day alone and fills in today's
 * date, which no pipeline should depend on.
 */
export function parseDate(text: string): DateTime | undefined {
  const trimmed = text.trim();
  const [, before = '', clock, after = ''] = timeOfDay.exec(trimmed) ?? [undefined, trimmed, undefined, ''];
  const time = clock === undefined ? { ticks: 0n, zone: undefined } : readTime(clock + after);
  if (time === undefined) return undefined;
  let zone = time.zone;
  let dateText = before.trim();
  if (clock === undefined) {
    const [, day, mark] = /^(.*?\d)\s*(Z|GMT|UTC)$/i.exec(dateText) ?? [];
    if (day !== undefined && mark !== undefined) {
      dateText = day;
      zone = 0;
    }
  }
  const date = readDate(dateText);
  if (date === undefined) return undefined;
  const ticks = date + time.ticks - BigInt(zone ?? 0) * ticksPerMinute;
  return inRange(ticks) ? { ticks, kind: zone === undefined ? 'unspecified' : 'utc' } : undefined;
}

const timeOfDay = /^(.*?)(?:T|\s|^)\s*(\d{1,2}:\d|\d{1,2}\s*[AP]M?$)(.*)$/is;

function readTime(text: string): { ticks: bigint; zone: number | undefined } | undefined {
  const match =
    /^(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?)?\s*([AP]M?)?\s*(Z|GMT|UTC|[+-]\d{1,2}(?::?\d{2})?)?$/i.exec(
      text,
    );
  if (match === null) return undefined;
  const [, hourText, minuteText = '0', secondText = '0', fraction = '', half, zoneText] = match;
  let hour = Number(hourText);
  const minute = Number(minuteText);
  const second = Number(secondText);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half.toUpperCase().startsWith('P') ? 12 : 0);
  }
  const zone = zoneText === undefined ? undefined : readZone(zoneText);
  if (hour > 23 || minute > 59 || second > 59 || Number.isNaN(zone)) return undefined;
  const ticks =
    BigInt(hour) * ticksPerHour +
    BigInt(minute) * ticksPerMinute +
    BigInt(second) * ticksPerSecond +
    roundTicks(fraction);
  return { ticks, zone };
}

/** Digits past the seventh are rounded. */
function roundTicks(fraction: string): bigint {
  const ticks = BigInt(fraction.slice(0, 7).padEnd(7, '0'));
  return (fraction[7] ?? '0') >= '5' ? ticks + 1n : ticks;
}

/** Minutes east of UTC; NaN when out of range. */
function readZone(text: string): number {
  const match = /^([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(text);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (minutes > 14 * 60 || Number(match[3] ?? 0) > 59) return Number.NaN;
  return match[1] === '-' ? -minutes : minutes;
}

function readDate(text: string): bigint | undefined {
  if (!/^[\p{L}\d]+(?:(?:\s*[-/.]\s*|\s*,\s*|\s+)[\p{L}\d]+)*$/u.test(text)) return undefined;
  let weekday: number | undefined;
  let month: number | undefined;
  let monthAt = 0;
  const numbers: string[] = [];
  for (const word of text.split(/[\s,\-/.]+/)) {
    if (/^\d{1,4}$/.test(word)) numbers.push(word);
    else if (month === undefined && nameIndex(monthNames, word) >= 0) {
      month = nameIndex(monthNames, word) + 1;
      monthAt = numbers.length;
    } else if (weekday === undefined && nameIndex(weekdayNames, word) >= 0) weekday = nameIndex(weekdayNames, word);
    else return undefined;
  }
  const fields = month === undefined ? numeric(numbers) : named(month, monthAt, numbers);
  if (fields === undefined) return undefined;
  const [year, monthNumber, day] = fields;
  if (year < 1 || monthNumber < 1 || monthNumber > 12 || day < 1 || day > daysInMonth(year, monthNumber))
    return undefined;
  const ticks = ticksOf(year, monthNumber, day);
  return weekday === undefined || partsOf(ticks).weekday === weekday ? ticks : undefined;
}

/** The invariant culture's order is month, day, year; a first number of three digits or more is a year. */
function numeric([a, b, c]: readonly string[]): [number, number, number] | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.length > 2) return [Number(a), Number(b), Number(c ?? 1)];
  if (c !== undefined) return [yearOf(c), Number(a), Number(b)];
  return b.length > 2 ? [Number(b), Number(a), 1] : undefined;
}

function named(month: number, monthAt: number, [a, b, extra]: readonly string[]): [number, number, number] | undefined {
  if (a === undefined || extra !== undefined) return undefined;
  if (b === undefined) return a.length > 2 ? [Number(a), month, 1] : undefined;
  // "2009 February 2" and "2009 2 February" start with the year, as "February 2, 2009" and "2 February 2009" end with it.
  if (a.length > 2) return monthAt === 0 ? undefined : [Number(a), month, Number(b)];
  return [yearOf(b), month, Number(a)];
}

/** Two digits mean 1950 to 2049, the invariant calendar's window. */
function yearOf(text: string): number {
  const year = Number(text);
  return text.length > 2 ? year : year + (year < 50 ? 2000 : 1900);
}

function nameIndex(names: readonly string[], word: string): number {
  const sought = word.toLowerCase();
  return names.findIndex((name) => name.toLowerCase() === sought || name.slice(0, 3).toLowerCase() === sought);
}
