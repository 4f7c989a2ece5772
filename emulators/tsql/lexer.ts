import { SqlError } from './sql-error.ts';

export type TokenType =
  | 'word'
  | 'quoted'
  | 'variable'
  | 'global'
  | 'string'
  | 'nstring'
  | 'int'
  | 'decimal'
  | 'float'
  | 'money'
  | 'binary'
  | 'symbol'
  | 'end';

/** `text` is the value: a name without brackets, a string without quotes. `upper` is for keywords: '' unless a word. */
export interface Token {
  readonly type: TokenType;
  readonly text: string;
  readonly upper: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

const SPACE = /[\s\u00a0\ufeff\0]/;
const WORD_START = /[\p{L}_#]/u;
const WORD_PART = /[\p{L}\p{N}_#@$]/u;
const SYMBOLS = ['<>', '<=', '>=', '!=', '!<', '!>', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '||', '::'];
const SINGLE = new Set('()[]{},;.=<>+-*/%&|^~:!?\\');
const MAX_INT = 2147483647n;

/** Cuts a batch into tokens, the last of type `end`. Throws SqlError 102, 103, 105 or 113. */
export function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  let line = 1;

  const push = (type: TokenType, text: string, start: number, upper = '') => {
    tokens.push({ type, text, upper, start, end: position, line });
  };
  const countLines = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (sql.charCodeAt(i) === 10) line++;
  };
  /** Reads up to the closing delimiter, doubled inside; position is after the opening one. */
  const delimited = (close: string): string | undefined => {
    let text = '';
    for (;;) {
      const at = sql.indexOf(close, position);
      if (at < 0) return undefined;
      text += sql.slice(position, at);
      position = at + 1;
      if (sql[position] !== close) return text;
      text += close;
      position++;
    }
  };
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = position;
    const text = pattern.exec(sql)?.[0] ?? '';
    position += text.length;
    return text;
  };

