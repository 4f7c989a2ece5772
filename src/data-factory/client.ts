import { setTimeout as sleep } from 'node:timers/promises';
import { DataFactoryManagementClient } from '@azure/arm-datafactory';
import { createHttpHeaders, createPipelineRequest, type HttpMethods } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import { ConfigurationError, InternalError } from '../errors.ts';
import { parseJson, stringifyJson } from './expression/index.ts';
import { type Json, objectAt, textAt } from './json.ts';

/** Where a factory lies; `environment.endpoints.dataFactory` has this shape. */
export interface FactoryEndpoint {
  /** Azure Resource Manager, such as `https://management.azure.com`. */
  readonly url: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly factory: string;
}

export interface ClientOptions {
  /** Seconds before one request is given up; 60 by default. */
  readonly timeoutSeconds?: number;
  /** Tries of one request in all; 5 by default. */
  readonly attempts?: number;
  /** How the client waits, in milliseconds; tests wait less. */
  readonly delay?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Certificates to trust besides the process's own (PEM). */
  readonly ca?: string;
}

export interface FactoryRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Relative to the factory's own URL, such as `pipelines/pl_orders`; or an absolute URL that the service gave. */
  readonly path: string;
  readonly query?: { readonly [name: string]: string };
  readonly body?: Json;
  /** Statuses besides 2xx that the caller handles. */
  readonly accept?: readonly number[];
  /** False for what must not happen twice: it is sent again only when the service says that it refused it (429). */
  readonly repeatable?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface FactoryResponse {
  readonly status: number;
  readonly body: Json | undefined;
  header(name: string): string | undefined;
}

/** Speaks to one factory. Bodies go both ways unchanged: the SDK's typed models lose data, its pipeline does not. */
export interface FactoryClient {
  readonly factory: string;
  readonly delay: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /**
   * @throws ConfigurationError when the service rejects the request (4xx), naming it, the code and the message.
   * @throws InternalError when it fails or cannot be reached after all tries.
   */
  send(request: FactoryRequest): Promise<FactoryResponse>;
}

const apiVersion = '2018-06-01';
/** One audience whatever the endpoint: a local Resource Manager takes the same tokens. */
const scope = 'https://management.azure.com/.default';
const transient = new Set([408, 429, 500, 502, 503, 504]);

export function connectFactory(
  endpoint: FactoryEndpoint,
  credential: TokenCredential,
  options: ClientOptions = {},
): FactoryClient {
  const { timeoutSeconds = 60, attempts = 5, delay = wait, ca } = options;
  const client = new DataFactoryManagementClient(credential, endpoint.subscriptionId, {
    endpoint: endpoint.url,
    credentialScopes: scope,
    // Retried here, where it is known what may be sent twice.
    retryOptions: { maxRetries: 0 },
    ...(ca === undefined ? {} : { tlsOptions: { ca } }),
  });
  const origin = new URL(endpoint.url).origin;
  const factoryUrl = `${endpoint.url.replace(/\/$/, '')}/subscriptions/${encodeURIComponent(endpoint.subscriptionId)}/resourceGroups/${encodeURIComponent(endpoint.resourceGroup)}/providers/Microsoft.DataFactory/factories/${encodeURIComponent(endpoint.factory)}`;

  function urlOf(request: FactoryRequest): string {
    if (/^https?:/.test(request.path)) {
      // The token goes along, so only to where it was meant for.
      if (new URL(request.path).origin !== origin)
        throw new InternalError(
          `data factory: the service at ${origin} points to ${request.path}, which is another host; not followed.`,
        );
      return request.path;
    }
    const query = new URLSearchParams({ 'api-version': apiVersion, ...request.query });
    return `${factoryUrl}${request.path === '' ? '' : `/${request.path}`}?${query}`;
  }

  async function once(request: FactoryRequest, url: string, limit: AbortSignal): Promise<FactoryResponse> {
    const response = await client.sendRequest(
      createPipelineRequest({
        url,
        method: request.method satisfies HttpMethods,
        headers: createHttpHeaders({ accept: 'application/json', 'content-type': 'application/json; charset=utf-8' }),
        ...(request.body === undefined ? {} : { body: stringifyJson(request.body) }),
        // Not the pipeline's own `timeout`: its timer outlives a request that fails and keeps the process up.
        abortSignal: request.signal === undefined ? limit : AbortSignal.any([limit, request.signal]),
      }),
    );
    const text = response.bodyAsText ?? '';
    return {
      status: response.status,
      body: text === '' ? undefined : readBody(text),
      header: (name) => response.headers.get(name),
    };
  }

  async function send(request: FactoryRequest): Promise<FactoryResponse> {
    const url = urlOf(request);
    const repeatable = request.repeatable ?? true;
    for (let attempt = 1; ; attempt += 1) {
      const limit = AbortSignal.timeout(timeoutSeconds * 1000);
      let response: FactoryResponse;
      try {
        response = await once(request, url, limit);
      } catch (error) {
        request.signal?.throwIfAborted();
        const cause = limit.aborted ? new Error(`no answer within ${timeoutSeconds} s`, { cause: error }) : error;
        if (attempt < attempts && repeatable && (limit.aborted || isNetworkFault(error))) {
          await delay(backoff(attempt), request.signal);
          continue;
        }
        throw unreachable(request, origin, cause);
      }
      if ((response.status >= 200 && response.status < 300) || request.accept?.includes(response.status))
        return response;
      const again = response.status === 429 || (repeatable && transient.has(response.status));
      if (!again || attempt >= attempts) throw failure(request, response, attempt);
      await delay(retryAfter(response) ?? backoff(attempt), request.signal);
    }
  }

  return { factory: endpoint.factory, delay, send };
}

