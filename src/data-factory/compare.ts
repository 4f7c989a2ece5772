import { stringifyJson } from './expression/index.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, textAt } from './json.ts';

/** One place where git and the factory differ; absent is undefined. Secrets are shown as `***`. */
export interface Difference {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** What the service adds to a body, or Studio writes into git, and that says nothing of the object's definition. */
const bookkeeping = new Set(['lastPublishTime', 'runtimeState']);

/** The part of a body that defines the object: its `properties`, without bookkeeping. */
export function definitionOf(body: JsonObject): JsonObject {
  const properties = body['properties'];
  if (!isJsonObject(properties)) return {};
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !bookkeeping.has(key)));
}

/**
 * Where two definitions differ, by dotted path. The order of members does not matter; the order of an array does. An
 * `encryptedCredential` that only the service has is its own, and an empty array or object is the same as none.
 */
export function differences(before: Json | undefined, after: Json | undefined, path = ''): Difference[] {
  if (isEmpty(before) && isEmpty(after)) return [];
  if (isJsonObject(before) && isJsonObject(after)) {
    if (isSecret(before) || isSecret(after))
      return stringifyJson(before) === stringifyJson(after)
        ? []
        : [{ path, before: redact(before), after: redact(after) }];
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return Array.from(keys).flatMap((key) =>
      key === 'encryptedCredential' && !Object.hasOwn(after, key)
        ? []
        : differences(before[key], after[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (isJsonArray(before) && isJsonArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }).flatMap((_, index) => differences(before[index], after[index], `${path}[${index}]`));
  }
  return before === after ? [] : [{ path, before: redact(before), after: redact(after) }];
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined) return true;
  if (isJsonArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

function isSecret(value: JsonObject): boolean {
  return textAt(value, 'type') === 'SecureString';
}

function redact(value: Json | undefined): Json | undefined {
  if (isJsonArray(value)) return value.map((item) => redact(item)!);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, isSecret(value) && key === 'value' ? '***' : redact(item)!]),
  );
}