  while (position < sql.length) {
    const start = position;
    const c = String.fromCodePoint(sql.codePointAt(position)!);
    if (SPACE.test(c)) {
      if (c === '\n') line++;
      position++;
    } else if (sql.startsWith('--', position)) {
      const at = sql.indexOf('\n', position);
      position = at < 0 ? sql.length : at;
    } else if (sql.startsWith('/*', position)) {
      position = endOfComment(sql, position, line);
      countLines(start, position);
    } else if (c === "'" || ((c === 'N' || c === 'n') && sql[position + 1] === "'")) {
      position += c === "'" ? 1 : 2;
      const opened = position;
      const text = delimited("'");
      if (text === undefined) {
        throw new SqlError(105, `Unclosed quotation mark after the character string '${sql.slice(opened)}'.`, {
          severity: 15,
          line,
        });
      }
      push(c === "'" ? 'string' : 'nstring', text, start);
      countLines(start, position);
    } else if (c === '[' || c === '"') {
      position++;
      const text = delimited(c === '[' ? ']' : '"');
      if (text === undefined) {
        const message = `Unclosed quotation mark after the character string '${sql.slice(start + 1)}'.`;
        throw new SqlError(105, message, { severity: 15, line });
      }
      if (text === '') {
        throw new SqlError(1038, 'An object or column name is missing or empty.', { severity: 15, line });
      }
      checkLength(text, line);
      push('quoted', text, start);
      countLines(start, position);
    } else if (c === '@') {
      const text = take(/@@?[\p{L}\p{N}_#@$]*/uy);
      if (text.startsWith('@@')) push('global', text.toUpperCase(), start);
      else push('variable', text, start);
    } else if (/[0-9]/.test(c) || (c === '.' && /[0-9]/.test(sql[position + 1] ?? ''))) {
      number();
    } else if (c === '$' && /[0-9.]/.test(sql[position + 1] ?? '')) {
      position++;
      push('money', take(/\d*\.?\d*/y), start);
    } else if (c === '$' || WORD_START.test(c)) {
      const text = take(/\$?[\p{L}\p{N}_#@$]*/uy);
      checkLength(text, line);
      push('word', text, start, text.toUpperCase());
    } else {
      const symbol = SYMBOLS.find((s) => sql.startsWith(s, position)) ?? c;
      if (symbol.length === 1 && !SINGLE.has(symbol)) {
        throw new SqlError(102, `Incorrect syntax near '${c}'.`, { severity: 15, line });
      }
      position += symbol.length;
      push('symbol', symbol === '!=' ? '<>' : symbol === '!<' ? '>=' : symbol === '!>' ? '<=' : symbol, start);
    }
  }
  tokens.push({ type: 'end', text: '', upper: '', start: sql.length, end: sql.length, line });
  return tokens;

  function number(): void {
    const start = position;
    if (/^0x/i.test(sql.slice(position, position + 2))) {
      position += 2;
      push('binary', take(/[0-9a-fA-F]*/y), start);
      return;
    }
    const text = take(/\d*(?:\.\d*)?/y);
    const exponent = take(/[eE][+-]?\d*/y);
    if (exponent !== '') push('float', /\d$/.test(exponent) ? text + exponent : `${text}E0`, start);
    else if (text.includes('.') || BigInt(text) > MAX_INT) push('decimal', text, start);
    else push('int', text, start);
  }
}

/** Block comments nest. */
function endOfComment(sql: string, from: number, line: number): number {
  let depth = 0;
  let position = from;
  while (position < sql.length) {
    if (sql.startsWith('/*', position)) {
      depth++;
      position += 2;
    } else if (sql.startsWith('*/', position)) {
      depth--;
      position += 2;
      if (depth === 0) return position;
    } else position++;
  }
  throw new SqlError(113, "Missing end comment mark '*/'.", { severity: 15, line });
}

function checkLength(name: string, line: number): void {
  if (name.length <= 128) return;
  const start = name.slice(0, 128);
  throw new SqlError(103, `The identifier that starts with '${start}' is too long. Maximum length is 128.`, {
    severity: 15,
    line,
  });
}

/** Whether a name needs no brackets as a token (reserved words aside). */
export function isPlainName(name: string): boolean {
  return WORD_START.test(name[0] ?? '') && [...name].every((c) => WORD_PART.test(c));
}

export interface ScriptBatch {
  readonly sql: string;
  /** 1-based line of the script on which the batch starts. */
  readonly line: number;
  /** `GO 5` runs the batch five times. */
  readonly count: number;
}

/** Cuts a script at its GO lines as sqlcmd does; a GO inside a string or a comment is no separator. Empty batches are left out. */
export function splitBatches(script: string): readonly ScriptBatch[] {
  const batches: ScriptBatch[] = [];
  const lines = script.split(/(?<=\n)/);
  let current = '';
  let first = 1;
  let open: Open = { comment: 0, quote: '' };
  const finish = (count: number, next: number) => {
    if (current.trim() !== '') batches.push({ sql: current, line: first, count });
    current = '';
    first = next;
  };
  lines.forEach((text, index) => {
    const go = open.comment === 0 && open.quote === '' ? /^\s*go(?:\s+(\d+))?\s*(?:--.*)?;?\s*$/i.exec(text) : null;
    if (go) finish(go[1] === undefined ? 1 : Number(go[1]), index + 2);
    else {
      current += text;
      open = scanLine(text, open);
    }
  });
  finish(1, lines.length + 1);
  return batches;
}

interface Open {
  readonly comment: number;
  /** The closing delimiter awaited, or ''. */
  readonly quote: string;
}

function scanLine(text: string, open: Open): Open {
  let { comment, quote } = open;
  for (let i = 0; i < text.length; i++) {
    const two = text.slice(i, i + 2);
    if (quote !== '') {
      if (text[i] === quote) quote = '';
    } else if (two === '/*') {
      comment++;
      i++;
    } else if (comment > 0) {
      if (two === '*/') {
        comment--;
        i++;
      }
    } else if (two === '--') break;
    else if (text[i] === "'" || text[i] === '"') quote = text[i]!;
    else if (text[i] === '[') quote = ']';
  }
  return { comment, quote };
}
