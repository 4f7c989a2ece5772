import { quoteString } from '../../delta/data-type.ts';
import type { Bound } from '../binder/bound.ts';
import { notImplemented, type Position } from '../spark-error.ts';

/**
 * Java's regular expressions and RE2's agree on the common subset. What RE2 lacks or reads otherwise is refused, so that a pattern never means something
 * else here than on Databricks.
 */
const javaOnly: readonly (readonly [RegExp, string])[] = [
  [/\(\?(?:=|!|<=|<!)/, 'lookaround'],
  [/\(\?>/, 'atomic groups'],
  [/[*+?}]\+/, 'possessive quantifiers'],
  [/\\[1-9]/, 'backreferences'],
  [/\\k</, 'backreferences'],
  [/\\[GXRhHvVZN]/, 'an escape that only Java has'],
  [/\[[^\]]*&&/, 'intersections of character classes'],
  [/\(\?[a-zA-Z]*[dxuU]/, 'a flag that only Java has'],
];

/** POSIX classes: Java names them \p{..}. */
const posix: Readonly<Record<string, string>> = {
  Lower: 'lower',
  Upper: 'upper',
  Alpha: 'alpha',
  Digit: 'digit',
  Alnum: 'alnum',
  Punct: 'punct',
  Graph: 'graph',
  Print: 'print',
  Blank: 'blank',
  Cntrl: 'cntrl',
  XDigit: 'xdigit',
  Space: 'space',
};

/** The pattern as a DuckDB literal. */
export function checkPattern(pattern: Bound, at: Position): string {
  const text = pattern.constant;
  if (text === undefined || text === null) throw notImplemented('a regular expression that is not a literal', at);
  const bare = text.replace(/\\\\/g, '');
  for (const [found, what] of javaOnly)
    if (found.test(bare)) throw notImplemented(`${what} in a regular expression: '${text}'`, at);
  let inClass = false;
  const translated = text.replace(/\\\\|\\[pP]\{(?:Is)?(\w+)\}|\\.|\[|\]/g, (part, name: string | undefined) => {
    if (part === '[') inClass = true;
    else if (part === ']') inClass = false;
    const known = name === undefined ? undefined : posix[name];
    if (known === undefined) return part;
    const negated = part.startsWith('\\P') ? '^' : '';
    return inClass ? `[:${negated}${known}:]` : `[[:${negated}${known}:]]`;
  });
  return quoteString(translated);
}

/** A Java replacement ($1, \$) as RE2 writes it (\1). */
export function checkReplacement(replacement: Bound, at: Position): string {
  const text = replacement.constant;
  if (text === undefined || text === null)
    throw notImplemented('a regular expression replacement that is not a literal', at);
  let result = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === '\\') result += text[++index] === '\\' ? '\\\\' : (text[index] ?? '');
    else if (character !== '$') result += character;
    else {
      const group = /^\d/.exec(text.slice(index + 1));
      if (group === null) throw notImplemented(`the replacement '${text}'; write \\$ for a dollar sign`, at);
      result += `\\${group[0]}`;
      index++;
    }
  }
  return quoteString(result);
}

/** Counts capturing groups. */
export function groupsOf(pattern: string): number {
  return [
    ...pattern
      .replace(/\\./g, '')
      .replace(/\[[^\]]*\]/g, '')
      .matchAll(/\((?!\?)|\(\?<[a-zA-Z]/g),
  ].length;
}
