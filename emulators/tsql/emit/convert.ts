import {
  clash,
  decimalFacets,
  duckdbType,
  isApproximate,
  isBinary,
  isCharacter,
  isInteger,
  isMoney,
  isTemporal,
  isTimestamp,
  isUnicode,
  shortName,
} from '../bind/types.ts';
import type { BoundExpression } from '../bound.ts';
import { quoteBinary, quoteString } from '../quote.ts';
import { notImplemented, SqlError } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import {
  dateText,
  parseDateTime,
  READ_STYLES,
  roundDatetime,
  roundMinute,
  roundTimestamp,
  timestampFromText,
  timeText,
  WRITE_STYLES,
} from './datetime.ts';
import { raise, raiseWith } from './raise.ts';

export interface ConvertOptions {
  /** TRY_CAST: NULL in place of an error. */
  readonly attempt?: boolean;
  readonly style?: number;
  /** Assignment to a column: text that does not fit is error 2628 in place of being cut. */
  readonly assignTo?: { readonly table: string; readonly column: string };
}

/** `value` converted to `type` by T-SQL's rules. Throws 206 or 529 when no conversion exists. */
export function convert(value: BoundExpression, type: SqlType, options: ConvertOptions = {}): BoundExpression {
  const from = value.type;
  const result = (sql: string, literal?: string | null): BoundExpression => ({
    sql,
    type,
    nullable: value.nullable || (options.attempt ?? false),
    ...(literal !== undefined && { literal }),
    ...(value.collation !== undefined && isCharacter(type) && { collation: value.collation }),
  });
  value.infer?.(type);
  if (value.untypedNull) return { ...result(`CAST(NULL AS ${duckdbType(type)})`, null), nullable: true };
  if (isCharacter(type)) return toCharacter(value, type, options, result);
  if (isBinary(type)) return result(withinLength(toBinary(value, type, options), value, type, options));
  if (isCharacter(from)) return fromCharacter(value, type, options, result);
  const sql = convertValue(value, type, options);
  return result(
    sql,
    value.literal !== undefined && value.literal !== null && isInteger(type) ? value.literal : undefined,
  );
}

type Result = (sql: string, literal?: string | null) => BoundExpression;

function cast(sql: string, type: SqlType, options: ConvertOptions): string {
  return `${options.attempt ? 'TRY_CAST' : 'CAST'}(${sql} AS ${duckdbType(type)})`;
}

function convertValue({ sql, type: from }: BoundExpression, type: SqlType, options: ConvertOptions): string {
  const plain = () => cast(sql, type, options);
  if (from.name === type.name && from.scale === type.scale && from.precision === type.precision) return sql;
  if (isBinary(from)) return fromBinary(sql, from, type);
  if (isTemporal(type)) {
    if (isTemporal(from)) return temporal(sql, from, type, options);
    if (type.name === 'datetime' || type.name === 'smalldatetime') {
      const days = `CAST(${sql} AS DOUBLE) * 86400000000`;
      const timestamp = `(TIMESTAMP '1900-01-01' + to_microseconds(CAST(round(${days}) AS BIGINT)))`;
      return type.name === 'datetime' ? roundDatetime(timestamp) : roundMinute(timestamp);
    }
    throw conversionMissing(from, type);
  }
  if (isTemporal(from)) {
    if (!isTimestamp(from)) throw conversionMissing(from, type);
    return cast(`(epoch_us(${sql}) + 2208988800000000) / 86400000000.0`, type, options);
  }
  if (from.name === 'uniqueidentifier' || type.name === 'uniqueidentifier') throw conversionMissing(from, type);
  // decimal and float lose their fraction, money rounds.
  if (isInteger(type) && (from.name === 'decimal' || isApproximate(from))) return cast(`trunc(${sql})`, type, options);
  return plain();
}

function conversionMissing(from: SqlType, to: SqlType): SqlError {
  if (isTemporal(from) !== isTemporal(to)) return clash(from, to);
  return new SqlError(529, `Explicit conversion from data type ${shortName(from)} to ${shortName(to)} is not allowed.`);
}

