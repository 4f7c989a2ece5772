import type { ObjectName, TypeName } from '../ast.ts';
import { notImplemented, SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import {
  accept,
  acceptAny,
  at,
  type Cursor,
  expect,
  identifier,
  isName,
  list,
  next,
  parenthesized,
  peek,
  syntaxError,
} from './cursor.ts';

/** `a.b.c`, `db..t`: up to four parts. */
export function objectName(c: Cursor): ObjectName {
  const { line } = peek(c);
  const parts = [identifier(c)];
  while (at(c, '.')) {
    next(c);
    if (at(c, '.')) parts.push('');
    else if (peek(c).type === 'word' || peek(c).type === 'quoted') parts.push(next(c).text);
    else throw syntaxError(c);
  }
  if (parts.length > 4) {
    const written = parts.join('.');
    const message = `The object name '${written}' contains more than the maximum number of prefixes. The maximum is 3.`;
    throw new SqlError(117, message, { severity: 15, line });
  }
  return { parts, line };
}

const PLAIN: ReadonlyMap<string, SqlType> = new Map<string, SqlType>([
  ['bit', { name: 'bit' }],
  ['tinyint', { name: 'tinyint' }],
  ['smallint', { name: 'smallint' }],
  ['int', { name: 'int' }],
  ['integer', { name: 'int' }],
  ['bigint', { name: 'bigint' }],
  ['money', { name: 'money' }],
  ['smallmoney', { name: 'smallmoney' }],
  ['real', { name: 'real' }],
  ['date', { name: 'date' }],
  ['smalldatetime', { name: 'smalldatetime' }],
  ['datetime', { name: 'datetime' }],
  ['uniqueidentifier', { name: 'uniqueidentifier' }],
  ['sysname', { name: 'nvarchar', length: 128 }],
  ['rowversion', { name: 'binary', length: 8 }],
  ['timestamp', { name: 'binary', length: 8 }],
  // Deprecated since 2005 in favour of these; values behave the same.
  ['text', { name: 'varchar', length: 'max' }],
  ['ntext', { name: 'nvarchar', length: 'max' }],
  ['image', { name: 'varbinary', length: 'max' }],
]);
const SIZED: ReadonlyMap<string, 'char' | 'varchar' | 'nchar' | 'nvarchar' | 'binary' | 'varbinary'> = new Map([
  ['char', 'char'],
  ['character', 'char'],
  ['varchar', 'varchar'],
  ['nchar', 'nchar'],
  ['nvarchar', 'nvarchar'],
  ['binary', 'binary'],
  ['varbinary', 'varbinary'],
] as const);
const ABSENT = new Set(['xml', 'sql_variant', 'geography', 'geometry', 'hierarchyid', 'cursor', 'json', 'vector']);

/** A type with its facets. `defaultLength` is that of a character or binary type without one: 30 in CAST, else 1. */
export function typeName(c: Cursor, defaultLength = 1): TypeName {
  const first = peek(c);
  const start = first.start;
  const national = accept(c, 'NATIONAL');
  if (at(c, 'DOUBLE')) {
    next(c);
    acceptPrecision(c);
    return { written: 'double precision', type: { name: 'float' }, line: first.line };
  }
  const name = objectName(c);
  let word = name.parts.at(-1)!.toLowerCase();
  if (name.parts.length > 1 && name.parts[0]!.toLowerCase() !== 'sys') word = '';
  const varying = accept(c, 'VARYING');
  if (varying || national) word = `${national ? 'n' : ''}${varying ? 'var' : ''}${word.replace('character', 'char')}`;
  const done = (type?: SqlType): TypeName => ({
    written: c.source.slice(start, c.tokens[c.position - 1]!.end),
    ...(type && { type }),
    ...((word === 'rowversion' || word === 'timestamp') && { rowversion: true }),
    line: first.line,
  });
  if (ABSENT.has(word)) throw notImplemented(`the data type ${word}`, first.line);
  const plain = PLAIN.get(word);
  if (plain) return done(plain);
  const sized = SIZED.get(word);
  if (sized) return done(sizedType(c, sized, defaultLength));
  switch (word) {
    case 'decimal':
    case 'numeric':
    case 'dec': {
      const [precision = 18, scale = 0] = facets(c);
      if (precision < 1 || precision > 38 || scale > precision) throw badFacet(word, precision, first.line);
      return done({ name: 'decimal', precision, scale });
    }
    case 'float': {
      const [bits = 53] = facets(c);
      if (bits < 1 || bits > 53) throw badFacet(word, bits, first.line);
      return done({ name: bits <= 24 ? 'real' : 'float' });
    }
    case 'time':
    case 'datetime2':
    case 'datetimeoffset': {
      const [scale = 7] = facets(c);
      if (scale > 7) {
        throw new SqlError(1002, `Line ${first.line}: Specified scale ${scale} is invalid.`, {
          severity: 15,
          line: first.line,
        });
      }
      return done({ name: word, scale });
    }
    default:
      return done();
  }
}

function sizedType(c: Cursor, name: NonNullable<ReturnType<typeof SIZED.get>>, defaultLength: number): SqlType {
  if (!at(c, '(')) return { name, length: defaultLength };
  const { line } = peek(c);
  const length = parenthesized(c, () => (accept(c, 'MAX') ? 'max' : integer(c)));
  const limit = name.startsWith('n') ? 4000 : 8000;
  const fixed = !name.includes('var');
  if (length === 'max' ? fixed : length < 1 || length > limit) {
    const shown = length === 'max' ? 'max' : String(length);
    throw new SqlError(
      131,
      `The size (${shown}) given to the type '${name}' exceeds the maximum allowed for any data type (8000).`,
      {
        severity: 15,
        line,
      },
    );
  }
  return { name, length };
}

function facets(c: Cursor): readonly number[] {
  return at(c, '(') ? parenthesized(c, () => list(c, () => integer(c))) : [];
}

function acceptPrecision(c: Cursor): void {
  expect(c, 'PRECISION');
}

function badFacet(word: string, value: number, line: number): SqlError {
  return new SqlError(
    2750,
    `Column or parameter: Specified column precision ${value} is invalid for the type ${word}.`,
    { line },
  );
}

/** An unsigned integer literal. */
export function integer(c: Cursor): number {
  if (peek(c).type !== 'int') throw syntaxError(c);
  return Number(next(c).text);
}

/** An integer literal with its sign, of any size. */
export function signedInteger(c: Cursor): bigint {
  const sign = acceptAny(c, '-', '+');
  const token = next(c);
  if ((token.type !== 'int' && token.type !== 'decimal') || token.text.includes('.')) throw syntaxError(c, token);
  return sign === '-' ? -BigInt(token.text) : BigInt(token.text);
}

/** `AS alias`, or an alias standing alone when the next word can be none of what may follow. */
export function tableAlias(c: Cursor): string | undefined {
  if (accept(c, 'AS')) return identifier(c);
  const token = peek(c);
  if (!isName(token) || NO_ALIAS.has(token.upper)) return undefined;
  // `label:` and words that begin a clause after a table.
  return next(c).text;
}

const NO_ALIAS = new Set(['USING', 'OUTPUT', 'OFFSET', 'WINDOW', 'THROW', 'GO']);
