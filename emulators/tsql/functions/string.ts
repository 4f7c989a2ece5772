import { BIGINT, INT, isBinary, isCharacter, isUnicode, longer } from '../bind/types.ts';
import type { BoundExpression } from '../bound.ts';
import { likeRegex } from '../emit/compare.ts';
import { convert, textLength } from '../emit/convert.ts';
import { quoteString } from '../quote.ts';
import { notImplemented, SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { asInt, asText, type BuiltIn, type Call, type Family, numberOf, plain, textType } from './call.ts';

/** Text in, text of the same length out. */
function mapped(sql: (text: string) => string): BuiltIn {
  return {
    arity: [1, 1],
    bind: ({ args }) => {
      const text = asText(args[0]!);
      return { sql: sql(text.sql), type: textType(text), nullable: text.nullable };
    },
  };
}

function trim(name: 'ltrim' | 'rtrim' | 'trim'): BuiltIn {
  return {
    arity: [1, 2],
    bind: ({ args, node }) => {
      const text = asText(args[0]!);
      const word = node.trim === 'leading' ? 'ltrim' : node.trim === 'trailing' ? 'rtrim' : name;
      const characters = args[1] ? `, ${asText(args[1]).sql}` : '';
      return { sql: `${word}(${text.sql}${characters})`, type: textType(text), nullable: text.nullable };
    },
  };
}

function nullableOf(args: readonly BoundExpression[]): boolean {
  return args.some((a) => a.nullable);
}

function substring({ args }: Call): BoundExpression {
  const [value, from, count] = args;
  const [s, l] = [asInt(from!), asInt(count!)];
  const start = numberOf(from);
  const length = numberOf(count);
  if (length !== undefined && length < 0)
    throw new SqlError(537, 'Invalid length parameter passed to the LEFT or SUBSTRING function.');
  // Positions before the first character count against the length.
  const [at, take] =
    start !== undefined && start >= 1 ? [s, l] : [`greatest(${s}, 1)`, `greatest(${l} + least(${s}, 1) - 1, 0)`];
  if (isBinary(value!.type)) {
    const sql = `from_hex(substring(hex(${value!.sql}), (${at}) * 2 - 1, (${take}) * 2))`;
    return { sql, type: { name: 'varbinary', length: length ?? value!.type.length ?? 1 }, nullable: true };
  }
  const text = asText(value!);
  const known =
    length === undefined || text.type.length === 'max'
      ? textLength(text.type)
      : Math.min(length, Number(textLength(text.type)));
  return { sql: `substring(${text.sql}, ${at}, ${take})`, type: textType(text, known), nullable: nullableOf(args) };
}

function side(name: 'left' | 'right'): BuiltIn {
  return {
    arity: [2, 2],
    bind: ({ args }) => {
      const text = asText(args[0]!);
      const count = numberOf(args[1]);
      const width = textLength(text.type);
      const length = count !== undefined && width !== 'max' ? Math.max(1, Math.min(count, width)) : width;
      return {
        sql: `${name}(${text.sql}, ${asInt(args[1]!)})`,
        type: textType(text, length),
        nullable: nullableOf(args),
      };
    },
  };
}

function charIndex({ args }: Call): BoundExpression {
  const [needle, text] = [asText(args[0]!), asText(args[1]!)];
  const type = text.type.length === 'max' ? BIGINT : INT;
  const fold = (value: BoundExpression) =>
    typeof value.literal === 'string' ? quoteString(value.literal.toLowerCase()) : `lower(${value.sql})`;
  const [n, t] = [fold(needle), fold(text)];
  let sql = `strpos(${t}, ${n})`;
  if (args[2]) {
    const from = `greatest(${asInt(args[2])}, 1)`;
    const found = `strpos(substring(${t}, ${from}), ${n})`;
    sql = `CASE WHEN ${found} = 0 THEN 0 ELSE ${found} + ${from} - 1 END`;
  }
  const empty =
    typeof needle.literal === 'string' && needle.literal !== '' ? sql : `CASE WHEN ${n} = '' THEN 0 ELSE ${sql} END`;
  return { sql: `CAST(${empty} AS ${type === INT ? 'INTEGER' : 'BIGINT'})`, type, nullable: nullableOf(args) };
}

function replace({ args }: Call): BoundExpression {
  const [text, from, to] = args.map(asText) as [BoundExpression, BoundExpression, BoundExpression];
  const letters = typeof from.literal !== 'string' || /\p{L}/u.test(from.literal);
  const length =
    textLength(text.type) === 'max' || longer(from.type.length, to.type.length) === 'max'
      ? 'max'
      : isUnicode(text.type)
        ? 4000
        : 8000;
  const type = textType(text, length);
  const sql = letters
    ? `CASE WHEN ${from.sql} = '' THEN ${text.sql} ELSE regexp_replace(${text.sql}, regexp_escape(${from.sql}), replace(${to.sql}, '\\', '\\\\'), 'gi') END`
    : `replace(${text.sql}, ${from.sql}, ${to.sql})`;
  return { sql, type, nullable: nullableOf(args) };
}

function concat(args: readonly BoundExpression[], separator?: BoundExpression): BoundExpression {
  const texts = args.map((a) => (a.untypedNull ? undefined : asText(a)));
  const unicode = [...texts, separator].some((t) => t && isUnicode(t.type));
  const widths = texts.map((t) => (t ? textLength(t.type) : 0));
  const gaps = separator ? textLength(separator.type) : 0;
  const total =
    widths.some((w) => w === 'max') || gaps === 'max'
      ? 'max'
      : widths.reduce<number>((a, b) => a + Number(b), gaps * Math.max(0, texts.length - 1));
  const limit = unicode ? 4000 : 8000;
  const type: SqlType = {
    name: unicode ? 'nvarchar' : 'varchar',
    length: total === 'max' ? 'max' : Math.max(1, Math.min(total, limit)),
  };
  const list = texts.map((t) => t?.sql ?? 'CAST(NULL AS VARCHAR)').join(', ');
  return { sql: separator ? `concat_ws(${separator.sql}, ${list})` : `concat(${list})`, type, nullable: false };
}

function dataLength({ args }: Call): BoundExpression {
  const value = args[0]!;
  const { name } = value.type;
  const fixed: Partial<Record<SqlType['name'], number>> = {
    bit: 1,
    tinyint: 1,
    smallint: 2,
    int: 4,
    bigint: 8,
    real: 4,
    float: 8,
    money: 8,
    smallmoney: 4,
    date: 3,
    smalldatetime: 4,
    datetime: 8,
    uniqueidentifier: 16,
  };
  const type = value.type.length === 'max' ? BIGINT : INT;
  const size = (sql: string): BoundExpression => ({ sql, type, nullable: value.nullable });
  if (isUnicode(value.type)) return size(`CAST(length(${value.sql}) * 2 AS ${type === INT ? 'INTEGER' : 'BIGINT'})`);
  if (isCharacter(value.type)) return size(`CAST(length(${value.sql}) AS ${type === INT ? 'INTEGER' : 'BIGINT'})`);
  if (isBinary(value.type)) return size(`CAST(octet_length(${value.sql}) AS ${type === INT ? 'INTEGER' : 'BIGINT'})`);
  const scale = value.type.scale ?? 7;
  const fraction = scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
  const precision = value.type.precision ?? 18;
  const bytes =
    name === 'decimal'
      ? precision <= 9
        ? 5
        : precision <= 19
          ? 9
          : precision <= 28
            ? 13
            : 17
      : name === 'time'
        ? fraction
        : name === 'datetime2'
          ? fraction + 3
          : name === 'datetimeoffset'
            ? fraction + 5
            : (fixed[name] ?? 4);
  return size(`CASE WHEN ${value.sql} IS NOT NULL THEN ${bytes} END`);
}

const HASHES: Record<string, string> = { MD5: 'md5', SHA: 'sha1', SHA1: 'sha1', SHA2_256: 'sha256' };

function hashBytes({ args, node }: Call): BoundExpression {
  const hash = HASHES[String(args[0]!.literal).toUpperCase()];
  if (!hash) throw notImplemented(`HASHBYTES with ${args[0]!.literal ?? 'a computed algorithm'}`, node.line);
  const value = args[1]!;
  const bytes = isBinary(value.type)
    ? value.sql
    : isUnicode(value.type)
      ? convert(value, { name: 'varbinary', length: 'max' }).sql
      : `encode(${asText(value).sql})`;
  const sql = `from_hex(${hash}(${bytes}))`;
  return { sql, type: { name: 'varbinary', length: 8000 }, nullable: value.nullable };
}

function str({ args }: Call): BoundExpression {
  const length = numberOf(args[1]) ?? 10;
  const digits = numberOf(args[2]) ?? 0;
  const number = convert(args[0]!, { name: 'float' }).sql;
  const rounded = `format('{:.${digits}f}', round(${number}, ${digits}))`;
  const sql = `CASE WHEN length(${rounded}) > ${length} THEN repeat('*', ${length}) ELSE lpad(${rounded}, ${length}, ' ') END`;
  return { sql, type: { name: 'varchar', length }, nullable: args[0]!.nullable };
}

export const STRING: Family = {
  LEN: {
    arity: [1, 1],
    bind: ({ args }) => {
      const value = args[0]!;
      const type = value.type.length === 'max' ? BIGINT : INT;
      const size = isBinary(value.type) ? `octet_length(${value.sql})` : `length(rtrim(${asText(value).sql}))`;
      return { sql: `CAST(${size} AS ${type === INT ? 'INTEGER' : 'BIGINT'})`, type, nullable: value.nullable };
    },
  },
  DATALENGTH: { arity: [1, 1], bind: dataLength },
  UPPER: mapped((s) => `upper(${s})`),
  LOWER: mapped((s) => `lower(${s})`),
  REVERSE: mapped((s) => `reverse(${s})`),
  LTRIM: trim('ltrim'),
  RTRIM: trim('rtrim'),
  TRIM: trim('trim'),
  LEFT: side('left'),
  RIGHT: side('right'),
  SUBSTRING: { arity: [3, 3], bind: substring },
  CHARINDEX: { arity: [2, 3], bind: charIndex },
  REPLACE: { arity: [3, 3], bind: replace },
  CONCAT: { arity: [2, 254], bind: ({ args }) => concat(args) },
  CONCAT_WS: { arity: [3, 254], bind: ({ args }) => concat(args.slice(1), asText(args[0]!)) },
  REPLICATE: {
    arity: [2, 2],
    bind: ({ args }) => {
      const text = asText(args[0]!);
      const count = numberOf(args[1]);
      const width = textLength(text.type);
      const length = width === 'max' ? 'max' : count === undefined ? 8000 : width * count;
      // A negative count gives NULL.
      const n = asInt(args[1]!);
      const sql =
        count !== undefined && count >= 0
          ? `repeat(${text.sql}, ${n})`
          : `CASE WHEN ${n} >= 0 THEN repeat(${text.sql}, ${n}) END`;
      return { sql, type: textType(text, length), nullable: true };
    },
  },
  SPACE: plain([1, 1], { name: 'varchar', length: 8000 }, (n) => `repeat(' ', ${n})`),
  STUFF: {
    arity: [4, 4],
    bind: ({ args }) => {
      const [text, insert] = [asText(args[0]!), args[3]!.untypedNull ? undefined : asText(args[3]!)];
      const [s, l] = [asInt(args[1]!), asInt(args[2]!)];
      const inserted = insert ? `coalesce(${insert.sql}, '')` : "''";
      const body = `left(${text.sql}, ${s} - 1) || ${inserted} || substring(${text.sql}, ${s} + ${l})`;
      const widths = [textLength(text.type), insert ? textLength(insert.type) : 0] as const;
      const length = widths.includes('max') ? 'max' : Number(widths[0]) + Number(widths[1]);
      return {
        sql: `CASE WHEN ${s} BETWEEN 1 AND length(${text.sql}) AND ${l} >= 0 THEN ${body} END`,
        type: textType(text, length),
        nullable: true,
      };
    },
  },
  QUOTENAME: {
    arity: [1, 2],
    bind: ({ args }) => {
      const text = asText(args[0]!);
      const quote = args[1] === undefined ? '[' : String(args[1].literal ?? '[');
      const [open, close] =
        quote === '[' || quote === ']' ? ['[', ']'] : quote === '(' || quote === ')' ? ['(', ')'] : [quote, quote];
      const sql = `(${quoteString(open)} || replace(${text.sql}, ${quoteString(close)}, ${quoteString(close + close)}) || ${quoteString(close)})`;
      return {
        sql: `CASE WHEN length(${text.sql}) <= 128 THEN ${sql} END`,
        type: { name: 'nvarchar', length: 258 },
        nullable: true,
      };
    },
  },
  ASCII: {
    arity: [1, 1],
    bind: ({ args }) => ({
      sql: `CAST(nullif(ascii(${asText(args[0]!).sql}), 0) AS INTEGER)`,
      type: INT,
      nullable: true,
    }),
  },
  UNICODE: {
    arity: [1, 1],
    bind: ({ args }) => ({
      sql: `CAST(nullif(unicode(${asText(args[0]!).sql}), -1) AS INTEGER)`,
      type: INT,
      nullable: true,
    }),
  },
  CHAR: plain(
    [1, 1],
    { name: 'char', length: 1 },
    (n) => `CASE WHEN ${n} BETWEEN 0 AND 255 THEN chr(CAST(${n} AS INTEGER)) END`,
  ),
  NCHAR: plain(
    [1, 1],
    { name: 'nchar', length: 1 },
    (n) => `CASE WHEN ${n} BETWEEN 0 AND 65535 THEN chr(CAST(${n} AS INTEGER)) END`,
  ),
  STR: { arity: [1, 3], bind: str },
  TRANSLATE: {
    arity: [3, 3],
    bind: ({ args }) => {
      const [text, from, to] = args.map(asText) as [BoundExpression, BoundExpression, BoundExpression];
      if (
        typeof from.literal === 'string' &&
        typeof to.literal === 'string' &&
        from.literal.length !== to.literal.length
      ) {
        throw new SqlError(
          9828,
          'The second and third arguments of the TRANSLATE built-in function must contain an equal number of characters.',
        );
      }
      return {
        sql: `translate(${text.sql}, ${from.sql}, ${to.sql})`,
        type: textType(text),
        nullable: nullableOf(args),
      };
    },
  },
  PATINDEX: {
    arity: [2, 2],
    bind: ({ args, node }) => {
      const pattern = args[0]!.literal;
      if (typeof pattern !== 'string') throw notImplemented('PATINDEX with a pattern that is not a literal', node.line);
      const text = asText(args[1]!);
      const anchored = `${pattern.startsWith('%') ? '' : '^'}${likeRegex(pattern.replace(/^%/, '').replace(/%$/, ''))}${pattern.endsWith('%') ? '' : '$'}`;
      const found = `regexp_extract(${text.sql}, ${quoteString(`(?si)^(.*?)(?:${anchored.replace(/^\^/, '')})`)}, 1)`;
      const matches = `regexp_matches(${text.sql}, ${quoteString(`(?si)${anchored}`)})`;
      const at = pattern.startsWith('%') ? `length(${found}) + 1` : '1';
      return {
        sql: `CAST(CASE WHEN ${text.sql} IS NULL THEN NULL WHEN ${matches} THEN ${at} ELSE 0 END AS INTEGER)`,
        type: INT,
        nullable: text.nullable,
      };
    },
  },
  HASHBYTES: { arity: [2, 2], bind: hashBytes },
  JSON_VALUE: {
    arity: [2, 2],
    bind: ({ args }) => {
      const [document, path] = args.map(asText) as [BoundExpression, BoundExpression];
      return {
        sql: `(CAST(${document.sql} AS JSON) ->> ${path.sql})`,
        type: { name: 'nvarchar', length: 4000 },
        nullable: true,
      };
    },
  },
  ISJSON: plain([1, 1], INT, (s) => `CAST(json_valid(${s}) AS INTEGER)`),
  FN_VARBINTOHEXSTR: plain([1, 1], { name: 'nvarchar', length: 'max' }, (b) => `('0x' || lower(hex(${b})))`),
};
