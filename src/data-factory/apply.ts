import { ConfigurationError } from '../errors.ts';
import { type Progress, silent } from '../progress.ts';
import type { FactoryClient, FactoryResponse } from './client.ts';
import { dependencies, levelsOf } from './graph.ts';
import { type Json, textAt } from './json.ts';
import { type FactoryObject, folders, keyOf } from './objects.ts';
import type { Plan, PlannedChange } from './plan.ts';

export interface ApplyOptions {
  readonly onProgress?: Progress;
  /** Requests under way at once; 8 by default. */
  readonly concurrency?: number;
  /** Where to create the factory when it is missing, such as `westeurope`; without it a missing factory is an error. */
  readonly createFactoryIn?: string;
  /** Milliseconds between two looks at an operation that takes its time; 2,000 by default. */
  readonly pollMilliseconds?: number;
  readonly signal?: AbortSignal;
}

export interface ApplyFailure {
  readonly key: string;
  readonly error: Error;
}

export interface ApplyResult {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly deleted: readonly string[];
  readonly unchanged: readonly string[];
  /** Objects that were refused, and those not tried because what they refer to was. */
  readonly failures: readonly ApplyFailure[];
  readonly stoppedTriggers: readonly string[];
  readonly startedTriggers: readonly string[];
}

/** A factory may be slow to stop or start a trigger; after this many looks it is given up. */
const maximumPolls = 150;

/**
 * Carries a plan out: triggers stop, layers of the reference graph are written in parallel, deletes come last, triggers start again.
 * One failure does not stop the rest: what depends on it is left out and named, deletes are then left out too, and every trigger
 * that was stopped is started again. Running the same publish again resumes where this one ended.
 * @throws ConfigurationError when the factory is missing and may not be created.
 */
export async function apply(client: FactoryClient, plan: Plan, options: ApplyOptions = {}): Promise<ApplyResult> {
  const { onProgress = silent, concurrency = 8, createFactoryIn, signal } = options;
  if (plan.createFactory) await createFactory(client, plan, createFactoryIn, onProgress, signal);

  const work = plan.changes.filter(({ action }) => action !== 'unchanged');
  const done = { created: [] as string[], updated: [] as string[], deleted: [] as string[] };
  const failures: ApplyFailure[] = [];
  const stoppedTriggers: string[] = [];
  const startedTriggers: string[] = [];
  let finished = 0;
  let complete = false;
  const attempt = async (key: string, message: string, act: () => Promise<unknown>): Promise<boolean> => {
    try {
      await act();
      finished += 1;
      onProgress({ message, fraction: Math.min(finished / Math.max(work.length, 1), 1) });
      return true;
    } catch (error) {
      failures.push({ key, error: error as Error });
      onProgress({ message: `${key}: ${(error as Error).message}` });
      return false;
    }
  };

  try {
    for (const { name, stopBefore } of plan.triggers)
      if (stopBefore) {
        await switchTrigger(client, name, 'stop', options);
        stoppedTriggers.push(name);
        onProgress({ message: `trigger/${name}: stopped` });
      }
    const { globalParameters } = plan;
    if (globalParameters !== undefined)
      await attempt('factory/globalParameters', 'global parameters: written', () =>
        client.send({ method: 'PUT', path: 'globalParameters/default', body: globalParameters.body, signal }),
      );
    await write(
      client,
      work.filter(({ action }) => action !== 'delete'),
      concurrency,
      done,
      failures,
      attempt,
      signal,
    );
    const deletes = work.filter(({ action }) => action === 'delete');
    if (failures.length > 0)
      for (const { key } of deletes)
        failures.push({ key, error: new ConfigurationError('not deleted, because other changes failed.') });
    else
      for (const level of levelsOf(deletes.map(({ object }) => object)).reverse())
        await inParallel(level, concurrency, async (object) => {
          const removed = await attempt(keyOf(object), `${keyOf(object)}: deleted`, () =>
            client.send({ method: 'DELETE', path: pathOf(object), accept: [404], signal }),
          );
          if (removed) done.deleted.push(keyOf(object));
        });
    complete = failures.length === 0;
  } finally {
    for (const { name, startAfter, stopBefore } of plan.triggers) {
      // After a failure only what ran before is started: a new schedule should not run half of its pipelines.
      const restore = stopBefore && stoppedTriggers.includes(name);
      const kept = !done.deleted.includes(`trigger/${name}`);
      if (kept && (complete ? startAfter : restore))
        if (
          await attempt(`trigger/${name}`, `trigger/${name}: started`, () =>
            // Restored even when the publish was cancelled.
            switchTrigger(client, name, 'start', { ...options, signal: undefined }),
          )
        )
          startedTriggers.push(name);
    }
  }
  const unchanged = plan.changes.flatMap(({ action, key }) => (action === 'unchanged' ? [key] : []));
  return { ...done, unchanged, failures, stoppedTriggers, startedTriggers };
}

