import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type AuthorizeOptions, authorize } from '../auth/authorize.ts';
import { type Api, fromStore, invalidHeader, StorageError } from '../errors.ts';
import { LeaseError } from '../store/leases.ts';
import { StoreError } from '../store/store-error.ts';
import { type Call, readCall } from './call.ts';
import { NotModified } from './conditions.ts';
import { versionHeaders } from './headers.ts';
import type { Answer, FilePart, Lake } from './operation.ts';
import { findOperation, levelOf } from './routes.ts';
import { document, element } from './xml.ts';

/** What happened to one request. Without its query, which may hold a signature. */
export interface RequestLog {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  /** The service's code, or what went wrong in here. */
  readonly error?: string;
}

export type ServerOptions = Lake & AuthorizeOptions & { readonly log: (entry: RequestLog) => void };

/** Used where the request does not name a version. */
const defaultVersion = '2026-02-06';

export function dataLakeListener(options: ServerOptions): RequestListener {
  return (request, response) => {
    const began = performance.now();
    serve(request, response, options)
      .catch((error: unknown) => {
        // The client is gone, or the answer broke off: there is nobody to tell.
        response.destroy();
        return describe(error);
      })
      .then((error) =>
        options.log({
          method: request.method ?? '',
          path: (request.url ?? '').split('?', 1)[0] ?? '',
          status: response.statusCode,
          milliseconds: Math.round(performance.now() - began),
          error: error ?? undefined,
        }),
      );
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
): Promise<string | undefined> {
  const common = {
    'x-ms-request-id': randomUUID(),
    'x-ms-version': String(request.headers['x-ms-version'] ?? defaultVersion),
    ...(request.headers['x-ms-client-request-id'] !== undefined
      ? { 'x-ms-client-request-id': String(request.headers['x-ms-client-request-id']) }
      : {}),
    date: options.clock().toUTCString(),
    server: 'DataLakeEmulator/1.0',
  };
  let call: Call | undefined;
  let answer: Answer;
  let error: string | undefined;
  try {
    if (!/^\d{4}-\d\d-\d\d$/.test(common['x-ms-version'])) throw invalidHeader('x-ms-version', common['x-ms-version']);
    call = readCall(request, options.account);
    answer = await act(call, options);
  } catch (thrown) {
    error = describe(thrown);
    answer = toAnswer(thrown, call?.api ?? 'blob', common['x-ms-request-id'], options.clock());
  }
  // What is left of a refused upload is read and dropped, so that the connection can be used again.
  if (!request.complete) request.resume();
  const { body } = answer;
  const headers = Object.fromEntries(Object.entries(answer.headers ?? {}).filter(([, value]) => value !== undefined));
  const length = typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.byteLength(body) : undefined;
  response.writeHead(answer.status, {
    ...common,
    ...(answer.status === 304 ? {} : { 'content-length': length ?? 0 }),
    ...(headers as Record<string, string | number>),
  });
  if (request.method === 'HEAD' || body === undefined) response.end();
  else if (typeof body === 'string' || Buffer.isBuffer(body)) response.end(body);
  else await sendFile(body, response);
  return error;
}

async function act(call: Call, options: ServerOptions): Promise<Answer> {
  const place = { level: levelOf(call), filesystem: call.filesystem, path: call.path };
  const grant = await authorize(call, place, options);
  const operation = findOperation(call);
  grant.permit(place, operation.permissions);
  if (place.level !== 'service' && operation.createsFilesystem !== true) {
    const filesystem = await options.store.entry(await options.store.at(call.filesystem, ''));
    if (filesystem?.kind !== 'directory') throw new StoreError('filesystemNotFound', call.filesystem);
  }
  return operation.handle(call, options, grant);
}

async function sendFile({ handle, start, length }: FilePart, response: ServerResponse): Promise<void> {
  if (length === 0) {
    await handle.close();
    response.end();
    return;
  }
  const source = createReadStream('', { fd: handle, start, end: start + length - 1, highWaterMark: 1 << 20 });
  await pipeline(source, response);
}

const describe = (error: unknown): string =>
  error instanceof StorageError
    ? error.code
    : error instanceof StoreError || error instanceof LeaseError
      ? error.failure
      : error instanceof NotModified
        ? 'ConditionNotMet'
        : String(error instanceof Error ? error.stack : error);

function toAnswer(thrown: unknown, api: Api, requestId: string, now: Date): Answer {
  if (thrown instanceof NotModified)
    return { status: 304, headers: { ...versionHeaders(thrown.entry), 'x-ms-error-code': 'ConditionNotMet' } };
  const error =
    thrown instanceof StorageError
      ? thrown
      : thrown instanceof StoreError
        ? fromStore(thrown, api)
        : thrown instanceof LeaseError
          ? new StorageError(thrown.failure)
          : new StorageError('InternalError');
  const message = `${error.message}\nRequestId:${requestId}\nTime:${now.toISOString()}`;
  const { elements = {}, headers = {} } = error.details;
  const common = { ...headers, 'x-ms-error-code': error.code };
  if (api === 'dfs')
    return {
      status: error.status,
      headers: { ...common, 'content-type': 'application/json;charset=utf-8' },
      body: JSON.stringify({
        error: { code: error.code, message, ...(Object.keys(elements).length > 0 ? { detail: elements } : {}) },
      }),
    };
  const body = element('Error', [
    element('Code', error.code),
    element('Message', message),
    ...Object.entries(elements).map(([name, value]) => element(name, value)),
  ]);
  return { status: error.status, headers: { ...common, 'content-type': 'application/xml' }, body: document(body) };
}
