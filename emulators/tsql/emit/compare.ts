import type { ComparisonOperator } from '../ast.ts';
import { isBinary, isCharacter, unify } from '../bind/types.ts';
import type { BoundExpression } from '../bound.ts';
import { quoteString } from '../quote.ts';
import { notImplemented } from '../sql-error.ts';
import { convert } from './convert.ts';

/**
 * Comparison under SQL_Latin1_General_CP1_CI_AS: without case and without regard to trailing blanks. Every comparison,
 * join, group, sort and DISTINCT of text goes through `collationKey`; order among letters is then by code point, which puts
 * accented letters after z.
 */
export function collationKey(sql: string, collation?: string): string {
  return isSensitive(collation) ? `rtrim(${sql})` : `lower(rtrim(${sql}))`;
}

/** Whether a collation tells upper from lower case. */
const isSensitive = (collation: string | undefined): boolean => collation !== undefined && /_CS_|_BIN/i.test(collation);

/** What stands for a value in comparisons, groups and sorts. */
export function keyOf(value: BoundExpression, collation = value.collation): string {
  if (value.type.name === 'datetimeoffset') return `${value.sql}."utc"`;
  if (!isCharacter(value.type)) return value.sql;
  if (isSensitive(collation)) {
    return typeof value.literal === 'string' ? quoteString(value.literal.trimEnd()) : `rtrim(${value.sql})`;
  }
  if (typeof value.literal === 'string') return quoteString(value.literal.replace(/ +$/, '').toLowerCase());
  return collationKey(value.sql);
}

export function isFolded(value: BoundExpression): boolean {
  return keyOf(value) !== value.sql;
}

/** Both sides converted to their common type, as keys. */
export function comparable(left: BoundExpression, right: BoundExpression): readonly [string, string] {
  if (left.untypedNull && right.untypedNull) return [left.sql, right.sql];
  const type = left.untypedNull ? right.type : right.untypedNull ? left.type : unify(left.type, right.type);
  // COLLATE in the expression goes before a column's own.
  const collation = right.collated ? right.collation : (left.collation ?? right.collation);
  const side = (value: BoundExpression): string => {
    if (isCharacter(type) && isCharacter(value.type)) return keyOf(value, collation);
    if (isBinary(type) && isBinary(value.type)) return value.sql;
    // DuckDB compares numbers of different widths, and dates with timestamps, without help.
    const numeric = /^(tinyint|smallint|int|bigint|decimal|money|smallmoney|real|float)$/;
    if (numeric.test(type.name) && numeric.test(value.type.name) && !value.untypedNull) return value.sql;
    if (
      /^(datetime|datetime2|smalldatetime|date)$/.test(value.type.name) &&
      /^(datetime2|datetime|smalldatetime)$/.test(type.name)
    ) {
      return value.sql;
    }
    return keyOf(convert(value, type), collation);
  };
  return [side(left), side(right)];
}

export function compare(operator: ComparisonOperator, left: BoundExpression, right: BoundExpression): string {
  const [a, b] = comparable(left, right);
  return `${a} ${operator} ${b}`;
}

/** LIKE. Without [..] it is DuckDB's ILIKE; with it, a regular expression made of the literal pattern. */
export function like(value: BoundExpression, pattern: BoundExpression, escapeWith?: string): string {
  const text = value.type.name === 'char' || value.type.name === 'nchar' ? `rtrim(${value.sql})` : value.sql;
  const sensitive = isSensitive(pattern.collated ? pattern.collation : (value.collation ?? pattern.collation));
  const operator = sensitive ? 'LIKE' : 'ILIKE';
  if (typeof pattern.literal === 'string') {
    if (!pattern.literal.includes('[') && escapeWith === undefined)
      return `${text} ${operator} ${quoteString(pattern.literal)}`;
    const regex = likeRegex(pattern.literal, escapeWith);
    return `regexp_full_match(${text}, ${quoteString(`(?s${sensitive ? '' : 'i'})${regex}`)})`;
  }
  if (escapeWith !== undefined) return `${text} ${operator} ${pattern.sql} ESCAPE ${quoteString(escapeWith)}`;
  const regex = `'(?s${sensitive ? '' : 'i'})' || ${computedRegex(pattern.sql)}`;
  return `CASE WHEN contains(${pattern.sql}, '[') THEN regexp_full_match(${text}, ${regex}) ELSE ${text} ${operator} ${pattern.sql} END`;
}

/** likeRegex as SQL, for patterns known when they run: what stands in brackets is set aside while the rest is quoted. */
function computedRegex(pattern: string): string {
  const aside = ['[_]', '[%]', '[[]', '[^'].reduce(
    (sql, text, index) => `replace(${sql}, '${text}', chr(${index + 1}))`,
    pattern,
  );
  const quoted = `regexp_replace(${aside}, '([\\\\.*+?(){}|$^])', '\\\\\\1', 'g')`;
  const wild = `replace(replace(${quoted}, '%', '.*'), '_', '.')`;
  return ['_', '%', '\\[', '[^'].reduce((sql, text, index) => `replace(${sql}, chr(${index + 1}), '${text}')`, wild);
}

/** A LIKE pattern as an RE2 expression. */
export function likeRegex(pattern: string, escapeWith?: string): string {
  let out = '';
  const quoted = (c: string) => c.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === escapeWith) out += quoted(pattern[++i] ?? '');
    else if (c === '%') out += '.*';
    else if (c === '_') out += '.';
    else if (c === '[') {
      const end = pattern.indexOf(']', i + 1);
      if (end < 0) return '[^\\s\\S]'; // an unclosed set matches nothing
      const body = pattern.slice(i + 1, end);
      const negated = body.startsWith('^');
      const set = (negated ? body.slice(1) : body).replace(/[\\[\]^]/g, '\\$&');
      out += set === '' ? '[^\\s\\S]' : `[${negated ? '^' : ''}${set}]`;
      i = end;
    } else out += quoted(c);
  }
  return out;
}

/** The one-character text of ESCAPE. */
export function escapeCharacter(value: BoundExpression): string {
  if (typeof value.literal === 'string' && [...value.literal].length === 1) return value.literal;
  throw notImplemented('ESCAPE with anything but a literal character');
}
