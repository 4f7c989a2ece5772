import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { localIdentity, TokenError, type Tokens } from './tokens.ts';

/**
 * The managed-identity endpoint of App Service, version 2019-08-01:
 * `GET $IDENTITY_ENDPOINT?resource=...&api-version=2019-08-01` with the secret in `X-IDENTITY-HEADER`.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 *
 * A `client_id` (or `principal_id`, `mi_res_id`) is accepted and changes nothing: there is one identity here, and a machine
 * whose shell has AZURE_CLIENT_ID set would otherwise be locked out.
 */
export function managedIdentityEndpoint(tokens: Tokens, secret: string): RequestListener {
  return (request, response) => {
    request.resume();
    answer(request, tokens, secret).then(
      ({ status, body }) => send(response, status, body),
      (error: unknown) =>
        error instanceof TokenError
          ? send(response, 400, failure(400, error.message))
          : send(response, 500, failure(500, 'An unexpected error occurred while fetching the AAD Token.')),
    );
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function answer(request: IncomingMessage, tokens: Tokens, secret: string): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (url.pathname !== '/msi/token')
    return refuse(404, `No resource at '${url.pathname}'; the endpoint is /msi/token.`);
  if (request.method !== 'GET') return refuse(405, `The method ${request.method} is not allowed; use GET.`);
  // A browser's page can reach loopback: what it cannot do is send this header without a preflight, which is never granted.
  if (!same(request.headers['x-identity-header'], secret))
    return refuse(401, 'The X-IDENTITY-HEADER header is missing or does not match IDENTITY_HEADER.');
  const version = url.searchParams.get('api-version');
  if (version !== null && version !== '2019-08-01')
    return refuse(400, `The api-version '${version}' is not supported; use 2019-08-01.`);
  const resource = url.searchParams.get('resource');
  if (!resource) return refuse(400, "The parameter 'resource' is required.");

  const { token, expiresOn } = await tokens.issue(resource);
  return {
    status: 200,
    body: {
      access_token: token,
      client_id: localIdentity.clientId,
      expires_on: String(expiresOn),
      resource,
      token_type: 'Bearer',
    },
  };
}

function same(given: string | string[] | undefined, secret: string): boolean {
  if (typeof given !== 'string') return false;
  const left = Buffer.from(given);
  const right = Buffer.from(secret);
  return left.length === right.length && timingSafeEqual(left, right);
}

const failure = (statusCode: number, message: string): unknown => ({ statusCode, message });
const refuse = (status: number, message: string): Answer => ({ status, body: failure(status, message) });

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}
