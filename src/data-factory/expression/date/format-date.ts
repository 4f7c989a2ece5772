import { ExpressionError } from '../error.ts';
import { type DateParts, type DateTime, partsOf } from './date-time.ts';
import { monthNames, weekdayNames } from './names.ts';

/**
 * The standard formats as custom ones. Those that depend on a culture are American: the documentation of addToTime and convertFromUtc
 * gives "Tuesday, January 2, 2018" for `D`, where the invariant culture would have "Tuesday, 02 January 2018".
 */
const standard: Readonly<Record<string, string>> = {
  d: 'M/d/yyyy',
  D: 'dddd, MMMM d, yyyy',
  f: 'dddd, MMMM d, yyyy h:mm tt',
  F: 'dddd, MMMM d, yyyy h:mm:ss tt',
  g: 'M/d/yyyy h:mm tt',
  G: 'M/d/yyyy h:mm:ss tt',
  m: 'MMMM d',
  M: 'MMMM d',
  o: "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
  O: "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
  r: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  R: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  s: "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
  t: 'h:mm tt',
  T: 'h:mm:ss tt',
  u: "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
  U: 'dddd, MMMM d, yyyy h:mm:ss tt',
  y: 'MMMM yyyy',
  Y: 'MMMM yyyy',
};

/**
 * DateTime.ToString(format) in the service's culture. One letter is a standard format, anything longer a custom one.
 * @throws ExpressionError when .NET would throw a FormatException.
 */
export function formatDate(date: DateTime, format: string): string {
  const pattern = format.length === 1 ? standard[format] : format;
  if (pattern === undefined || pattern === '') throw malformed(format);
  return custom(partsOf(date.ticks), date.kind, pattern, format);
}

function custom(parts: DateParts, kind: DateTime['kind'], pattern: string, format: string): string {
  let output = '';
  for (let at = 0; at < pattern.length; ) {
    const letter = pattern[at]!;
    switch (letter) {
      case "'":
      case '"': {
        const [text, next] = quoted(pattern, at, format);
        output += text;
        at = next;
        continue;
      }
      case '\\':
        if (at + 1 >= pattern.length) throw malformed(format);
        output += pattern[at + 1];
        at += 2;
        continue;
      case '%': {
        const next = pattern[at + 1];
        if (next === undefined || next === '%') throw malformed(format);
        output += custom(parts, kind, next, format);
        at += 2;
        continue;
      }
    }
    let count = 1;
    while (pattern[at + count] === letter) count += 1;
    const field = fields[letter];
    if (field === undefined) {
      output += letter;
      at += 1;
      continue;
    }
    const text = field(parts, count, kind);
    if (text === undefined) throw malformed(format);
    // A fraction that is all zeros takes the point before it along.
    if (letter === 'F' && text === '' && output.endsWith('.')) output = output.slice(0, -1);
    output += text;
    at += singles.has(letter) ? 1 : count;
  }
  return output;
}

const singles = new Set([':', '/', 'K']);
const pad = (value: number, width: number): string => String(value).padStart(width, '0');
const upTo2 = (value: number, count: number): string => pad(value, Math.min(count, 2));

/** Undefined where the letter may not be repeated so often. */
const fields: Readonly<
  Record<string, (parts: DateParts, count: number, kind: DateTime['kind']) => string | undefined>
> = {
  d: ({ day, weekday }, count) =>
    count <= 2 ? pad(day, count) : count === 3 ? weekdayNames[weekday]!.slice(0, 3) : weekdayNames[weekday]!,
  f: ({ fraction }, count) => (count > 7 ? undefined : pad(fraction, 7).slice(0, count)),
  F: ({ fraction }, count) => (count > 7 ? undefined : pad(fraction, 7).slice(0, count).replace(/0+$/, '')),
  g: () => 'A.D.',
  h: ({ hour }, count) => upTo2(hour % 12 === 0 ? 12 : hour % 12, count),
  H: ({ hour }, count) => upTo2(hour, count),
  K: (_parts, _count, kind) => (kind === 'utc' ? 'Z' : ''),
  m: ({ minute }, count) => upTo2(minute, count),
  M: ({ month }, count) =>
    count <= 2 ? pad(month, count) : count === 3 ? monthNames[month - 1]!.slice(0, 3) : monthNames[month - 1]!,
  s: ({ second }, count) => upTo2(second, count),
  t: ({ hour }, count) => (hour < 12 ? 'AM' : 'PM').slice(0, count),
  y: ({ year }, count) => (count <= 2 ? pad(year % 100, count) : pad(year, count)),
  // The service's machines run in UTC, so an unspecified time has that offset as well.
  z: (_parts, count) => (count === 1 ? '+0' : count === 2 ? '+00' : '+00:00'),
  ':': () => ':',
  '/': () => '/',
};

function quoted(pattern: string, start: number, format: string): [string, number] {
  const quote = pattern[start];
  let text = '';
  for (let at = start + 1; at < pattern.length; at += 1) {
    const character = pattern[at]!;
    if (character === quote) return [text, at + 1];
    if (character === '\\') {
      at += 1;
      if (at >= pattern.length) break;
    }
    text += pattern[at];
  }
  throw malformed(format);
}

function malformed(format: string): ExpressionError {
  return new ExpressionError(
    `The date format ${JSON.stringify(format)} is not valid: expected a .NET standard format (one of ${Object.keys(standard).join(' ')}) or a custom format such as 'yyyy-MM-dd'.`,
  );
}
