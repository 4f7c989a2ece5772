import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { ApiError, invalidParameter, unimplemented } from './api-error.ts';
import type { Answer, Operation, Service } from './rest/operation.ts';

export interface ServerOptions {
  readonly tls: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** Who the bearer of a token is. @throws when it is not valid */
  readonly authenticate: (token: string) => Promise<string>;
  readonly operations: readonly Operation[];
  readonly service: Service;
  readonly log: (message: string) => void;
}

/** The workspace's largest import is 10 MB of content; base64 and the CLI's uploads need more room. */
const largestBody = 64 * 1024 * 1024;

export function createRestServer(options: ServerOptions): Server {
  const routes = options.operations.map((operation) => ({ operation, pattern: patternOf(operation.path) }));
  return createServer({ key: options.tls.key, cert: options.tls.cert }, (request, response) => {
    respond(request, options, routes)
      .then((answer) => send(response, 200, answer))
      .catch((error: unknown) => {
        const known =
          error instanceof ApiError
            ? error
            : new ApiError(500, 'INTERNAL_ERROR', error instanceof Error ? error.message : String(error));
        if (!(error instanceof ApiError))
          options.log(
            `databricks: ${request.method} ${request.url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          );
        send(response, known.status, { error_code: known.code, message: known.message });
      });
  });
}

interface Route {
  readonly operation: Operation;
  readonly pattern: RegExp;
}

async function respond(
  request: IncomingMessage,
  { authenticate, service }: ServerOptions,
  routes: readonly Route[],
): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'https://127.0.0.1');
  const raw = await readBody(request);
  // Clients ask for it before they sign in.
  if (url.pathname === '/.well-known/databricks-config')
    return {
      oidc_endpoint: `${service.url()}/oidc`,
      account_id: 'local',
      workspace_id: '0',
      cloud: 'azure',
      host_type: 'workspace',
    };
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined)
    throw new ApiError(401, 'UNAUTHENTICATED', 'Credential was not sent or was of an unsupported type for this API.');
  const user = await authenticate(token).catch(() => {
    throw new ApiError(401, 'UNAUTHENTICATED', 'Invalid access token.');
  });
  const path = decode(url.pathname).replace(/(.)\/$/, '$1');
  const matching = routes.filter(({ pattern }) => pattern.test(path));
  const route = matching.find(({ operation }) => operation.method === request.method);
  if (route === undefined) throw unknownOperation(`${request.method} ${path}`, path, matching.length > 0);
  const groups = route.pattern.exec(path)!.groups ?? {};
  const form = await formOf(raw, request);
  const body =
    request.method === 'GET' ? Object.fromEntries(url.searchParams) : (form?.fields ?? bodyOf(raw, request, url));
  return route.operation.handle(service, {
    user,
    path: groups,
    query: url.searchParams,
    body,
    raw: form?.file ?? raw,
  });
}

/** APIs of which some operations are here. */
const knownApis = /^\/api\/2\.[0-2]\/(jobs|workspace|sql\/statements|sql\/warehouses)\//;

function unknownOperation(asked: string, path: string, otherMethod: boolean): ApiError {
  if (otherMethod) return new ApiError(405, 'METHOD_NOT_ALLOWED', `No API found for '${asked}': another method is.`);
  if (knownApis.test(path)) return unimplemented(asked);
  return new ApiError(404, 'ENDPOINT_NOT_FOUND', `No API found for '${asked}'. The local Databricks has none.`);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidParameter(`The path ${path} is not valid.`);
  }
}

/** Uploads of the SDKs: a form with the file as `content` beside the operation's fields. */
async function formOf(
  raw: Buffer,
  request: IncomingMessage,
): Promise<{ fields: Record<string, unknown>; file: Buffer } | undefined> {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data/i.test(type)) return undefined;
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData().catch(() => {
    throw new ApiError(400, 'MALFORMED_REQUEST', 'Could not parse request object: expected a form.');
  });
  const content = form.get('content');
  return {
    fields: Object.fromEntries([...form].filter(([name]) => name !== 'content')),
    file:
      typeof content === 'object' && content !== null
        ? Buffer.from(await content.arrayBuffer())
        : Buffer.from(content ?? ''),
  };
}

function bodyOf(raw: Buffer, request: IncomingMessage, url: URL): Record<string, unknown> {
  const json =
    /json/.test(request.headers['content-type'] ?? 'application/json') && !url.pathname.includes('/workspace-files/');
  if (!json || raw.length === 0) return Object.fromEntries(url.searchParams);
  try {
    const parsed: unknown = JSON.parse(raw.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch {
    // Answered below.
  }
  throw new ApiError(400, 'MALFORMED_REQUEST', 'Could not parse request object: expected a JSON object.');
}

/** `{version}` of the Jobs API is 2.1 or 2.2; other names match one part, `{name+}` the rest. */
function patternOf(path: string): RegExp {
  const source = path
    .replace(/[.]/g, '\\.')
    .replace(/\{(\w+)(\+?)\}/g, (_, name: string, rest: string) =>
      name === 'version' ? '(?<version>2\\.[12])' : `(?<${name}>${rest ? '.+' : '[^/]+'})`,
    );
  return new RegExp(`^${source}$`);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody)
      throw new ApiError(413, 'MAX_REQUEST_SIZE_EXCEEDED', `The request's body is larger than ${largestBody} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, status: number, answer: Answer): void {
  const bytes = Buffer.isBuffer(answer) ? answer : Buffer.from(JSON.stringify(answer));
  response.writeHead(status, {
    'content-type': Buffer.isBuffer(answer) ? 'application/octet-stream' : 'application/json',
    'content-length': bytes.length,
    'x-databricks-org-id': '0',
  });
  response.end(bytes);
}
