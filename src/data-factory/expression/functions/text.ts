import { formatDouble, stringify } from '../json.ts';
import { type Inner, isObject, WholeFloat } from '../value.ts';

// What .NET's string functions do, which is not what JavaScript's do.

/** Char.IsWhiteSpace: U+0085 counts; U+FEFF and U+200B do not. */
const blank = '[\\t-\\r \\u0085\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000]';
const ends = new RegExp(`^${blank}+|${blank}+$`, 'g');

export function trim(text: string): string {
  return text.replace(ends, '');
}

/**
 * ToUpperInvariant and ToLowerInvariant map one character to one character: ß and ﬁ stay, and so do the dotted capital and the
 * dotless small i, whose mappings belong to Turkic languages.
 */
export function toUpper(text: string): string {
  return Array.from(text, (character) => {
    if (character === 'ı') return character;
    const upper = character.toUpperCase();
    return upper.length === character.length ? upper : simpleUpper(character);
  }).join('');
}

export function toLower(text: string): string {
  return Array.from(text, (character) => {
    if (character === 'İ') return character;
    // Character by character there is no final sigma.
    const lower = character.toLowerCase();
    return lower.length === character.length ? lower : character;
  }).join('');
}

/** Letters whose full mapping is several characters, yet which have a one-character (simple) mapping: the Greek iota-subscript ones. */
function simpleUpper(character: string): string {
  const code = character.codePointAt(0)!;
  if (
    (code >= 0x1f80 && code <= 0x1faf && (code & 0x8) === 0) ||
    code === 0x1fb3 ||
    code === 0x1fc3 ||
    code === 0x1ff3
  ) {
    const offset = code <= 0x1faf ? 8 : 9;
    return String.fromCodePoint(code + offset);
  }
  return character;
}

/** Ordinal comparison without regard to case compares the upper-case forms. */
export function fold(text: string): string {
  return toUpper(text);
}

/** The text of a value, as `string()`, `concat` and `@{...}` give it. */
export function toText(value: Inner): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : formatDouble(value);
  if (value instanceof WholeFloat) return formatDouble(value.value);
  return contentText(value) ?? stringify(value);
}

/** Binary and XML values travel as `{ "$content-type", "$content" }`, the content in Base64. */
export function content(type: string, bytes: Buffer): Inner {
  return { '$content-type': type, $content: bytes.toString('base64') };
}

export function contentBytes(value: Inner): { type: string; bytes: Buffer } | undefined {
  if (!isObject(value)) return undefined;
  const type = value['$content-type'];
  const body = value['$content'];
  if (typeof type !== 'string' || typeof body !== 'string' || Object.keys(value).length !== 2) return undefined;
  return { type, bytes: Buffer.from(body, 'base64') };
}

export function contentText(value: Inner): string | undefined {
  return contentBytes(value)?.bytes.toString('utf8');
}