// ---- dates and times -------------------------------------------------------------------------------------------------

const DIGITS: Partial<Record<SqlType['name'], number>> = { datetime: 3, smalldatetime: 0, date: 0 };

/** Digits of a second that values of a type have. */
export function fractionDigits(type: SqlType): number {
  return DIGITS[type.name] ?? type.scale ?? 7;
}

function temporal(sql: string, from: SqlType, type: SqlType, options: ConvertOptions): string {
  if (from.name === 'datetimeoffset') {
    const local = `(${sql}."utc" + to_minutes(CAST(${sql}."offset" AS BIGINT)))`;
    if (type.name !== 'datetimeoffset')
      return temporal(local, { name: 'datetime2', scale: from.scale ?? 7 }, type, options);
    const utc = rounded(`${sql}."utc"`, from, type);
    return utc === `${sql}."utc"` ? sql : withOffset(utc, `${sql}."offset"`, sql);
  }
  switch (type.name) {
    case 'date':
      return cast(sql, type, options);
    case 'time':
      if (from.name === 'date') return "TIME '00:00:00'";
      if (from.name !== 'time') return `CAST(${rounded(sql, from, type)} AS TIME)`;
      return `CAST(${rounded(`(DATE '1900-01-01' + ${sql})`, from, type)} AS TIME)`;
    case 'datetimeoffset':
      return withOffset(rounded(asTimestamp(sql, from), from, type), '0', sql);
    default:
      return rounded(asTimestamp(sql, from), from, type);
  }
}

function withOffset(utc: string, offset: string, original: string): string {
  const value = `{'utc': ${utc}, 'offset': CAST(${offset} AS SMALLINT)}`;
  return `CASE WHEN ${original} IS NOT NULL THEN ${value} END`;
}

function asTimestamp(sql: string, from: SqlType): string {
  if (from.name === 'date') return `CAST(${sql} AS TIMESTAMP)`;
  return from.name === 'time' ? `(DATE '1900-01-01' + ${sql})` : sql;
}

function rounded(sql: string, from: SqlType, to: SqlType): string {
  if (from.name === 'date') return sql;
  if (to.name === 'smalldatetime') return roundMinute(sql);
  if (to.name === 'datetime') return from.name === 'smalldatetime' ? sql : roundDatetime(sql);
  const digits = fractionDigits(to);
  return digits < 6 && fractionDigits(from) > digits ? roundTimestamp(sql, digits) : sql;
}

// ---- from text -------------------------------------------------------------------------------------------------------

function fromCharacter(
  value: BoundExpression,
  type: SqlType,
  options: ConvertOptions,
  result: Result,
): BoundExpression {
  const { sql, type: from } = value;
  if (isTemporal(type)) return result(temporalFromText(value, type, options));
  const failure = (number: number, before: string, after = '') =>
    options.attempt ? 'NULL' : after === '' ? raise(number, before) : raiseWith(number, before, sql, after);
  if (type.name === 'uniqueidentifier') {
    const text = `substr(trim(${sql}, ' {}'), 1, 36)`;
    if (typeof value.literal === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value.literal)) {
      return result(`CAST(${quoteString(value.literal)} AS UUID)`);
    }
    return result(cast(text, type, options));
  }
  if (isInteger(type)) {
    if (typeof value.literal === 'string' && /^\s*[-+]?\d{1,9}\s*$/.test(value.literal)) {
      const digits = String(Number(value.literal));
      return result(type.name === 'int' ? digits : `CAST(${digits} AS ${duckdbType(type)})`, digits);
    }
    const message = `Conversion failed when converting the ${from.name} value '`;
    const bad = failure(245, message, `' to data type ${type.name}.`);
    return result(
      `CASE WHEN ${sql} IS NULL THEN NULL WHEN regexp_full_match(${sql}, '\\s*[-+]?\\d+\\s*') THEN ${cast(`trim(${sql})`, type, options)} WHEN trim(${sql}) = '' THEN 0 ELSE ${bad} END`,
    );
  }
  if (type.name === 'bit') {
    const text = `lower(trim(${sql}))`;
    const bad = failure(245, `Conversion failed when converting the ${from.name} value '`, "' to data type bit.");
    return result(
      `CASE WHEN ${sql} IS NULL THEN NULL WHEN ${text} IN ('true', '1') THEN TRUE WHEN ${text} IN ('false', '0', '') THEN FALSE WHEN TRY_CAST(${text} AS BIGINT) IS NOT NULL THEN TRUE ELSE ${bad} END`,
    );
  }
  if (isMoney(type)) return result(cast(`replace(replace(trim(${sql}), ',', ''), '$', '')`, type, options));
  if (isApproximate(type)) {
    return result(`CASE WHEN trim(${sql}) = '' THEN 0 ELSE ${cast(`trim(${sql})`, type, options)} END`);
  }
  return result(cast(`trim(${sql})`, type, options));
}

