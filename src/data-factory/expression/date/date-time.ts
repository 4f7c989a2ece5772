/**
 * A point on .NET's calendar: 100-nanosecond ticks since 0001-01-01, and whether it is known to be UTC. Text that names no zone is
 * `unspecified`, and is written without one.
 */
export interface DateTime {
  readonly ticks: bigint;
  readonly kind: 'utc' | 'unspecified';
}

export interface DateParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 to 9,999,999. */
  readonly fraction: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly dayOfYear: number;
}

export const ticksPerSecond = 10_000_000n;
export const ticksPerMinute = 60n * ticksPerSecond;
export const ticksPerHour = 60n * ticksPerMinute;
export const ticksPerDay = 24n * ticksPerHour;
const ticksPerMillisecond = 10_000n;
/** Ticks of 1970-01-01T00:00:00. */
const unixEpoch = 621_355_968_000_000_000n;
/** Ticks of 9999-12-31T23:59:59.9999999. */
const maximumTicks = 3_155_378_975_999_999_999n;

export function inRange(ticks: bigint): boolean {
  return ticks >= 0n && ticks <= maximumTicks;
}

export function fromDate(date: Date): DateTime {
  return { ticks: BigInt(date.getTime()) * ticksPerMillisecond + unixEpoch, kind: 'utc' };
}

/** Milliseconds since 1970, rounded down. */
export function toMilliseconds(ticks: bigint): number {
  return Number((ticks - unixEpoch - (ticks % ticksPerMillisecond)) / ticksPerMillisecond);
}

export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  return month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days from 0001-01-01 to the given day. */
function dayNumber(year: number, month: number, day: number): number {
  const before = year - 1;
  let days = before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  for (let earlier = 1; earlier < month; earlier += 1) days += daysInMonth(year, earlier);
  return days + day - 1;
}

export function ticksOf(year: number, month: number, day: number): bigint {
  return BigInt(dayNumber(year, month, day)) * ticksPerDay;
}

export function partsOf(ticks: bigint): DateParts {
  const days = Number(ticks / ticksPerDay);
  const time = ticks % ticksPerDay;
  let year = Math.floor(days / 365.2425) + 1;
  while (dayNumber(year, 1, 1) > days) year -= 1;
  while (dayNumber(year + 1, 1, 1) <= days) year += 1;
  const dayOfYear = days - dayNumber(year, 1, 1) + 1;
  let month = 1;
  let day = dayOfYear;
  while (day > daysInMonth(year, month)) {
    day -= daysInMonth(year, month);
    month += 1;
  }
  return {
    year,
    month,
    day,
    hour: Number(time / ticksPerHour),
    minute: Number((time / ticksPerMinute) % 60n),
    second: Number((time / ticksPerSecond) % 60n),
    fraction: Number(time % ticksPerSecond),
    weekday: (days + 1) % 7,
    dayOfYear,
  };
}

/** DateTime.AddMonths: the day is cut to the length of the month arrived at. Undefined outside years 1 to 9999. */
export function addMonths(ticks: bigint, months: bigint): bigint | undefined {
  const { year, month, day } = partsOf(ticks);
  const index = BigInt(year) * 12n + BigInt(month - 1) + months;
  const newYear = Number(index / 12n);
  const newMonth = Number(index % 12n) + 1;
  if (index < 12n || newYear > 9999) return undefined;
  return ticksOf(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth))) + (ticks % ticksPerDay);
}
