import { secretOf } from '../connectors/secret.ts';
import type { ActivityContext, ActivityType } from '../runtime/activity-context.ts';
import { ActivityError, notImplemented } from '../runtime/activity-error.ts';
import { asText } from '../runtime/parameters.ts';
import { readTimespan } from '../runtime/timespan.ts';
import { integrationRuntime } from './lookup.ts';
import { readString } from './properties.ts';

/** "00:01:00" is what the service waits for a response when the activity does not say. */
const defaultRequestTimeout = 60_000;

/** Calls an endpoint. A JSON object in the answer becomes the output, anything else its `Response`. */
export const webActivity: ActivityType = {
  control: false,
  async execute(context) {
    const url = readString(context, 'url');
    const method = readString(context, 'method').toUpperCase();
    const given = context.evaluate(context.properties['headers'] ?? {}) as Record<string, unknown>;
    const content = context.evaluate(context.properties['body']);
    const body = content === undefined || content === null || method === 'GET' ? undefined : asText(content);
    const headers: Record<string, string> = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name.toLowerCase(), asText(value)]),
    );
    if (body !== undefined) headers['content-type'] ??= 'application/json';
    context.input({ url, method, headers: { ...headers }, ...(body === undefined ? {} : { body: content }) });
    const authorization = await authorizationOf(context);
    if (authorization !== undefined) headers['authorization'] = authorization;

    const limit = context.properties['httpRequestTimeout'];
    const response = await context.host.connectors.http({
      method,
      url,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: context.signal,
      timeout:
        limit === undefined ? defaultRequestTimeout : readTimespan(context.evaluate(limit), 'httpRequestTimeout'),
    });
    if (response.status < 200 || response.status >= 300)
      throw new ActivityError(
        '2108',
        response.body === '' ? `The endpoint answered ${response.status}.` : response.body.slice(0, 4000),
      );
    return {
      ...parsed(response.body),
      ADFWebActivityResponseHeaders: response.headers,
      effectiveIntegrationRuntime: integrationRuntime,
      durationInQueue: { integrationRuntimeQueue: 0 },
    };
  },
};

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return { Response: value };
  } catch {
    return { Response: body };
  }
}

async function authorizationOf(context: ActivityContext): Promise<string | undefined> {
  const authentication = context.properties['authentication'] as Readonly<Record<string, unknown>> | undefined;
  if (authentication === undefined) return undefined;
  switch (authentication['type']) {
    case 'MSI': {
      const resource = asText(context.evaluate(authentication['resource']) ?? '');
      return `Bearer ${await context.host.connectors.token(`${resource.replace(/\/+$/, '')}/.default`, context.signal)}`;
    }
    case 'Basic': {
      const user = asText(context.evaluate(authentication['username']) ?? '');
      return `Basic ${Buffer.from(`${user}:${secretOf(context.evaluate(authentication['password']), 'password of the Web activity')}`).toString('base64')}`;
    }
    default:
      throw notImplemented(`Web activity authentication of type '${String(authentication['type'])}'`);
  }
}