function temporalFromText(value: BoundExpression, type: SqlType, options: ConvertOptions): string {
  const invalid = () => raise(241, 'Conversion failed when converting date and/or time from character string.');
  if (typeof value.literal === 'string' && READ_STYLES[options.style ?? 0] === undefined) {
    const parts = parseDateTime(value.literal);
    if (!parts)
      return options.attempt ? `CAST(NULL AS ${duckdbType(type)})` : `CAST(${invalid()} AS ${duckdbType(type)})`;
    const date = dateText(parts.date ?? [1900, 1, 1]);
    if (type.name === 'date') return `DATE '${date}'`;
    const timestamp = `TIMESTAMP '${date} ${timeText(parts.micros)}'`;
    if (type.name === 'datetimeoffset') {
      const offset = parts.offset ?? 0;
      return `{'utc': ${timestamp} - to_minutes(${offset}), 'offset': CAST(${offset} AS SMALLINT)}`;
    }
    const digits = fractionDigits(type);
    const exact = parts.micros % 10n ** BigInt(Math.max(0, 6 - digits)) === 0n && type.name !== 'smalldatetime';
    if (type.name === 'time')
      return exact
        ? `TIME '${timeText(parts.micros)}'`
        : temporal(timestamp, { name: 'datetime2', scale: 7 }, type, options);
    if (type.name === 'datetime' ? parts.micros % 1_000_000n === 0n : exact) return timestamp;
    return rounded(timestamp, { name: 'datetime2', scale: 7 }, type);
  }
  const formats = READ_STYLES[options.style ?? 0];
  if (type.name === 'time') {
    const failed = options.attempt ? 'NULL' : invalid();
    const text = `trim(${value.sql})`;
    const read = `coalesce(TRY_CAST(${text} AS TIME), CAST(TRY_CAST(${text} AS TIMESTAMP) AS TIME))`;
    return `coalesce(${read}, CASE WHEN ${value.sql} IS NOT NULL THEN ${failed} END)`;
  }
  if (type.name === 'datetimeoffset') {
    const utc = `(TRY_CAST(trim(${value.sql}) AS TIMESTAMPTZ) AT TIME ZONE 'UTC')`;
    const sign = `regexp_extract(trim(${value.sql}), '([+-])(\\d\\d):(\\d\\d)$', 1)`;
    const hours = `TRY_CAST(regexp_extract(trim(${value.sql}), '[+-](\\d\\d):(\\d\\d)$', 1) AS INTEGER)`;
    const minutes = `TRY_CAST(regexp_extract(trim(${value.sql}), '[+-](\\d\\d):(\\d\\d)$', 2) AS INTEGER)`;
    const offset = `coalesce((${hours} * 60 + ${minutes}) * CASE WHEN ${sign} = '-' THEN -1 ELSE 1 END, 0)`;
    return withOffset(utc, offset, value.sql);
  }
  const timestamp = timestampFromText(value.sql, options.attempt ?? false, formats);
  if (type.name === 'date') return `CAST(${timestamp} AS DATE)`;
  return rounded(timestamp, { name: 'datetime2', scale: 7 }, type);
}

