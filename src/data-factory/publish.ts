import { ConfigurationError, InternalError } from '../errors.ts';
import { type ApplyOptions, type ApplyResult, apply } from './apply.ts';
import type { FactoryClient } from './client.ts';
import { describeFinding } from './findings.ts';
import type { FactoryObjects } from './objects.ts';
import { applyOverrides, type Overrides, type References } from './overrides.ts';
import { countActions, type Plan, plan } from './plan.ts';
import { readFactory } from './read.ts';
import { validate } from './validate.ts';

export interface PublishOptions extends ApplyOptions {
  /** The git folder: `adf/`. */
  readonly directory: string;
  readonly overrides?: Overrides;
  readonly references?: References;
  readonly deleteMissing?: boolean;
  /** Plan only. */
  readonly dryRun?: boolean;
}

export interface PublishResult {
  readonly plan: Plan;
  /** Undefined after a dry run. */
  readonly applied: ApplyResult | undefined;
}

/**
 * Reads, validates, plans and applies: a factory that is as git says, with one environment's values.
 * @throws ConfigurationError listing what validation finds, or what the service refuses.
 */
export async function publish(client: FactoryClient, options: PublishOptions): Promise<PublishResult> {
  const objects = prepare(options);
  const planned = await plan(client, objects, options);
  const { create, update, unchanged, delete: removed } = countActions(planned.changes);
  options.onProgress?.({
    message: `plan for ${planned.factory}: ${create} to create, ${update} to update, ${removed} to delete, ${unchanged} unchanged`,
  });
  if (options.dryRun) return { plan: planned, applied: undefined };
  const applied = await apply(client, planned, options);
  if (applied.failures.length > 0) {
    const list = applied.failures.map(({ key, error }) => `  ${key}: ${error.message}`).join('\n');
    const text = `data factory: ${applied.failures.length} of ${planned.changes.length} objects could not be published:\n${list}`;
    const ours = applied.failures.find(({ error }) => !(error instanceof ConfigurationError));
    throw ours === undefined ? new ConfigurationError(text) : new InternalError(text, { cause: ours.error });
  }
  return { plan: planned, applied };
}

/** The objects of a folder with an environment's values, found valid. @throws ConfigurationError listing every error found. */
export function prepare({ directory, overrides = {}, references = {}, onProgress }: PublishOptions): FactoryObjects {
  const objects = applyOverrides(readFactory(directory), overrides, references);
  const findings = validate(objects);
  for (const finding of findings)
    if (finding.severity === 'warning') onProgress?.({ message: describeFinding(finding) });
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    throw new ConfigurationError(
      `data factory: ${errors.length} errors in ${directory}; nothing was published:\n${errors.map((finding) => `  ${describeFinding(finding)}`).join('\n')}`,
    );
  if (objects.length === 0) throw new ConfigurationError(`data factory: ${directory} holds no objects.`);
  return objects;
}
