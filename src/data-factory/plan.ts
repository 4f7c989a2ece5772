import { ConfigurationError } from '../errors.ts';
import { type FactoryClient, listAll } from './client.ts';
import { type Difference, definitionOf, differences } from './compare.ts';
import { reaching } from './graph.ts';
import { isJsonObject, type Json, type JsonObject, objectAt, textAt } from './json.ts';
import {
  builtInIntegrationRuntime,
  type FactoryObject,
  type FactoryObjects,
  type Folder,
  folders,
  keyOf,
} from './objects.ts';

export type Action = 'create' | 'update' | 'unchanged' | 'delete';

export interface PlannedChange {
  readonly action: Action;
  /** `pipeline/pl_orders`. */
  readonly key: string;
  /** As it will be; for a delete, as it is. */
  readonly object: FactoryObject;
  readonly differences: readonly Difference[];
}

/** What becomes of a trigger that is touched: stopped before the changes, left running or not after them. */
export interface PlannedTrigger {
  readonly name: string;
  readonly stopBefore: boolean;
  readonly startAfter: boolean;
}

export interface Plan {
  readonly factory: string;
  /** The factory itself is not there yet. */
  readonly createFactory: boolean;
  readonly changes: readonly PlannedChange[];
  readonly triggers: readonly PlannedTrigger[];
  /** Set when the factory's global parameters differ from git's. */
  readonly globalParameters: { readonly body: JsonObject; readonly differences: readonly Difference[] } | undefined;
}

export interface PlanOptions {
  /** Plan to delete what is in the factory and not in git; false by default. */
  readonly deleteMissing?: boolean;
  readonly signal?: AbortSignal;
}

/** Types that are deleted when git has them no more. Networks and change data capture are left to their owners. */
const deletable: readonly Folder[] = [
  'trigger',
  'pipeline',
  'dataflow',
  'dataset',
  'linkedService',
  'integrationRuntime',
  'credential',
];

/**
 * Compares git with the factory as it is now: no state is kept elsewhere, so edits made in the portal are seen. Bodies are compared
 * raw, without regard to the order of members.
 * @throws ConfigurationError when the service refuses to be read.
 */
export async function plan(client: FactoryClient, objects: FactoryObjects, options: PlanOptions = {}): Promise<Plan> {
  const { deleteMissing = false, signal } = options;
  const factory = await client.send({ method: 'GET', path: '', accept: [404], signal });
  const createFactory = factory.status === 404;
  if (createFactory && /SubscriptionNotFound|ResourceGroupNotFound/.test(errorCode(factory.body)))
    throw new ConfigurationError(
      `data factory: ${textAt(objectAt(factory.body, 'error'), 'message') ?? 'the resource group is not there'}`,
    );
  const live = createFactory
    ? new Map<string, FactoryObject>()
    : await readLive(client, objects, deleteMissing, signal);
  const wanted = new Map(objects.filter(({ folder }) => folder !== 'factory').map((object) => [keyOf(object), object]));

  const changes = Array.from(wanted.values(), (object) => compare(object, live.get(keyOf(object))));
  if (deleteMissing)
    for (const [key, object] of live)
      if (!wanted.has(key) && deletable.includes(object.folder) && object.name !== builtInIntegrationRuntime)
        changes.push({ action: 'delete', key, object, differences: [] });
  return {
    factory: client.factory,
    createFactory,
    changes,
    triggers: planTriggers(wanted, live, changes),
    globalParameters: await planGlobalParameters(client, objects, createFactory, signal),
  };
}

function errorCode(body: Json | undefined): string {
  return textAt(objectAt(body, 'error'), 'code') ?? '';
}