// ---- to text ---------------------------------------------------------------------------------------------------------

function toCharacter(value: BoundExpression, type: SqlType, options: ConvertOptions, result: Result): BoundExpression {
  const from = value.type;
  const folded = isCharacter(from) && typeof value.literal === 'string' ? value.literal : undefined;
  const text = isCharacter(from) ? value.sql : textOf(value, options);
  const limit = type.length ?? 1;
  if (folded !== undefined && (limit === 'max' || folded.length <= limit)) {
    const padded = type.name.includes('var') || limit === 'max' ? folded : folded.padEnd(limit);
    return result(quoteString(padded), padded);
  }
  return result(
    withinLength(
      text,
      isCharacter(from) ? value : { ...value, type: { name: 'varchar', length: textWidth(from) } },
      type,
      options,
    ),
  );
}

/** Text (or bytes) cut to its length or refused, and padded when the type is of fixed length. */
function withinLength(sql: string, value: BoundExpression, type: SqlType, options: ConvertOptions): string {
  const limit = type.length ?? 1;
  if (limit === 'max') return sql;
  const same = isCharacter(type) === isCharacter(value.type) && isBinary(type) === isBinary(value.type);
  const known = same ? (value.type.length ?? 1) : 'max';
  const tooLong = known === 'max' || known > limit;
  let result = sql;
  if (tooLong) {
    const cut = isBinary(type) ? `array_slice(${sql}, 1, ${limit})` : `left(${sql}, ${limit})`;
    const to = options.assignTo;
    if (to) {
      const long = isBinary(type) ? `octet_length(${sql}) > ${limit}` : `length(rtrim(${sql})) > ${limit}`;
      const before = `String or binary data would be truncated in table '${to.table}', column '${to.column}'. Truncated value: '`;
      const shown = isBinary(type) ? "''" : `left(${sql}, ${limit})`;
      result = `CASE WHEN ${long} THEN ${raiseWith(2628, before, shown, "'.")} ELSE ${cut} END`;
    } else result = cut;
  }
  const fixed = !type.name.includes('var');
  if (!fixed || (same && !tooLong && value.type.name === type.name && known === limit)) return result;
  if (!isBinary(type)) return `rpad(${result}, ${limit}, ' ')`;
  return `from_hex(rpad(hex(${result}), ${limit * 2}, '0'))`;
}

function textWidth(type: SqlType): number | 'max' {
  switch (type.name) {
    case 'bit':
      return 1;
    case 'tinyint':
      return 3;
    case 'smallint':
      return 6;
    case 'int':
      return 12;
    case 'bigint':
      return 20;
    case 'decimal':
      return decimalFacets(type).precision + 3;
    case 'date':
      return 10;
    case 'uniqueidentifier':
      return 36;
    default:
      return 'max';
  }
}

/** Length of the text an operand gives when it is concatenated or passed where text is wanted. */
export function textLength(type: SqlType): number | 'max' {
  if (isCharacter(type)) return type.length ?? 1;
  const width = textWidth(type);
  return width === 'max' ? 40 : width;
}

