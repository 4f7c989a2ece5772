import { RESERVED } from '../keywords.ts';
import type { Token } from '../lexer.ts';
import { notImplemented, SqlError } from '../sql-error.ts';

/** The tokens of a batch and a place among them. The parse functions share one and move it. */
export interface Cursor {
  readonly source: string;
  readonly tokens: readonly Token[];
  position: number;
  depth: number;
}

/** Deep enough for any text people write, shallow enough for the call stack. */
const MAX_DEPTH = 200;

export function peek(c: Cursor, ahead = 0): Token {
  return c.tokens[Math.min(c.position + ahead, c.tokens.length - 1)]!;
}

export function next(c: Cursor): Token {
  const token = peek(c);
  if (token.type !== 'end') c.position++;
  return token;
}

/** End offset of the last token taken. */
export function endOffset(c: Cursor): number {
  return c.tokens[c.position - 1]?.end ?? 0;
}

/** Whether the next tokens are these keywords or symbols. */
export function at(c: Cursor, ...words: readonly string[]): boolean {
  return words.every((word, i) => matches(peek(c, i), word));
}

function matches(token: Token, word: string): boolean {
  return token.type === 'word' ? token.upper === word : token.type === 'symbol' && token.text === word;
}

/** Takes the keywords or symbols if they come next. */
export function accept(c: Cursor, ...words: readonly string[]): boolean {
  if (!at(c, ...words)) return false;
  c.position += words.length;
  return true;
}

/** The first of the alternatives that comes next, taken. */
export function acceptAny<const T extends string>(c: Cursor, ...words: readonly T[]): T | undefined {
  return words.find((word) => accept(c, word));
}

export function expect(c: Cursor, ...words: readonly string[]): void {
  for (const word of words) if (!accept(c, word)) throw syntaxError(c);
}

/** 102 or 156 at the next token, as the server words it: at the end of the batch it names the last token. */
export function syntaxError(c: Cursor, token: Token = peek(c)): SqlError {
  const near = token.type === 'end' ? (c.tokens[c.tokens.length - 2] ?? token) : token;
  const options = { severity: 15, line: near.line };
  if (token.type === 'word' && RESERVED.has(near.upper)) {
    return new SqlError(156, `Incorrect syntax near the keyword '${near.text}'.`, options);
  }
  const text = near.type === 'symbol' || near.type === 'end' ? near.text : near.text.slice(0, 128);
  return new SqlError(102, `Incorrect syntax near '${text}'.`, options);
}

export function unsupported(c: Cursor, construct: string): SqlError {
  return notImplemented(construct, peek(c).line);
}

/** Runs a step one level deeper; 191 when the text nests too deeply. */
export function nested<T>(c: Cursor, step: () => T): T {
  if (++c.depth > MAX_DEPTH) {
    throw new SqlError(
      191,
      'Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.',
      { severity: 15, line: peek(c).line },
    );
  }
  try {
    return step();
  } finally {
    c.depth--;
  }
}

/** Whether a token can be a name: quoted, or a word that is not reserved. */
export function isName(token: Token): boolean {
  return token.type === 'quoted' || (token.type === 'word' && !RESERVED.has(token.upper));
}

export function identifier(c: Cursor): string {
  if (!isName(peek(c))) throw syntaxError(c);
  return next(c).text;
}

/** A comma-separated list of at least one. */
export function list<T>(c: Cursor, item: () => T): readonly T[] {
  const items = [item()];
  while (accept(c, ',')) items.push(item());
  return items;
}

export function parenthesized<T>(c: Cursor, item: () => T): T {
  expect(c, '(');
  const value = nested(c, item);
  expect(c, ')');
  return value;
}

export function nameList(c: Cursor): readonly string[] {
  return parenthesized(c, () => list(c, () => identifier(c)));
}
