import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type AuthorizeOptions, authorize } from '../auth/authorize.ts';
import { invalidHeader } from '../errors.ts';
import { StoreError } from '../store/store-error.ts';
import { apiOf, type Call, readCall } from './call.ts';
import { describe, toAnswer } from './failure.ts';
import type { Answer, FilePart, Lake } from './operation.ts';
import { findOperation, levelOf } from './routes.ts';

/** What happened to one request. Without its query, which may hold a signature. */
export interface RequestLog {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  /** The service's code, or what went wrong in here. */
  readonly error?: string;
}

export type ServerOptions = Omit<Lake, 'authorize'> & AuthorizeOptions & { readonly log: (entry: RequestLog) => void };

/** Used where the request does not name a version. */
const defaultVersion = '2026-02-06';

export function dataLakeListener(options: ServerOptions): RequestListener {
  const lake: Lake = { ...options, authorize: (call, place) => authorize(call, place, options) };
  return (request, response) => {
    const began = performance.now();
    serve(request, response, lake)
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

async function serve(request: IncomingMessage, response: ServerResponse, lake: Lake): Promise<string | undefined> {
  const common = {
    'x-ms-request-id': randomUUID(),
    'x-ms-version': String(request.headers['x-ms-version'] ?? defaultVersion),
    ...(request.headers['x-ms-client-request-id'] !== undefined
      ? { 'x-ms-client-request-id': String(request.headers['x-ms-client-request-id']) }
      : {}),
    date: lake.clock().toUTCString(),
    server: 'DataLakeEmulator/1.0',
  };
  let answer: Answer;
  let error: string | undefined;
  try {
    if (!/^\d{4}-\d\d-\d\d$/.test(common['x-ms-version'])) throw invalidHeader('x-ms-version', common['x-ms-version']);
    answer = await act(readCall(request, lake.account), lake);
  } catch (thrown) {
    error = describe(thrown);
    answer = toAnswer(thrown, apiOf(request), common['x-ms-request-id'], lake.clock());
  }
  // What is left of a refused upload is read and dropped, so that the connection can be used again.
  if (!request.complete) request.resume();
  const { body } = answer;
  const headers = Object.fromEntries(Object.entries(answer.headers ?? {}).filter(([, value]) => value !== undefined));
  const length = body === undefined || isFilePart(body) ? undefined : Buffer.byteLength(body);
  try {
    response.writeHead(answer.status, {
      ...common,
      ...(answer.status === 304 ? {} : { 'content-length': length ?? 0 }),
      ...(headers as Record<string, string | number>),
    });
  } catch (unsendable) {
    if (isFilePart(body)) await body.handle.close();
    throw unsendable;
  }
  if (isFilePart(body)) await sendFile(body, response);
  else response.end(request.method === 'HEAD' ? undefined : body);
  return error;
}

async function act(call: Call, lake: Lake): Promise<Answer> {
  const place = { level: levelOf(call), filesystem: call.filesystem, path: call.path };
  const grant = await lake.authorize(call, place);
  const operation = findOperation(call);
  grant.permit(place, operation.permissions);
  if (place.level !== 'service' && operation.createsFilesystem !== true) {
    const filesystem = await lake.store.entry(await lake.store.at(call.filesystem, ''));
    if (filesystem?.kind !== 'directory') throw new StoreError('filesystemNotFound', call.filesystem);
  }
  return operation.handle(call, lake, grant);
}

const isFilePart = (body: Answer['body']): body is FilePart => typeof body === 'object' && 'handle' in body;

async function sendFile({ handle, start, length }: FilePart, response: ServerResponse): Promise<void> {
  if (length === 0) {
    await handle.close();
    response.end();
    return;
  }
  const source = createReadStream('', { fd: handle, start, end: start + length - 1, highWaterMark: 1 << 20 });
  await pipeline(source, response);
}
