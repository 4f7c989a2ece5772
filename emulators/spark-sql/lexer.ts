import { notImplemented, type Position, SparkError } from './spark-error.ts';

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'parameter' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Words, symbols and numbers as written; quoted identifiers, strings and parameters by their value. */
  readonly text: string;
  /** Words in upper case, symbols as they are; empty for the others, so that a string is never taken for a keyword. */
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly at: Position;
}

const space = /\s+|--[^\n]*/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
/** A suffix tells the type: https://docs.databricks.com/sql/language-manual/data-types/numeric-types.html */
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:BD|bd|[LlSsYyDdFf](?![A-Za-z0-9_]))?/y;
const symbol = /<=>|<=|>=|<>|!=|==|::|->|\|\||[-+*/%&|^~<>=!(),.;[\]:?]/y;

/** Cuts the text into tokens. Comments and space are left out; the last token is the end. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  let line = 1;
  let lineStart = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = index;
    return pattern.exec(sql)?.[0];
  };
  const move = (to: number): void => {
    for (
      let newline = sql.indexOf('\n', index);
      newline >= 0 && newline < to;
      newline = sql.indexOf('\n', newline + 1)
    ) {
      line++;
      lineStart = newline + 1;
    }
    index = to;
  };
  const position = (): Position => ({ line, column: index - lineStart + 1 });
  const push = (kind: TokenKind, text: string, end: number, key = ''): void => {
    tokens.push({ kind, text, key, start: index, end, at: position() });
    move(end);
  };

  while (index < sql.length) {
    const blank = match(space);
    if (blank !== undefined) {
      move(index + blank.length);
      continue;
    }
    if (sql.startsWith('/*', index)) {
      move(endOfComment(sql, index, position()));
      continue;
    }
    const character = sql[index]!;
    if (character === '`') {
      const { value, end } = readQuoted(sql, index, position());
      push('quoted', value, end);
      continue;
    }
    const raw = /[rR]/.test(character) && /['"]/.test(sql[index + 1] ?? '');
    if (character === "'" || character === '"' || raw) {
      const { value, end } = readString(sql, raw ? index + 1 : index, raw, position());
      push('string', value, end);
      continue;
    }
    if (/[xX]/.test(character) && sql[index + 1] === "'") throw notImplemented("binary literals (X'..')", position());
    const digits = /[\d.]/.test(character) ? match(number) : undefined;
    if (digits !== undefined) {
      push('number', digits, index + digits.length);
      continue;
    }
    const name = match(word);
    if (name !== undefined) {
      push('word', name, index + name.length, name.toUpperCase());
      continue;
    }
    const mark = match(symbol);
    if (mark === undefined)
      throw new SparkError('PARSE_SYNTAX_ERROR', `Syntax error at or near '${character}'.`, { at: position() });
    const parameter = mark === ':' ? /:[A-Za-z_][A-Za-z0-9_]*/y : undefined;
    const named = parameter === undefined ? undefined : match(parameter);
    if (named !== undefined) push('parameter', named.slice(1), index + named.length);
    else push('symbol', mark, index + mark.length, mark);
  }
  push('end', 'end of input', index);
  return tokens;
}

/** Bracketed comments nest. */
function endOfComment(sql: string, start: number, at: Position): number {
  let depth = 0;
  for (let index = start; index < sql.length; ) {
    if (sql.startsWith('/*', index)) {
      depth++;
      index += 2;
    } else if (sql.startsWith('*/', index)) {
      depth--;
      index += 2;
      if (depth === 0) return index;
    } else index++;
  }
  throw new SparkError('PARSE_SYNTAX_ERROR', 'Found an unclosed bracketed comment.', { at });
}

function readQuoted(sql: string, start: number, at: Position): { value: string; end: number } {
  let value = '';
  for (let index = start + 1; index < sql.length; index++) {
    if (sql[index] !== '`') value += sql[index];
    else if (sql[index + 1] === '`') {
      value += '`';
      index++;
    } else return { value, end: index + 1 };
  }
  throw new SparkError('PARSE_SYNTAX_ERROR', 'Found an unclosed quoted identifier.', { at });
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', '0': '\0', Z: '\x1A' };

/** https://docs.databricks.com/sql/language-manual/data-types/string-type.html#literals */
function readString(sql: string, start: number, raw: boolean, at: Position): { value: string; end: number } {
  const quote = sql[start];
  let value = '';
  for (let index = start + 1; index < sql.length; index++) {
    const character = sql[index]!;
    if (character === quote) {
      if (sql[index + 1] !== quote || raw) return { value, end: index + 1 };
      value += quote;
      index++;
    } else if (character !== '\\' || raw) value += character;
    else {
      const unicode = /^\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-3][0-7]{2}))/.exec(sql.slice(index, index + 10));
      if (unicode !== null) {
        value += String.fromCodePoint(
          unicode[3] === undefined ? Number.parseInt(unicode[1] ?? unicode[2]!, 16) : Number.parseInt(unicode[3], 8),
        );
        index += unicode[0].length - 1;
        continue;
      }
      const escaped = sql[++index] ?? '';
      // \% and \_ keep their backslash: they are LIKE's escapes.
      value += escaped === '%' || escaped === '_' ? `\\${escaped}` : (escapes[escaped] ?? escaped);
    }
  }
  throw new SparkError('PARSE_SYNTAX_ERROR', 'Found an unclosed string literal.', { at });
}