function textOf({ sql, type }: BoundExpression, options: ConvertOptions): string {
  const style = options.style ?? 0;
  if (isTemporal(type)) return temporalText(sql, type, options.style);
  switch (type.name) {
    case 'bit':
      return `CAST(CAST(${sql} AS UTINYINT) AS VARCHAR)`;
    case 'money':
    case 'smallmoney':
      // Style 1 puts a comma between each three digits of the whole part.
      if (style === 1) return `format('{:,.2f}', CAST(${sql} AS DECIMAL(19,2)))`;
      return `CAST(CAST(${sql} AS DECIMAL(19,${style === 2 || style === 126 ? 4 : 2})) AS VARCHAR)`;
    case 'real':
    case 'float': {
      const format = style === 1 ? '{:.8e}' : style === 2 ? '{:.16e}' : style === 3 ? '{}' : '{:.6g}';
      // The exponent has three digits.
      return `regexp_replace(format('${format}', CAST(${sql} AS DOUBLE)), 'e([+-])(\\d\\d)$', 'e\\10\\2')`;
    }
    case 'uniqueidentifier':
      return `upper(CAST(${sql} AS VARCHAR))`;
    case 'binary':
    case 'varbinary':
      if (style === 1) return `('0x' || hex(${sql}))`;
      return style === 2 ? `hex(${sql})` : `decode(${sql})`;
    default:
      return `CAST(${sql} AS VARCHAR)`;
  }
}

function temporalText(sql: string, type: SqlType, requested: number | undefined): string {
  if (type.name === 'datetimeoffset') {
    const local = `(${sql}."utc" + to_minutes(CAST(${sql}."offset" AS BIGINT)))`;
    const offset = `${sql}."offset"`;
    const zone = `printf('%s%02d:%02d', CASE WHEN ${offset} < 0 THEN '-' ELSE '+' END, abs(${offset}) // 60, abs(${offset}) % 60)`;
    const space = requested === 126 || requested === 127 ? '' : "' ' || ";
    return `(${temporalText(local, { name: 'datetime2', scale: type.scale ?? 7 }, requested ?? 121)} || ${space}${zone})`;
  }
  const legacy = type.name === 'datetime' || type.name === 'smalldatetime';
  const style = requested ?? (legacy ? 0 : 121);
  const format = WRITE_STYLES[style];
  if (format === undefined) throw notImplemented(`CONVERT style ${style} of a date`);
  if (type.name === 'date') return `strftime(${sql}, '${dateOnly(format)}')`;
  if (type.name === 'time' && style !== 0 && style !== 100 && style !== 114) {
    return formatted(`(DATE '1900-01-01' + ${sql})`, format.includes('{f}') ? '%H:%M:%S{f}' : '%H:%M:%S', type, style);
  }
  return formatted(
    type.name === 'time' ? `(DATE '1900-01-01' + ${sql})` : sql,
    type.name === 'time' ? '{h}:%M%p' : format,
    type,
    style,
  );
}

function dateOnly(format: string): string {
  return format.split(/[T ](?=%H|\{h\})/)[0]!.replace('{d}', '%-d');
}

function formatted(sql: string, format: string, type: SqlType, style: number): string {
  let digits = fractionDigits(type);
  if (type.name === 'smalldatetime') digits = style === 126 || style === 127 ? 0 : 3;
  const fraction = (): string => {
    if (digits === 0) return "''";
    const whole = digits === 7 ? `strftime(${sql}, '%f') || '0'` : `left(strftime(${sql}, '%f'), ${digits})`;
    // ISO styles leave out a fraction of zero for datetime.
    if ((style === 126 || style === 127) && type.name === 'datetime') {
      return `CASE WHEN epoch_us(${sql}) % 1000000 = 0 THEN '' ELSE '.' || ${whole} END`;
    }
    return `('.' || ${whole})`;
  };
  const pieces = format.split(/(\{[fhd]\})/).filter((piece) => piece !== '');
  const texts = pieces.map((piece) => {
    if (piece === '{f}') return fraction();
    if (piece === '{h}') return `lpad(strftime(${sql}, '%-I'), 2, ' ')`;
    if (piece === '{d}') return `lpad(strftime(${sql}, '%-d'), 2, ' ')`;
    return `strftime(${sql}, '${piece}')`;
  });
  return texts.length === 1 ? texts[0]! : `(${texts.join(' || ')})`;
}

// ---- binary ----------------------------------------------------------------------------------------------------------

const INTEGER_BYTES: Partial<Record<SqlType['name'], number>> = { bit: 1, tinyint: 1, smallint: 2, int: 4, bigint: 8 };

