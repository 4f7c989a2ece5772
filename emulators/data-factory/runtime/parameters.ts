import { badDefinition } from './activity-error.ts';
import type { ParameterSpecification } from './definitions.ts';

/**
 * The parameters of a run: what was given, defaults for the rest, each of its declared type.
 * Text is converted where the type wants something else, as values from portals, triggers and calling pipelines arrive as text.
 * @throws ActivityError (BadRequest) for a value that is missing, of another type, or not declared.
 */
export function bindParameters(
  owner: string,
  declared: Readonly<Record<string, ParameterSpecification>> | undefined,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const specifications = Object.entries(declared ?? {});
  for (const name of Object.keys(given))
    if (!specifications.some(([known]) => same(known, name)))
      throw badDefinition(
        `The parameter '${name}' is not defined in ${owner}. Defined are: ${specifications.map(([known]) => known).join(', ') || 'none'}.`,
      );
  return Object.fromEntries(
    specifications.map(([name, { type, defaultValue }]) => {
      const key = Object.keys(given).find((candidate) => same(candidate, name));
      const value = key === undefined ? defaultValue : given[key];
      if (value === undefined)
        throw badDefinition(`The value of parameter '${name}' of ${owner} is not provided, and it has no default.`);
      return [name, convert(value, type, `parameter '${name}' of ${owner}`)];
    }),
  );
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** A value as one of the parameter types: string, int, float, bool, array, object, securestring (in any case). */
export function convert(value: unknown, type: string, what: string): unknown {
  const text = typeof value === 'string' ? value.trim() : undefined;
  const wrong = (): never => {
    throw badDefinition(`The value ${JSON.stringify(value, bigintAsNumber)} of ${what} is not of type ${type}.`);
  };
  switch (type.toLowerCase()) {
    case 'string':
    case 'securestring':
      return value === null || typeof value === 'string' ? value : asText(value);
    case 'int':
    case 'integer':
      if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) return value;
      if (text !== undefined && /^[+-]?\d+$/.test(text)) {
        const number = Number(text);
        return Number.isSafeInteger(number) ? number : BigInt(text);
      }
      return wrong();
    case 'float':
    case 'double':
      if (typeof value === 'number') return value;
      return text !== undefined && text !== '' && Number.isFinite(Number(text)) ? Number(text) : wrong();
    case 'bool':
    case 'boolean':
      if (typeof value === 'boolean') return value;
      if (text?.toLowerCase() === 'true') return true;
      return text?.toLowerCase() === 'false' ? false : wrong();
    case 'array': {
      const array = text === undefined ? value : parsed(text);
      return Array.isArray(array) ? array : wrong();
    }
    case 'object': {
      const object = text === undefined ? value : parsed(text);
      return typeof object === 'object' && object !== null && !Array.isArray(object) ? object : wrong();
    }
    default:
      throw badDefinition(
        `The type '${type}' of ${what} is not known; expected String, Int, Float, Bool, Array, Object or SecureString.`,
      );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value as text: text as it is, anything else as JSON. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null, bigintAsNumber);
}

/** JSON has no integers beyond the safe ones in JavaScript; `JSON.rawJSON` writes them digit by digit. */
export function bigintAsNumber(_key: string, value: unknown): unknown {
  return typeof value === 'bigint'
    ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value))
    : value;
}
