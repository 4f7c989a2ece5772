import { raise } from './raise.ts';

/** A literal date read by T-SQL's rules (language us_english): numbers of its parts, microseconds of the day. */
export interface DateTimeParts {
  readonly date?: readonly [year: number, month: number, day: number];
  readonly micros: bigint;
  readonly offset?: number;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.:](\d{1,9}))?)?\s*(am|pm)?$/i;

/** Reads a date, time or both; undefined when T-SQL would not (error 241). */
export function parseDateTime(text: string): DateTimeParts | undefined {
  let rest = text.trim();
  let offset: number | undefined;
  const zone = /(?:\s*([+-])(\d{2}):(\d{2})|(Z))$/.exec(rest);
  if (zone && /:\d{2}/.test(rest.slice(0, zone.index))) {
    offset = zone[4] ? 0 : (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]));
    rest = rest.slice(0, zone.index);
  }
  const onlyTime = parseTime(rest);
  if (onlyTime !== undefined) return { micros: onlyTime, ...(offset !== undefined && { offset }) };
  const split = /^(.*?\d)(?:[T ]\s*(\d{1,2}:.*))?$/i.exec(rest);
  if (!split) return rest === '' ? { date: [1900, 1, 1], micros: 0n } : undefined;
  const date = parseDate(split[1]!.trim());
  const micros = split[2] === undefined ? 0n : parseTime(split[2]);
  if (!date || micros === undefined) return undefined;
  return { date, micros, ...(offset !== undefined && { offset }) };
}

function parseTime(text: string): bigint | undefined {
  const match = TIME.exec(text.trim());
  if (!match) return undefined;
  let hour = Number(match[1]);
  const [minute, second] = [Number(match[2]), Number(match[3] ?? 0)];
  const half = match[5]?.toLowerCase();
  if (half && (hour < 1 || hour > 12)) return undefined;
  if (half) hour = (hour % 12) + (half === 'pm' ? 12 : 0);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const micros = Math.round(Number(`0.${match[4] ?? 0}`) * 1e6);
  return BigInt(((hour * 60 + minute) * 60 + second) * 1_000_000 + micros);
}