/** All items of a collection, page by page. */
export async function listAll(client: FactoryClient, path: string, signal?: AbortSignal): Promise<Json[]> {
  const items: Json[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { body }: FactoryResponse = await client.send({ method: 'GET', path: next, signal });
    const page = objectAt(body)['value'];
    if (Array.isArray(page)) items.push(...(page as readonly Json[]));
    next = textAt(body, 'nextLink') || undefined;
  }
  return items;
}

async function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
}

/** 0.5, 1, 2, 4 ... up to 30 s. */
function backoff(attempt: number): number {
  return Math.min(250 * 2 ** attempt, 30_000);
}

/** Milliseconds of a Retry-After in seconds or as a date. */
function retryAfter(response: FactoryResponse): number | undefined {
  const precise = response.header('retry-after-ms') ?? response.header('x-ms-retry-after-ms');
  if (precise !== undefined && /^\d+$/.test(precise)) return Number(precise);
  const value = response.header('retry-after');
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  const sent = Date.parse(response.header('date') ?? '');
  return Number.isNaN(date) || Number.isNaN(sent) ? undefined : Math.max(date - sent, 0);
}

function readBody(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return { error: { code: 'NotJson', message: text.slice(0, 300) } };
  }
}

function isNetworkFault(cause: unknown): boolean {
  const { name, code } = cause as { name?: string; code?: string };
  return name === 'RestError' && (code === 'REQUEST_SEND_ERROR' || /^E[A-Z]+$/.test(code ?? ''));
}

function describe(request: FactoryRequest): string {
  return `${request.method} ${request.path === '' ? 'the factory' : request.path}`;
}

function unreachable(request: FactoryRequest, origin: string, cause: unknown): Error {
  const { name, message } = cause as Error;
  if (/Authentication|CredentialUnavailable/.test(name))
    return new ConfigurationError(`data factory: cannot sign in to ${origin}: ${message}`, { cause });
  return new InternalError(`data factory: ${describe(request)} failed at ${origin}: ${message}`, { cause });
}

function failure(request: FactoryRequest, response: FactoryResponse, attempts: number): Error {
  const error = objectAt(response.body, 'error');
  const code = textAt(error, 'code') ?? textAt(response.body, 'code') ?? '';
  const message = textAt(error, 'message') ?? textAt(response.body, 'message') ?? 'the service gave no reason.';
  const tries = attempts > 1 ? ` after ${attempts} tries` : '';
  const text = `data factory: ${describe(request)} answered ${response.status}${code === '' ? '' : ` ${code}`}${tries}: ${message}`;
  const rejected = response.status >= 400 && response.status < 500 && !transient.has(response.status);
  return rejected ? new ConfigurationError(text) : new InternalError(text);
}