async function write(
  client: FactoryClient,
  changes: readonly PlannedChange[],
  concurrency: number,
  done: { readonly created: string[]; readonly updated: string[] },
  failures: ApplyFailure[],
  attempt: (key: string, message: string, act: () => Promise<unknown>) => Promise<boolean>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const actions = new Map(changes.map(({ key, action }) => [key, action]));
  const objects = changes.map(({ object }) => object);
  const byKey = new Map(objects.map((object) => [keyOf(object), object]));
  for (const level of levelsOf(objects))
    await inParallel(level, concurrency, async (object) => {
      const key = keyOf(object);
      signal?.throwIfAborted();
      const missing = dependencies(object, byKey).find((needed) => failures.some((failure) => failure.key === needed));
      if (missing !== undefined) {
        failures.push({ key, error: new ConfigurationError(`not written, because ${missing} failed.`) });
        return;
      }
      const created = actions.get(key) === 'create';
      const put = (): Promise<unknown> =>
        client.send({ method: 'PUT', path: pathOf(object), body: bodyOf(object), signal });
      if (await attempt(key, `${key}: ${created ? 'created' : 'updated'}`, put))
        done[created ? 'created' : 'updated'].push(key);
    });
}

/** What is sent: `name` and `properties` as git has them, without the state that the service keeps itself. */
function bodyOf(object: FactoryObject): Json {
  const { properties, ...rest } = object.body;
  if (object.folder !== 'trigger' || typeof properties !== 'object' || properties === null) return object.body;
  const { runtimeState: _state, ...definition } = properties as { readonly [key: string]: Json };
  return { ...rest, properties: definition };
}

export function pathOf(object: FactoryObject): string {
  const [first = '', endpoint] = object.name.split('/');
  const path = `${folders[object.folder].collection}/${encodeURIComponent(first)}`;
  return endpoint === undefined ? path : `${path}/managedPrivateEndpoints/${encodeURIComponent(endpoint)}`;
}

async function createFactory(
  client: FactoryClient,
  plan: Plan,
  location: string | undefined,
  onProgress: Progress,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (location === undefined)
    throw new ConfigurationError(
      `data factory: the factory '${plan.factory}' does not exist. Provision it, or allow publish to create it in a location.`,
    );
  await client.send({
    method: 'PUT',
    path: '',
    body: { location, identity: { type: 'SystemAssigned' }, properties: {} },
    signal,
  });
  onProgress({ message: `factory ${plan.factory}: created in ${location}` });
}

/** Start and stop are long-running: 202 and a Location to ask until it answers otherwise. */
async function switchTrigger(
  client: FactoryClient,
  name: string,
  verb: 'start' | 'stop',
  { pollMilliseconds = 2000, signal }: ApplyOptions,
): Promise<void> {
  let response: FactoryResponse = await client.send({
    method: 'POST',
    path: `triggers/${encodeURIComponent(name)}/${verb}`,
    signal,
  });
  for (let polls = 0; response.status === 202; polls += 1) {
    const location = response.header('location') ?? response.header('azure-asyncoperation');
    if (location === undefined) return;
    if (polls >= maximumPolls)
      throw new ConfigurationError(
        `data factory: the trigger '${name}' did not ${verb} in ${(maximumPolls * pollMilliseconds) / 1000} s.`,
      );
    await client.delay(pollMilliseconds, signal);
    response = await client.send({ method: 'GET', path: location, signal });
    const status = textAt(response.body, 'status');
    if (status === 'Failed')
      throw new ConfigurationError(
        `data factory: the trigger '${name}' did not ${verb}: ${JSON.stringify(textAt(response.body, 'error') ?? status)}.`,
      );
  }
}

/** At most `limit` at once, in order; the first error ends it after what is under way has ended. */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const workers = Array.from({ length: Math.min(Math.max(limit, 1), items.length) }, async () => {
    for (const item of queue) await act(item);
  });
  const outcomes = await Promise.allSettled(workers);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
