import { ExpressionError } from '../error.ts';
import { parseInner } from '../json.ts';
import { float, type Inner, integer, isArray, isInteger, isNumber, toDouble, typeOf } from '../value.ts';
import { define } from './define.ts';
import { content, contentText, toText, trim } from './text.ts';
import { escapeDataString, unescapeDataString } from './uri.ts';

const octets = 'application/octet-stream';

export const conversionFunctions = [
  define('array(value: any): array', (_, value: Inner) => (isArray(value) ? value : [value])),
  define('base64(value: any): string', (_, value: Inner) => Buffer.from(toText(value), 'utf8').toString('base64')),
  define('base64ToBinary(value: string): object', (_, value: string) =>
    content(octets, fromBase64('base64ToBinary', value)),
  ),
  define('base64ToString(value: string): string', (_, value: string) =>
    fromBase64('base64ToString', value).toString('utf8'),
  ),
  define('binary(value: any): object', (_, value: Inner) => content(octets, Buffer.from(toText(value), 'utf8'))),
  define('bool(value: any): boolean', (_, value: Inner) => toBoolean(value)),
  define(
    'coalesce(object1: any, ...objects: any): any',
    (_, ...values: Inner[]) => values.find((value) => value !== null) ?? null,
  ),
  define('createArray(...objects: any): array', (_, ...values: Inner[]) => values),
  define(
    'dataUri(value: any): string',
    (_, value: Inner) =>
      `data:text/plain;charset=utf-8;base64,${Buffer.from(toText(value), 'utf8').toString('base64')}`,
  ),
  define('dataUriToBinary(value: string): object', (_, value: string) => {
    const { type, bytes } = fromDataUri('dataUriToBinary', value);
    return content(type, bytes);
  }),
  define('dataUriToString(value: string): string', (_, value: string) =>
    fromDataUri('dataUriToString', value).bytes.toString('utf8'),
  ),
  define('decodeBase64(value: string): string', (_, value: string) =>
    fromBase64('decodeBase64', value).toString('utf8'),
  ),
  define('decodeDataUri(value: string): object', (_, value: string) => {
    const { type, bytes } = fromDataUri('decodeDataUri', value);
    return content(type, bytes);
  }),
  define('decodeUriComponent(value: string): string', (_, value: string) => unescapeDataString(value)),
  define('encodeUriComponent(value: string): string', (_, value: string) => escapeDataString(value)),
  define('float(value: any): number', (_, value: Inner) => toFloat(value)),
  define('int(value: any): integer', (_, value: Inner) => toInteger(value)),
  define('json(value: any): any', (_, value: Inner) => toJson(value)),
  define('string(value: any): string', (_, value: Inner) => toText(value)),
  define('uriComponent(value: string): string', (_, value: string) => escapeDataString(value)),
  define('uriComponentToBinary(value: string): object', (_, value: string) =>
    content(octets, Buffer.from(unescapeDataString(value), 'utf8')),
  ),
  define('uriComponentToString(value: string): string', (_, value: string) => unescapeDataString(value)),
];

function invalid(name: string, value: Inner, expected: string): ExpressionError {
  return new ExpressionError(
    `The template language function '${name}' was invoked with a parameter that is not valid. The value ${JSON.stringify(toText(value).slice(0, 100))} of type '${typeOf(value)}' cannot be converted: expected ${expected}.`,
    { functionName: name },
  );
}

function fromBase64(name: string, value: string): Buffer {
  const text = value.replace(/[ \t\r\n]/g, '');
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw invalid(name, value, 'text in Base64');
  return Buffer.from(text, 'base64');
}

function fromDataUri(name: string, value: string): { type: string; bytes: Buffer } {
  const match = /^data:([^,]*?)(;base64)?,([^]*)$/i.exec(value);
  if (match === null) throw invalid(name, value, "a data URI such as 'data:text/plain;charset=utf-8;base64,aGVsbG8='");
  const [, type = '', base64, body = ''] = match;
  return {
    type: type === '' ? 'text/plain;charset=US-ASCII' : type,
    bytes:
      base64 === undefined ? Buffer.from(unescapeDataString(body), 'utf8') : fromBase64(name, unescapeDataString(body)),
  };
}

function toBoolean(value: Inner): boolean {
  if (typeof value === 'boolean') return value;
  if (isNumber(value)) return toDouble(value) !== 0;
  const text = typeof value === 'string' ? trim(value).toLowerCase() : '';
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw invalid('bool', value, "'true', 'false' or a number");
}

function toInteger(value: Inner): Inner {
  if (isInteger(value)) return value;
  if (isNumber(value)) {
    // Convert.ToInt64 rounds half to even.
    const double = toDouble(value);
    const floor = Math.floor(double);
    const rest = double - floor;
    return integer(BigInt(rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor));
  }
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' && /^[+-]?\d+$/.test(trim(value))) {
    const exact = BigInt(trim(value).replace(/^\+/, ''));
    if (BigInt.asIntN(64, exact) === exact) return integer(exact);
  }
  throw invalid('int', value, 'an integer of 64 bits');
}

function toFloat(value: Inner): Inner {
  if (isNumber(value)) return float(toDouble(value));
  // NumberStyles.Float and AllowThousands, invariant culture.
  if (typeof value === 'string' && /^[+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trim(value)))
    return float(Number(trim(value).replaceAll(',', '')));
  throw invalid('float', value, 'a number');
}

/** @throws ExpressionError naming `json` */
export function toJson(value: Inner): Inner {
  const text = typeof value === 'string' ? value : contentText(value);
  if (text === undefined) throw invalid('json', value, 'text, or XML');
  try {
    return parseInner(text);
  } catch (cause) {
    throw new ExpressionError(
      `The template language function 'json' parameter is not valid. The provided value ${JSON.stringify(text.slice(0, 100))} cannot be parsed: ${(cause as Error).message}.`,
      { functionName: 'json', cause },
    );
  }
}
