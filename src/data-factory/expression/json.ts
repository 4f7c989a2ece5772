import { ExpressionError } from './error.ts';
import { float, type Inner, integer, isArray, isObject, type Value, WholeFloat } from './value.ts';

/** JSON text to a value, integers exact to 64 bits, `10.0` kept a Float. @throws SyntaxError as JSON.parse does. */
export function parseInner(text: string): Inner {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    if (typeof value !== 'number') return value;
    const source = context?.source ?? String(value);
    if (/^-?\d+$/.test(source)) {
      const exact = BigInt(source);
      // Beyond 64 bits the service's reader falls back to a floating-point number.
      return BigInt.asIntN(64, exact) === exact ? integer(exact) : float(value);
    }
    return float(value);
  }) as Inner;
}

/** Compact JSON text; integers of any size are written exactly, a whole Float as `10.0`. */
export function stringify(value: Inner): string {
  if (value === null) return 'null';
  if (value instanceof WholeFloat) {
    const text = formatDouble(value.value);
    return /^-?\d+$/.test(text) ? `${text}.0` : text;
  }
  if (isArray(value)) return `[${value.map(stringify).join(',')}]`;
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([key, item]) => `${quote(key)}:${stringify(item)}`)
      .join(',')}}`;
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' && !Number.isInteger(value)) return formatDouble(value);
  return String(value);
}

/** JSON text to a plain value: integers beyond 2^53 are bigint. @throws ExpressionError on malformed JSON. */
export function parseJson(text: string): Value {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
      const source = context?.source;
      if (typeof value === 'number' && source !== undefined && /^-?\d+$/.test(source) && !Number.isSafeInteger(value))
        return BigInt(source);
      return value;
    }) as Value;
  } catch (cause) {
    throw new ExpressionError(`The value is not valid JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Compact JSON text of a plain value; a bigint is written as the integer it is. */
export function stringifyJson(value: Value): string {
  return stringify(value);
}

// JSON.stringify escapes lone surrogates too, which keeps the text well-formed.
const quote = (text: string): string => JSON.stringify(text);

/** The shortest text that reads back as the same double, laid out as .NET does: an exponent from 1E+15 up and below 1E-04. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [, sign = '', lead = '', rest = '', exponentText = '0'] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential()) ?? [];
  const exponent = Number(exponentText);
  const digits = lead + rest;
  if (exponent >= 15 || exponent < -4) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${lead}${rest === '' ? '' : `.${rest}`}E${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
