import { ExpressionError } from '../error.ts';
import { toMilliseconds } from './date-time.ts';
import { windowsZones } from './windows-zones.ts';

const ticksPerMillisecond = 10_000n;
const day = 864_000_000_000n;

const byPlainName: ReadonlyMap<string, string> = new Map(
  Object.entries(windowsZones).map(([windows, iana]) => [plainName(windows), iana]),
);

/** Documented: punctuation in the name may have to go, so it is not compared. */
function plainName(name: string): string {
  return name.replaceAll('.', '').toLowerCase();
}

/** A time zone by its Windows name. @throws ExpressionError when there is none of that name. */
export function findZone(name: string): Intl.DateTimeFormat {
  const iana = byPlainName.get(plainName(name));
  if (iana === undefined)
    throw new ExpressionError(
      `The time zone '${name}' is not valid: expected a Windows time-zone name such as 'Pacific Standard Time' or 'W. Europe Standard Time'.`,
    );
  return new Intl.DateTimeFormat('en-US', {
    timeZone: iana,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

export function utcToLocal(ticks: bigint, zone: Intl.DateTimeFormat): bigint {
  return ticks + offset(ticks, zone);
}

/**
 * A local time that the clocks show twice is taken as standard time, as .NET does; one that they skip is an error there too.
 * @throws ExpressionError for a skipped time.
 */
export function localToUtc(ticks: bigint, zone: Intl.DateTimeFormat): bigint {
  const candidates = [offset(ticks - day, zone), offset(ticks + day, zone)].filter(
    (candidate) => offset(ticks - candidate, zone) === candidate,
  );
  const [first, second] = candidates;
  if (first === undefined)
    throw new ExpressionError(
      `The time is not valid in the time zone '${zone.resolvedOptions().timeZone}': the clocks skip it when they go forward.`,
    );
  return ticks - (second !== undefined && second < first ? second : first);
}

/** Ticks east of UTC at the instant. */
function offset(ticks: bigint, zone: Intl.DateTimeFormat): bigint {
  const milliseconds = toMilliseconds(ticks);
  const whole = Math.floor(milliseconds / 1000) * 1000;
  const parts: Record<string, number> = {};
  for (const { type, value } of zone.formatToParts(whole)) parts[type] = Number(value);
  const local = new Date(0);
  local.setUTCFullYear(parts['year']!, parts['month']! - 1, parts['day']!);
  local.setUTCHours(parts['hour']!, parts['minute']!, parts['second']!);
  return BigInt(local.getTime() - whole) * ticksPerMillisecond;
}