function toBinary(value: BoundExpression, type: SqlType, options: ConvertOptions): string {
  const { sql, type: from } = value;
  if (isBinary(from)) return sql;
  if (isCharacter(from)) return binaryFromText(value, options);
  const bytes = INTEGER_BYTES[from.name];
  if (bytes !== undefined) {
    const width = type.name === 'binary' && type.length !== 'max' ? (type.length ?? 1) : bytes;
    const mask = bytes === 8 ? '18446744073709551616' : String(2 ** (8 * bytes));
    const unsigned = `CASE WHEN ${sql} < 0 THEN ${mask}::HUGEINT + ${sql} ELSE ${sql} END`;
    const hex = `lpad(printf('%X', CAST(${from.name === 'bit' ? `CAST(${sql} AS INTEGER)` : unsigned} AS UBIGINT)), ${bytes * 2}, '0')`;
    return `from_hex(right(lpad(${hex}, ${Math.max(width, bytes) * 2}, '0'), ${width * 2}))`;
  }
  if (from.name === 'uniqueidentifier') {
    const hex = `replace(CAST(${sql} AS VARCHAR), '-', '')`;
    const order = [7, 5, 3, 1, 11, 9, 15, 13].map((at) => `substr(${hex}, ${at}, 2)`).join(' || ');
    return `from_hex(${order} || substr(${hex}, 17))`;
  }
  throw notImplemented(`the conversion of ${shortName(from)} to ${type.name}`);
}

function binaryFromText({ sql, type, literal }: BoundExpression, options: ConvertOptions): string {
  if (options.style === 1 || options.style === 2) {
    const digits = options.style === 1 ? `substr(${sql}, 3)` : sql;
    const ok = `regexp_full_match(${sql}, '${options.style === 1 ? '0[xX]' : ''}([0-9a-fA-F]{2})*')`;
    const bad = options.attempt ? 'NULL' : raise(8114, `Error converting data type ${type.name} to varbinary.`);
    return `CASE WHEN ${sql} IS NULL THEN NULL WHEN ${ok} THEN from_hex(${digits}) ELSE ${bad} END`;
  }
  if (!isUnicode(type)) return `encode(${sql})`;
  if (typeof literal === 'string') return quoteBinary(Buffer.from(literal, 'utf16le').toString('hex'));
  return utf16(sql);
}

/** The bytes of nvarchar, as HASHBYTES and casts to varbinary see them (characters beyond the basic plane are not split). */
export function utf16(sql: string): string {
  const bytes = `list_transform(string_split(${sql}, ''), lambda c: printf('%02X%02X', ord(c) % 256, ord(c) // 256))`;
  return `CASE WHEN ${sql} = '' THEN ''::BLOB ELSE from_hex(list_aggregate(${bytes}, 'string_agg', '')) END`;
}

function fromBinary(sql: string, from: SqlType, type: SqlType): string {
  const bytes = INTEGER_BYTES[type.name];
  if (bytes !== undefined) {
    if (type.name === 'bit') return `(CAST('0x0' || hex(${sql}) AS UBIGINT) <> 0)`;
    const unsigned = `CAST(CAST('0x0' || right(hex(${sql}), ${bytes * 2}) AS UBIGINT) AS HUGEINT)`;
    if (type.name === 'tinyint') return `CAST(${unsigned} AS UTINYINT)`;
    const half = `${2n ** BigInt(8 * bytes - 1)}::HUGEINT`;
    return `CAST((${unsigned} + ${half}) % (${half} * 2) - ${half} AS ${duckdbType(type)})`;
  }
  if (type.name === 'uniqueidentifier') {
    const hex = `hex(${sql})`;
    const order = [7, 5, 3, 1, 11, 9, 15, 13].map((at) => `substr(${hex}, ${at}, 2)`).join(' || ');
    return `CAST(${order} || substr(${hex}, 17, 16) AS UUID)`;
  }
  throw notImplemented(`the conversion of ${from.name} to ${shortName(type)}`);
}
