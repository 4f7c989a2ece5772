import { request as sendPlainRequest } from 'node:http';
import { Agent, request as sendRequest } from 'node:https';
import { ActivityError } from '../runtime/activity-error.ts';
import type { HttpClient } from './connectors.ts';

/** More is no answer to an activity: the service's limit is 4 MB. */
const maximumBody = 4 * 1024 * 1024;

/** A client that trusts one more certificate authority besides the system's. Redirects are not followed. */
export function createHttpClient(caCertificate: string | undefined): HttpClient {
  const agent = new Agent(caCertificate === undefined ? {} : { ca: [caCertificate] });
  return ({ method, url, headers, body, signal, timeout }) =>
    new Promise((resolve, reject) => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
      const fail = (cause: Error): void =>
        reject(
          signal.aborted
            ? signal.reason
            : new ActivityError('2108', `Error calling the endpoint '${withoutQuery(url)}'. ${cause.message}`, {
                cause,
              }),
        );
      let target: URL;
      try {
        target = new URL(url);
      } catch (cause) {
        return fail(cause as Error);
      }
      const options = {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
        signal: limited,
      };
      const request =
        target.protocol === 'http:' ? sendPlainRequest(target, options) : sendRequest(target, { ...options, agent });
      request.on('error', fail);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('error', fail);
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > maximumBody) request.destroy(new Error(`The response is larger than ${maximumBody} bytes.`));
          else chunks.push(chunk);
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
            ),
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      });
      request.end(body);
    });
}

/** A query may carry a signature; messages do not. */
function withoutQuery(url: string): string {
  return url.split('?', 1)[0]!;
}
