import { ConfigurationError } from '../errors.ts';
import { isJsonArray, isJsonObject, type Json } from './json.ts';
import { type FactoryObject, type FactoryObjects, keyOf } from './objects.ts';

/** `"<folder>/<object>": { "<dotted path>": value }`, as an environment file has it. */
export type Overrides = { readonly [object: string]: { readonly [path: string]: unknown } };

/** What `{azureSql.host}` in an override is looked up in. */
export type References = { readonly [key: string]: unknown };

/**
 * Copies of the objects with an environment's values in place. A path is made of member names and array indices, such as
 * `properties.activities[0].policy.retry`; it must exist. A value that is one reference and nothing else keeps the referred value's type.
 * @throws ConfigurationError naming the object, path or reference that is not there.
 */
export function applyOverrides(objects: FactoryObjects, overrides: Overrides, references: References): FactoryObjects {
  const known = new Set(objects.map(keyOf));
  for (const key of Object.keys(overrides))
    if (!known.has(key))
      throw new ConfigurationError(
        `data factory: the override of '${key}' names no object; known are ${Array.from(known).join(', ')}.`,
      );
  return objects.map((object) => override(object, overrides[keyOf(object)] ?? {}, references));
}

function override(
  object: FactoryObject,
  values: { readonly [path: string]: unknown },
  references: References,
): FactoryObject {
  let body: Json = object.body;
  for (const [path, value] of Object.entries(values)) {
    const where = `the override of '${keyOf(object)}' at '${path}'`;
    body = replaceAt(
      body,
      path.split(/\.|\[(?=\d+\])/).map((step) => step.replace(/\]$/, '')),
      resolve(value, references, where),
      where,
    );
  }
  return { ...object, body: body as FactoryObject['body'] };
}

function replaceAt(target: Json, [step, ...rest]: readonly string[], value: Json, where: string): Json {
  if (step === undefined) return value;
  if (isJsonArray(target) && /^\d+$/.test(step) && Number(step) < target.length)
    return target.with(Number(step), replaceAt(target[Number(step)]!, rest, value, where));
  if (isJsonObject(target) && Object.hasOwn(target, step))
    return { ...target, [step]: replaceAt(target[step]!, rest, value, where) };
  const present = isJsonArray(target)
    ? `an array of ${target.length}`
    : isJsonObject(target)
      ? `'${Object.keys(target).join("', '")}'`
      : 'a plain value';
  throw new ConfigurationError(`data factory: ${where} finds no '${step}'; there is ${present}.`);
}

const reference = /\{([A-Za-z]\w*(?:\.\w+)+)\}/g;

function resolve(value: unknown, references: References, where: string): Json {
  if (typeof value === 'string') {
    const whole = /^\{([A-Za-z]\w*(?:\.\w+)+)\}$/.exec(value);
    if (whole !== null) return lookUp(whole[1]!, references, where);
    return value.replace(reference, (_, path: string) => String(lookUp(path, references, where)));
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, references, where));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, references, where)]));
  return value as Json;
}

function lookUp(path: string, references: References, where: string): string | number | boolean | bigint {
  let current: unknown = references;
  for (const step of path.split('.'))
    current =
      typeof current === 'object' && current !== null && Object.hasOwn(current, step)
        ? (current as { [key: string]: unknown })[step]
        : undefined;
  if (
    typeof current === 'string' ||
    typeof current === 'number' ||
    typeof current === 'boolean' ||
    typeof current === 'bigint'
  )
    return current;
  throw new ConfigurationError(
    `data factory: ${where} refers to '{${path}}', which is ${current === undefined ? 'not known' : 'not a plain value'}; known are ${Object.keys(references).join(', ')}.`,
  );
}
