import { ExpressionError } from './error.ts';

export type TokenKind = 'name' | 'string' | 'number' | 'punctuation' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** A name, a number as written, a string unescaped, or one of `( ) [ ] , . ?. ?[ }`. */
  readonly text: string;
  /** Zero-based offsets into the whole text; `end` is past the last character. */
  readonly start: number;
  readonly end: number;
}

const space = /[\s\u0085]+/y;
const name = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
// A property after a dot may hold a hyphen or start with a digit, as in `output.x-ms-request-id`.
const member = /[\p{L}\p{N}_$@][\p{L}\p{N}_$@-]*/uy;
const number = /[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const punctuation = /\?\.|\?\[|[()[\],.}]/y;

/**
 * Reads one token at `offset`. `afterDot` says that a property's name is due. What follows is the caller's to ask for, so that
 * an interpolation ends at its own `}`.
 * @throws ExpressionError on a character that starts no token, or a string without an end.
 */
export function readToken(text: string, offset: number, afterDot = false): Token {
  const start = skip(space, text, offset);
  if (start >= text.length) return { kind: 'end', text: '', start, end: start };
  if (text[start] === "'") return readString(text, start);
  for (const [kind, pattern] of afterDot
    ? ([['name', member]] as const)
    : ([
        ['name', name],
        ['number', number],
        ['punctuation', punctuation],
      ] as const)) {
    const end = skip(pattern, text, start);
    if (end > start) return { kind, text: text.slice(start, end), start, end };
  }
  if (afterDot) return { kind: 'punctuation', text: text[start]!, start, end: start + 1 };
  const found = String.fromCodePoint(text.codePointAt(start)!);
  const hint = found === '"' ? " Strings are quoted with ' in expressions." : '';
  throw new ExpressionError(`Unable to parse expression: unexpected character '${found}'.${hint}`, {
    expression: text,
    position: start,
  });
}

function readString(text: string, start: number): Token {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf("'", from);
    if (quote < 0)
      throw new ExpressionError("Unable to parse expression: the string has no closing quote (').", {
        expression: text,
        position: start,
      });
    value += text.slice(from, quote);
    if (text[quote + 1] !== "'") return { kind: 'string', text: value, start, end: quote + 1 };
    value += "'";
    from = quote + 2;
  }
}

function skip(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}
