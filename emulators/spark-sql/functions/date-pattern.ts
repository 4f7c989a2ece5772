import { quoteString } from '../../delta/data-type.ts';
import { notImplemented, type Position } from '../spark-error.ts';

/**
 * Spark's datetime patterns in DuckDB's strftime: https://docs.databricks.com/sql/language-manual/sql-ref-datetime-pattern.html. A letter whose
 * meaning strftime has not is refused.
 */
const forFormatting: Readonly<Record<string, string>> = {
  y: '%-Y',
  yy: '%y',
  yyyy: '%Y',
  M: '%-m',
  MM: '%m',
  MMM: '%b',
  MMMM: '%B',
  L: '%-m',
  LL: '%m',
  LLL: '%b',
  LLLL: '%B',
  d: '%-d',
  dd: '%d',
  D: '%-j',
  DDD: '%j',
  E: '%a',
  EE: '%a',
  EEE: '%a',
  EEEE: '%A',
  a: '%p',
  h: '%-I',
  hh: '%I',
  H: '%-H',
  HH: '%H',
  m: '%-M',
  mm: '%M',
  s: '%-S',
  ss: '%S',
  SSS: '%g',
  SSSSSS: '%f',
};

const forParsing: Readonly<Record<string, string>> = {
  y: '%Y',
  yy: '%y',
  yyyy: '%Y',
  M: '%m',
  MM: '%m',
  MMM: '%b',
  MMMM: '%B',
  d: '%d',
  dd: '%d',
  E: '%a',
  EEE: '%a',
  EEEE: '%A',
  a: '%p',
  h: '%I',
  hh: '%I',
  H: '%H',
  HH: '%H',
  m: '%M',
  mm: '%M',
  s: '%S',
  ss: '%S',
  SSS: '%g',
  SSSSSS: '%f',
  XXX: '%z',
  Z: '%z',
  z: '%Z',
};

type Part = { readonly letters: string } | { readonly text: string };

function partsOf(pattern: string, at: Position): Part[] {
  const parts: Part[] = [];
  for (const [piece] of pattern.matchAll(/'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'/g)) {
    if (piece === "''") parts.push({ text: "'" });
    else if (piece.startsWith("'")) {
      if (piece.length < 2) throw notImplemented(`the datetime pattern '${pattern}'`, at);
      parts.push({ text: piece.slice(1, -1).replaceAll("''", "'") });
    } else if (/^[A-Za-z]/.test(piece)) parts.push({ letters: piece });
    else if (/[[\]{}#]/.test(piece)) throw notImplemented(`optional sections in the datetime pattern '${pattern}'`, at);
    else parts.push({ text: piece });
  }
  return parts;
}

/** SQL that formats a TIMESTAMP expression. */
export function formatSql(timestamp: string, pattern: string, at: Position): string {
  const pieces: string[] = [];
  let format = '';
  const flush = (): void => {
    if (format !== '') pieces.push(`strftime(${timestamp}, ${quoteString(format)})`);
    format = '';
  };
  for (const part of partsOf(pattern, at)) {
    if ('text' in part) format += part.text.replaceAll('%', '%%');
    else if (part.letters === 'Q' || part.letters === 'q') {
      flush();
      pieces.push(`CAST(quarter(${timestamp}) AS VARCHAR)`);
    } else {
      const directive = forFormatting[part.letters];
      if (directive === undefined) throw notImplemented(`'${part.letters}' in the datetime pattern '${pattern}'`, at);
      format += directive === '%-Y' ? '%Y' : directive;
    }
  }
  flush();
  if (pieces.length === 0) return `CASE WHEN ${timestamp} IS NOT NULL THEN '' END`;
  return pieces.length === 1 ? pieces[0]! : `(${pieces.join(' || ')})`;
}

/** A strptime format. */
export function parseFormat(pattern: string, at: Position): string {
  return partsOf(pattern, at)
    .map((part) => {
      if ('text' in part) return part.text.replaceAll('%', '%%');
      const directive = forParsing[part.letters];
      if (directive === undefined) throw notImplemented(`'${part.letters}' in the datetime pattern '${pattern}'`, at);
      return directive;
    })
    .join('');
}