async function readLive(
  client: FactoryClient,
  objects: FactoryObjects,
  deleteMissing: boolean,
  signal: AbortSignal | undefined,
): Promise<Map<string, FactoryObject>> {
  // Triggers always: they may run what changes.
  const wanted = new Set<Folder>([
    'trigger',
    ...objects.map(({ folder }) => folder),
    ...(deleteMissing ? deletable : []),
  ]);
  wanted.delete('factory');
  const lists = await Promise.all(
    Array.from(wanted, async (folder) => {
      const items = (await listAll(client, folders[folder].collection, signal)).flatMap((item) =>
        toObject(folder, item),
      );
      if (folder !== 'managedVirtualNetwork') return items;
      const endpoints = await Promise.all(
        items.map(async ({ name }) =>
          (
            await listAll(client, `managedVirtualNetworks/${encodeURIComponent(name)}/managedPrivateEndpoints`, signal)
          ).flatMap((item) => toObject(folder, item, `${name}/`)),
        ),
      );
      return [...items, ...endpoints.flat()];
    }),
  );
  return new Map(lists.flat().map((object) => [keyOf(object), object]));
}

function toObject(folder: Folder, item: Json, prefix = ''): FactoryObject[] {
  const name = textAt(item, 'name');
  return name === undefined || !isJsonObject(item)
    ? []
    : [{ folder, name: prefix + name, file: 'the factory', body: item }];
}

function compare(object: FactoryObject, live: FactoryObject | undefined): PlannedChange {
  const key = keyOf(object);
  if (live === undefined) return { action: 'create', key, object, differences: [] };
  const found = differences(definitionOf(live.body), definitionOf(object.body));
  return { action: found.length === 0 ? 'unchanged' : 'update', key, object, differences: found };
}

/**
 * Affected is a trigger that changes itself, or one that runs, directly or through other pipelines, something that changes. Git's
 * `runtimeState` is what a trigger ends in; where git says nothing, it ends as it was.
 */
function planTriggers(
  wanted: ReadonlyMap<string, FactoryObject>,
  live: ReadonlyMap<string, FactoryObject>,
  changes: readonly PlannedChange[],
): PlannedTrigger[] {
  const changed = new Set(changes.flatMap(({ action, key }) => (action === 'unchanged' ? [] : [key])));
  const now = reaching(Array.from(new Map([...live, ...wanted]).values()), changed);
  const before = reaching(Array.from(live.values()), changed);
  const keys = new Set([...live.keys(), ...wanted.keys()].filter((key) => key.startsWith('trigger/')));
  return Array.from(keys).flatMap((key) => {
    const liveTrigger = live.get(key);
    const running = stateOf(liveTrigger) === 'Started';
    const desired = stateOf(wanted.get(key));
    const deleted = changes.some((change) => change.key === key && change.action === 'delete');
    const startAfter = !deleted && (desired === undefined ? running : desired === 'Started');
    const affected = now.has(key) || before.has(key);
    if (!affected && running === startAfter) return [];
    const stopBefore = running && (affected || !startAfter);
    if (!stopBefore && !startAfter) return [];
    return [{ name: key.slice('trigger/'.length), stopBefore, startAfter }];
  });
}

function stateOf(trigger: FactoryObject | undefined): string | undefined {
  return trigger === undefined ? undefined : textAt(trigger.body['properties'], 'runtimeState');
}

async function planGlobalParameters(
  client: FactoryClient,
  objects: FactoryObjects,
  createFactory: boolean,
  signal: AbortSignal | undefined,
): Promise<Plan['globalParameters']> {
  const factory = objects.find(({ folder }) => folder === 'factory');
  const wanted = objectAt(factory?.body, 'properties', 'globalParameters');
  if (factory === undefined || Object.keys(wanted).length === 0) return undefined;
  const response = createFactory
    ? undefined
    : await client.send({ method: 'GET', path: 'globalParameters/default', accept: [404], signal });
  const found = differences(response?.status === 404 ? undefined : objectAt(response?.body, 'properties'), wanted);
  return found.length === 0 ? undefined : { body: { properties: wanted }, differences: found };
}

/** How many of each. */
export function countActions(changes: readonly PlannedChange[]): { readonly [action in Action]: number } {
  const counts = { create: 0, update: 0, unchanged: 0, delete: 0 };
  for (const { action } of changes) counts[action] += 1;
  return counts;
}
