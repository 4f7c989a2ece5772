import { setTimeout } from 'node:timers/promises';
import type { TokenCredential } from '@azure/identity';
import { ConfigurationError, InternalError } from '../errors.ts';

/** The resource that Entra tokens for Databricks are issued for, the same in every tenant. */
export const databricksScope = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default';

export interface DatabricksClient {
  /** @throws ConfigurationError for 400, 401, 403 and 404, with the service's own code; InternalError for the rest. */
  call<T>(method: 'GET' | 'POST', path: string, input?: Readonly<Record<string, unknown>>): Promise<T>;
}

export interface ClientOptions {
  /** For one try, in milliseconds. */
  readonly timeout?: number;
  readonly tries?: number;
  /** Waits between tries; `setTimeout` by default. */
  readonly delay?: (milliseconds: number) => Promise<unknown>;
}

/** The REST interface of a workspace. 429 and 503 are tried again, honouring Retry-After; so are GETs whose connection failed. */
export function databricksClient(
  host: string,
  credential: TokenCredential,
  options: ClientOptions = {},
): DatabricksClient {
  const { timeout = 30_000, tries = 5, delay = (milliseconds) => setTimeout(milliseconds) } = options;

  async function attempt(
    method: 'GET' | 'POST',
    path: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<Response> {
    const token = await credential.getToken(databricksScope);
    if (!token)
      throw new ConfigurationError(`databricks: no Entra token for ${databricksScope}; sign in and try again.`);
    const url = new URL(path, host);
    if (method === 'GET') for (const [name, value] of Object.entries(input)) url.searchParams.set(name, String(value));
    return fetch(url, {
      method,
      headers: { authorization: `Bearer ${token.token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(timeout),
      ...(method === 'POST' && { body: JSON.stringify(input) }),
    });
  }

  return {
    async call<T>(method: 'GET' | 'POST', path: string, input: Readonly<Record<string, unknown>> = {}): Promise<T> {
      for (let tried = 1; ; tried++) {
        let response: Response;
        try {
          response = await attempt(method, path, input);
        } catch (cause) {
          if (cause instanceof ConfigurationError) throw cause;
          if (method === 'GET' && tried < tries) {
            await delay(200 * 2 ** tried);
            continue;
          }
          throw new InternalError(`databricks: ${method} ${path} at ${host} got no answer: ${reason(cause)}`, {
            cause,
          });
        }
        if (response.ok) return (await response.json()) as T;
        const text = await response.text();
        if ((response.status === 429 || response.status === 503) && tried < tries) {
          await delay(retryAfter(response) ?? 500 * 2 ** tried);
          continue;
        }
        const Failure = [400, 401, 403, 404].includes(response.status) ? ConfigurationError : InternalError;
        throw new Failure(`databricks: ${method} ${path} answered ${response.status}: ${explain(text)}`);
      }
    },
  };
}

function reason(cause: unknown): string {
  const error = cause as Error & { cause?: Error };
  return error.cause?.message ?? error.message;
}

function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 60) * 1000 : undefined;
}

function explain(text: string): string {
  try {
    const body = JSON.parse(text) as { error_code?: string; message?: string };
    return [body.error_code, body.message].filter(Boolean).join(': ') || text.slice(0, 500);
  } catch {
    return text.slice(0, 500);
  }
}
