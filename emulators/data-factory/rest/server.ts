import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { bigintAsNumber } from '../runtime/parameters.ts';
import { parseLossless } from '../store/lossless-json.ts';
import { ArmError, notImplemented } from './arm-error.ts';
import { requireAddress } from './factories.ts';
import type { ArmRequest, ArmResponse, FactoryService } from './operation.ts';
import { match, routes } from './routes.ts';

export interface ServerOptions {
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string };
  readonly verifyToken: (token: string, audience: string) => Promise<unknown>;
  readonly log: (message: string) => void;
}

/** Azure Resource Manager's own names for itself; tokens for either are good. */
const audiences = ['https://management.azure.com', 'https://management.core.windows.net'];
const supportedVersion = '2018-06-01';
/** Resource Manager's limit on a request. */
const maximumBody = 4 * 1024 * 1024;

export async function startServer(
  service: FactoryService,
  options: ServerOptions,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer({ key: options.tls.key, cert: options.tls.cert }, (message, reply) => {
    answer(message, service, options)
      .catch((error: unknown): ArmResponse => failure(error, options))
      .then((response) => send(reply, response))
      .catch((error: unknown) => {
        options.log(`data factory: an answer could not be sent: ${String(error)}`);
        reply.destroy();
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(message: IncomingMessage, service: FactoryService, options: ServerOptions): Promise<ArmResponse> {
  const method = message.method ?? 'GET';
  const text = await readBody(message);
  const origin = `https://${message.headers.host ?? '127.0.0.1'}`;
  const url = URL.parse(message.url ?? '/', origin);
  if (url === null) throw new ArmError(400, 'BadRequest', 'The request URL is not valid.');
  await authenticate(message, options);

  const version = url.searchParams.get('api-version');
  if (version === null || version === '')
    throw new ArmError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  if (version !== supportedVersion)
    throw new ArmError(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${version}' is invalid. The supported versions are '${supportedVersion}'.`,
    );

  const path = url.pathname.replace(/\/+/g, '/').replace(/\/$/, '');
  const segments = path.split('/').slice(1).map(decode);
  const fitting = routes.flatMap((route) => {
    const parameters = match(route, segments);
    return parameters === undefined ? [] : [{ route, parameters }];
  });
  const found = fitting.find(({ route }) => route.method === method);
  if (found === undefined) throw notImplemented(`${method} ${path}`);
  const request: ArmRequest = {
    method,
    parameters: found.parameters,
    query: url.searchParams,
    headers: message.headers as Record<string, string | undefined>,
    origin,
    path,
    body: () => parseBody(text),
  };
  requireAddress(request, service);
  return found.route.operation(request, service);
}

async function authenticate(message: IncomingMessage, { verifyToken }: ServerOptions): Promise<void> {
  const token = /^Bearer (\S+)$/i.exec(message.headers.authorization ?? '')?.[1];
  if (token === undefined)
    throw new ArmError(401, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
  let reason = '';
  for (const audience of audiences)
    try {
      await verifyToken(token, audience);
      return;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
  throw new ArmError(401, 'InvalidAuthenticationToken', `The access token is invalid. ${reason}`);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ArmError(400, 'BadRequest', `The path segment '${segment}' is not well encoded.`);
  }
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maximumBody)
      throw new ArmError(413, 'RequestEntityTooLarge', `The request is larger than ${maximumBody} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = parseLossless(text);
  } catch (error) {
    throw new ArmError(
      400,
      'InvalidRequestContent',
      `The request content was invalid and could not be deserialized: '${(error as Error).message}'.`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ArmError(400, 'InvalidRequestContent', 'The request content is not a JSON object.');
  return value as Record<string, unknown>;
}

function failure(error: unknown, { log }: ServerOptions): ArmResponse {
  if (error instanceof ArmError) {
    const { status, code, message, target } = error;
    return {
      status,
      ...(status === 401 ? { headers: { 'www-authenticate': 'Bearer' } } : {}),
      body: { error: { code, message, target, details: null } },
    };
  }
  log(`data factory: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return {
    status: 500,
    body: {
      error: {
        code: 'InternalServerError',
        message: 'The local Data Factory failed. Its log says how.',
        target: null,
        details: null,
      },
    },
  };
}

function send(reply: ServerResponse, { status, headers, body }: ArmResponse): void {
  const text = body === undefined ? '' : JSON.stringify(body, bigintAsNumber);
  reply.writeHead(status, {
    'x-ms-request-id': randomUUID(),
    'cache-control': 'no-cache',
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(status === 204 || status === 304 ? {} : { 'content-length': Buffer.byteLength(text) }),
    ...headers,
  });
  reply.end(status === 204 || status === 304 ? undefined : text);
}