function parseDate(text: string): DateTimeParts['date'] {
  let match = /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text);
  if (match) return valid(Number(match[1]), Number(match[2]), Number(match[3]));
  match = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(text);
  if (match) return valid(Number(match[3]), Number(match[1]), Number(match[2]));
  match = /^([a-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(\d{4})$/i.exec(text);
  if (match) return valid(Number(match[3]), MONTHS.indexOf(match[1]!.toLowerCase()) + 1, Number(match[2]));
  match = /^(\d{1,2})[ -]([a-z]{3})[a-z]*[ -](\d{4})$/i.exec(text);
  if (match) return valid(Number(match[3]), MONTHS.indexOf(match[2]!.toLowerCase()) + 1, Number(match[1]));
  return undefined;
}

function valid(year: number, month: number, day: number): DateTimeParts['date'] {
  if (month < 1 || month > 12 || year < 1 || day < 1) return undefined;
  const days = new Date(Date.UTC(2000, month, 0)).getUTCDate();
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (month === 2 && !leap ? 28 : days) ? [year, month, day] : undefined;
}

export function dateText([year, month, day]: NonNullable<DateTimeParts['date']>): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

export function timeText(micros: bigint): string {
  const second = micros / 1_000_000n;
  const two = (n: bigint) => String(n).padStart(2, '0');
  const fraction = micros % 1_000_000n;
  const tail = fraction === 0n ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
  return `${two(second / 3600n)}:${two((second / 60n) % 60n)}:${two(second % 60n)}${tail}`;
}

/** Microseconds from 0001-01-01 to 1970-01-01: added before integer division, which truncates, so that it floors. */
const SHIFT = 62_135_596_800_000_000n;

/** Rounds a TIMESTAMP to `scale` digits of a second (0 to 5). */
export function roundTimestamp(sql: string, scale: number): string {
  const step = 10 ** (6 - scale);
  return `make_timestamp((epoch_us(${sql}) + ${SHIFT + BigInt(step / 2)}) // ${step} * ${step} - ${SHIFT})`;
}

/** Rounds a TIMESTAMP to datetime's 1/300 of a second, shown as .000, .003, .007. */
export function roundDatetime(sql: string): string {
  const ticks = `(((epoch_us(${sql}) + ${SHIFT}) * 3 + 5000) // 10000)`;
  return `make_timestamp((${ticks} * 20 + 3) // 6 * 1000 - ${SHIFT})`;
}

/** Rounds a TIMESTAMP to the minute, as smalldatetime does. */
export function roundMinute(sql: string): string {
  return `make_timestamp((epoch_us(${sql}) + ${SHIFT + 30_000_000n}) // 60000000 * 60000000 - ${SHIFT})`;
}

/** DuckDB formats tried in turn for a string that is no literal; ISO comes first through the cast. */
const READ = [
  '%Y%m%d',
  '%Y%m%d %H:%M:%S',
  '%Y%m%d %H:%M:%S.%f',
  '%m/%d/%Y',
  '%m/%d/%Y %H:%M:%S',
  '%b %d %Y',
  '%b %d %Y %I:%M%p',
  '%d %b %Y',
];

/** A VARCHAR as TIMESTAMP; 241 when it is none, or NULL under TRY_. */
export function timestampFromText(sql: string, attempt: boolean, styleFormats: readonly string[] = READ): string {
  const formats = styleFormats.map((f) => `'${f}'`).join(', ');
  const iso = styleFormats === READ ? `TRY_CAST(trim(${sql}) AS TIMESTAMP), ` : '';
  const empty = `CASE WHEN trim(${sql}) = '' THEN TIMESTAMP '1900-01-01' END`;
  const failure = attempt
    ? ''
    : `, CASE WHEN ${sql} IS NOT NULL THEN ${raise(241, 'Conversion failed when converting date and/or time from character string.')} END`;
  return `coalesce(${iso}try_strptime(trim(${sql}), [${formats}]), ${empty}${failure})`;
}

/** Reading styles of CONVERT whose order of parts differs from ISO. */
export const READ_STYLES: Readonly<Record<number, readonly string[]>> = {
  101: ['%m/%d/%Y', '%m/%d/%Y %H:%M:%S'],
  103: ['%d/%m/%Y', '%d/%m/%Y %H:%M:%S'],
  104: ['%d.%m.%Y', '%d.%m.%Y %H:%M:%S'],
  105: ['%d-%m-%Y', '%d-%m-%Y %H:%M:%S'],
  110: ['%m-%d-%Y', '%m-%d-%Y %H:%M:%S'],
  111: ['%Y/%m/%d', '%Y/%m/%d %H:%M:%S'],
  112: ['%Y%m%d'],
};

/**
 * CONVERT's writing styles, as DuckDB formats. `{f}` stands for the fraction (its digits follow the type), `{h}` for the
 * hour of twelve padded with a blank, `{d}` for the day padded with a blank.
 */
export const WRITE_STYLES: Readonly<Record<number, string>> = {
  0: '%b {d} %Y {h}:%M%p',
  100: '%b {d} %Y {h}:%M%p',
  1: '%m/%d/%y',
  3: '%d/%m/%y',
  8: '%H:%M:%S',
  20: '%Y-%m-%d %H:%M:%S',
  21: '%Y-%m-%d %H:%M:%S{f}',
  23: '%Y-%m-%d',
  25: '%Y-%m-%d %H:%M:%S{f}',
  101: '%m/%d/%Y',
  102: '%Y.%m.%d',
  103: '%d/%m/%Y',
  104: '%d.%m.%Y',
  105: '%d-%m-%Y',
  106: '%d %b %Y',
  107: '%b %d, %Y',
  108: '%H:%M:%S',
  110: '%m-%d-%Y',
  111: '%Y/%m/%d',
  112: '%Y%m%d',
  114: '%H:%M:%S:%g',
  120: '%Y-%m-%d %H:%M:%S',
  121: '%Y-%m-%d %H:%M:%S{f}',
  126: '%Y-%m-%dT%H:%M:%S{f}',
  127: '%Y-%m-%dT%H:%M:%S{f}',
};
