import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Shared Key authorization.
 * https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key#blob-queue-and-file-services-shared-key-authorization
 */

export interface SignedRequest {
  readonly sentMethod: string;
  readonly rawPath: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

type Order = (left: string, right: string) => number;

const signedHeaders = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
];

export function sign(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text, 'utf8').digest('base64');
}

export function sameSignature(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}

interface Reading {
  readonly order: Order;
  /** Whether query parameters without a value are signed: JavaScript's clients leave them out, others do not. */
  readonly empty: boolean;
}

/** @returns whether the signature is one of the account's key over the request. */
export function verifySharedKey(request: SignedRequest, account: string, key: Buffer, signature: string): boolean {
  // The service sorts header names as .NET's en-US culture does; clients that sort bytes differ only in rare names.
  return [cultureOrder, byteOrder].some((order) =>
    [true, false].some((empty) =>
      sameSignature(signature, sign(key, stringToSign(request, account, { order, empty }))),
    ),
  );
}

export function stringToSign(request: SignedRequest, account: string, reading: Reading): string {
  const { headers } = request;
  const standard = signedHeaders.map((name) => {
    const value = String(headers[name] ?? '');
    // An empty body is signed as no length at all since version 2015-02-21; a date is not signed beside x-ms-date.
    if (name === 'content-length' && value === '0') return '';
    return name === 'date' && headers['x-ms-date'] !== undefined ? '' : value;
  });
  const own = canonicalHeaders(headers, reading.order);
  return [request.sentMethod, ...standard, ...own].join('\n') + canonicalResource(request, account, reading.empty);
}

function canonicalHeaders(headers: IncomingHttpHeaders, order: Order): readonly string[] {
  const names = Object.keys(headers).filter((name) => name.startsWith('x-ms-'));
  return [...names.sort(order).map((name) => `${name}:${String(headers[name]).trim()}`), ''];
}

function canonicalResource({ rawPath, query }: SignedRequest, account: string, empty: boolean): string {
  const values = new Map<string, string[]>();
  for (const [name, value] of query) {
    if (empty || value !== '') values.set(name.toLowerCase(), [...(values.get(name.toLowerCase()) ?? []), value]);
  }
  const lines = [...values]
    .sort(([left], [right]) => byteOrder(left, right))
    .map(([name, given]) => `\n${name}:${given.sort(byteOrder).join(',')}`);
  return `/${account}${rawPath}${lines.join('')}`;
}

const byteOrder: Order = (left, right) => (left === right ? 0 : left < right ? -1 : 1);

/** .NET's word sort over what header names are made of: hyphens are looked at last, underscores come before digits. */
const cultureOrder: Order = (left, right) => byteOrder(weight(left), weight(right)) || byteOrder(left, right);

const weight = (name: string): string => name.replaceAll('-', '').replaceAll('_', '\u0001');
