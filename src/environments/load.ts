import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { ConfigurationError } from '../errors.ts';
import { localDirectory, repositoryRoot } from './folders.ts';
import { type Environment, endpointsSchema, environmentSchema } from './schema.ts';

export { localDirectory, repositoryRoot };

export interface LoadOptions {
  /** The folder of the environment files. */
  readonly directory?: string;
  /** What `${NAME}` in a value is replaced by: the process's variables, by default. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** A file of endpoints that stands in for the one the environment names. */
  readonly endpointsFile?: string;
}

/**
 * Reads and checks `environments/<name>.json`.
 * @throws ConfigurationError naming the file, the key and what was expected.
 */
export function loadEnvironment(name: string, options: LoadOptions = {}): Environment {
  const directory = options.directory ?? join(repositoryRoot, 'environments');
  const variables = options.variables ?? process.env;
  const file = join(directory, `${name}.json`);
  if (!/^[a-z][a-z0-9-]*$/.test(name) || !existsSync(file)) {
    const known = readdirSync(directory)
      .filter((entry) => entry.endsWith('.json'))
      .map((entry) => entry.slice(0, -'.json'.length));
    throw new ConfigurationError(`environments: there is no environment '${name}'; known are ${known.join(', ')}.`);
  }
  const read = check(file, environmentSchema, expand(file, readJson(file), variables));
  if (read.name !== name)
    throw new ConfigurationError(`${file}: name is '${read.name}'; expected '${name}', as the file is called.`);
  if (!('file' in read.endpoints)) return { ...read, endpoints: read.endpoints };

  const endpointsFile =
    options.endpointsFile ??
    variables['DATAOPS_ENDPOINTS'] ??
    (variables['DATAOPS_LOCAL']
      ? join(localDirectory(variables), basename(read.endpoints.file))
      : resolve(dirname(file), read.endpoints.file));
  if (!existsSync(endpointsFile))
    throw new ConfigurationError(
      `environments: '${name}' is not up: ${endpointsFile} does not exist. Start it with 'npm run local' and try again.`,
    );
  return { ...read, endpoints: check(endpointsFile, endpointsSchema, readJson(endpointsFile)) };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigurationError(`${file}: not valid JSON: ${(cause as Error).message}`, { cause });
  }
}

function check<T>(file: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const findings = result.error.issues.map((issue) => `  ${issue.path.join('.') || '(root)'}: ${issue.message}`);
  throw new ConfigurationError(`${file}: does not fit the environment schema:\n${findings.join('\n')}`);
}

/** Replaces `${NAME}` in every string; a variable that is not set is an error naming the key that wants it. */
function expand(
  file: string,
  value: unknown,
  variables: Readonly<Record<string, string | undefined>>,
  path = '',
): unknown {
  if (Array.isArray(value)) return value.map((item, index) => expand(file, item, variables, `${path}[${index}]`));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, expand(file, item, variables, path ? `${path}.${key}` : key)]),
    );
  if (typeof value !== 'string') return value;
  return value.replace(/\$\{([A-Z_][A-Z0-9_]*)\}/g, (_, variable: string) => {
    const replacement = variables[variable];
    if (replacement === undefined || replacement === '')
      throw new ConfigurationError(`${file}: ${path} needs the environment variable ${variable}, which is not set.`);
    return replacement;
  });
}
