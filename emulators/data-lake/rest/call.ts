import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { type Api, invalidHeader, invalidQuery, notImplemented, StorageError } from '../errors.ts';
import { parseTarget, type Target } from './names.ts';

/** One request, taken apart. */
export interface Call extends Target {
  readonly api: Api;
  /** As routed: a PUT may stand for a PATCH. */
  readonly method: string;
  /** As signed. */
  readonly sentMethod: string;
  /** As sent: what signatures are made of. */
  readonly rawPath: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** `x-ms-meta-*`, names in the case they were sent in. */
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly body: Readable;
  readonly remoteAddress: string;
}

/** Query parameters that only DFS has. */
const dfsParameters = ['resource', 'action', 'mode', 'recursive', 'paginated', 'position'];

/** Both APIs answer on one port; besides its parameters a client's Accept tells JSON (DFS) from XML (Blob). */
export function apiOf({ url = '/', headers }: IncomingMessage): Api {
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
  const dfs =
    dfsParameters.some((name) => query.has(name)) ||
    headers['x-ms-rename-source'] !== undefined ||
    (headers.accept ?? '').includes('application/json');
  return dfs ? 'dfs' : 'blob';
}

export function readCall(request: IncomingMessage, account: string): Call {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const { headers } = request;
  const sentMethod = request.method ?? 'GET';
  return {
    ...parseTarget(rawPath, account, headers['x-ms-rename-source'] !== undefined),
    api: apiOf(request),
    method: override(sentMethod, headers),
    sentMethod,
    rawPath,
    query,
    headers,
    metadata: metadataOf(request.rawHeaders),
    body: request,
    remoteAddress: request.socket.remoteAddress ?? '',
  };
}

/** Clients whose HTTP library has no PATCH (Hadoop's) say so in a header. */
function override(method: string, headers: IncomingHttpHeaders): string {
  const wanted = headers['x-http-method-override'];
  return typeof wanted === 'string' && ['PUT', 'POST'].includes(method) ? wanted.toUpperCase() : method;
}

function metadataOf(rawHeaders: readonly string[]): Record<string, string> | undefined {
  const metadata: Record<string, string> = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.toLowerCase().startsWith('x-ms-meta-'))
      metadata[name.slice('x-ms-meta-'.length)] = rawHeaders[at + 1] ?? '';
  }
  return Object.keys(metadata).length === 0 ? undefined : checkMetadata(metadata);
}

/** Names are identifiers; values have to fit into a header again. */
export function checkMetadata(metadata: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(metadata))
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || !isHeaderValue(value)) throw new StorageError('InvalidMetadata');
  return metadata;
}

/** ISO 8859-1 without control characters. */
export const isHeaderValue = (text: string): boolean => /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(text);

export function header(call: Call, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(',') : value === '' ? undefined : value;
}

export function parameter(call: Call, name: string): string | undefined {
  return call.query.get(name) || undefined;
}

/** A query parameter that is a whole number, or `fallback` where it is not given. */
export function integerParameter(call: Call, name: string, fallback: number): number {
  const text = parameter(call, name);
  if (text === undefined) return fallback;
  if (!/^\d{1,15}$/.test(text)) throw invalidQuery(name, text);
  return Number(text);
}

export function flagParameter(call: Call, name: string): boolean {
  const text = parameter(call, name)?.toLowerCase() ?? 'false';
  if (text !== 'true' && text !== 'false') throw invalidQuery(name, text);
  return text === 'true';
}

/** How many bytes the body will have. The services take no body of unknown length. */
export function contentLength(call: Call, limit: number): number {
  const text = header(call, 'content-length');
  if (text === undefined) throw new StorageError('MissingContentLengthHeader');
  const length = Number(text);
  if (length > limit) throw new StorageError('RequestBodyTooLarge', { elements: { MaxLimit: String(limit) } });
  return length;
}

/** The body; where the client sent an MD5 of it, reading fails at the end unless it is right. */
export function checkedBody(call: Call): Readable {
  for (const name of ['x-ms-content-crc64', 'x-ms-structured-body'])
    if (header(call, name) !== undefined) throw notImplemented(`the request header ${name}`);
  const wanted = contentMd5(call);
  if (wanted === undefined) return call.body;
  return Readable.from(
    (async function* () {
      const hash = createHash('md5');
      for await (const chunk of call.body) {
        hash.update(chunk);
        yield chunk;
      }
      if (hash.digest('base64') !== wanted) throw new StorageError('Md5Mismatch');
    })(),
    { objectMode: false },
  );
}

export function contentMd5(call: Call): string | undefined {
  const value = header(call, 'content-md5');
  if (value !== undefined && !/^[A-Za-z0-9+/]{22}==$/.test(value)) throw new StorageError('InvalidMd5');
  return value;
}

/** A small body whole. */
export async function textBody(call: Call, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of checkedBody(call)) {
    size += chunk.length;
    if (size > limit) throw new StorageError('RequestBodyTooLarge');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A date header, or undefined where it is not given. */
export function dateHeader(call: Call, name: string): Date | undefined {
  const text = header(call, name);
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw invalidHeader(name, text);
  return new Date(time);
}
