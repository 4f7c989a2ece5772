import { type Api, fromStore, StorageError } from '../errors.ts';
import { LeaseError } from '../store/leases.ts';
import { StoreError } from '../store/store-error.ts';
import { NotModified } from './conditions.ts';
import { versionHeaders } from './headers.ts';
import type { Answer } from './operation.ts';
import { document, element } from './xml.ts';

/** For the log. */
export const describe = (error: unknown): string =>
  error instanceof StorageError
    ? error.code
    : error instanceof StoreError || error instanceof LeaseError
      ? error.failure
      : error instanceof NotModified
        ? 'ConditionNotMet'
        : String(error instanceof Error ? error.stack : error);

/** What a client is told of a failure. Faults of our own are told as the service tells its: nothing of their inside gets out. */
export function toAnswer(thrown: unknown, api: Api, requestId: string, now: Date): Answer {
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
