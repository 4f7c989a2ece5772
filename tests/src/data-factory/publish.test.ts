import { stringifyJson } from '../../../src/data-factory/expression/index.ts';
import { type ApplyResult, apply, type FactoryObjects, type Plan, plan } from '../../../src/data-factory/index.ts';
import type { JsonObject } from '../../../src/data-factory/json.ts';
import { type FakeFactory, fakeFactory, object, shop } from './fake-factory.ts';
import {
  type Answer,
  type FakeResourceManager,
  type Received,
  startFakeResourceManager,
} from './fake-resource-manager.ts';

let server: FakeResourceManager;
let factory: FakeFactory;

beforeAll(async () => {
  server = await startFakeResourceManager((request) => factory.answer(request));
});
afterAll(() => server.close());

function use(resources: { [path: string]: JsonObject }, refuse?: (request: Received) => Answer | undefined): void {
  factory = fakeFactory(resources, refuse);
  server.received.length = 0;
}

async function publish(
  objects: FactoryObjects,
  deleteMissing = false,
): Promise<{ planned: Plan; applied: ApplyResult }> {
  const client = server.client();
  const planned = await plan(client, objects, { deleteMissing });
  return { planned, applied: await apply(client, planned, { createFactoryIn: 'westeurope' }) };
}

function writes(): string[] {
  return server.received.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
}

/** The shop as the service would have it: with what it adds itself. */
function liveShop(state = 'Started'): { [path: string]: JsonObject } {
  const collections: { [folder: string]: string } = {
    linkedService: 'linkedservices',
    dataset: 'datasets',
    pipeline: 'pipelines',
    trigger: 'triggers',
  };
  const live = shop().map(({ folder, name, body }) => {
    const properties = {
      ...(body['properties'] as JsonObject),
      annotations: [],
      ...(folder === 'trigger' ? { runtimeState: state } : {}),
    };
    return [`${collections[folder]}/${name}`, { id: `/x/${name}`, etag: 'e', type: 't', name, properties }] as const;
  });
  return { '': { name: 'adf' }, ...Object.fromEntries(live) };
}

test('an empty factory is created and filled, references first', async () => {
  use({});
  const { planned, applied } = await publish(shop());
  expect(planned.createFactory).toBe(true);
  expect(JSON.parse(server.received.find(({ method }) => method === 'PUT')!.body)).toEqual({
    location: 'westeurope',
    identity: { type: 'SystemAssigned' },
    properties: {},
  });
  expect(writes()).toEqual([
    'PUT ',
    'PUT linkedservices/ls_sql',
    'PUT datasets/ds_table',
    'PUT pipelines/pl_inner',
    'PUT pipelines/pl_outer',
    'PUT triggers/tr_daily',
  ]);
  expect(applied.created).toHaveLength(5);
});

test('a missing factory is not created unasked', async () => {
  use({});
  const client = server.client();
  await expect(apply(client, await plan(client, shop()))).rejects.toThrow("the factory 'adf' does not exist");
});

test('publishing again changes nothing, whatever the service has added', async () => {
  use(liveShop());
  const { planned } = await publish(shop());
  expect(planned.changes.map(({ action }) => action)).toEqual(Array(5).fill('unchanged'));
  expect(writes()).toEqual([]);
});

test('an edit made in the portal is seen and taken back; the trigger above it rests meanwhile', async () => {
  const live = liveShop();
  live['linkedservices/ls_sql'] = {
    name: 'ls_sql',
    properties: { type: 'AzureSqlDatabase', typeProperties: { port: 1, server: 'edited' } },
  };
  use(live);
  const { planned, applied } = await publish(shop());
  expect(planned.changes.filter(({ action }) => action !== 'unchanged')).toMatchObject([
    {
      key: 'linkedService/ls_sql',
      action: 'update',
      differences: [{ path: 'typeProperties.server', before: 'edited', after: 'x' }],
    },
  ]);
  expect(writes()).toEqual([
    'POST triggers/tr_daily/stop',
    'PUT linkedservices/ls_sql',
    'POST triggers/tr_daily/start',
  ]);
  expect(applied).toMatchObject({ stoppedTriggers: ['tr_daily'], startedTriggers: ['tr_daily'], failures: [] });
});

test('a trigger that nothing touches keeps running', async () => {
  use(liveShop());
  await publish([...shop(), object('dataset', 'ds_other', { type: 'Json' })]);
  expect(writes()).toEqual(['PUT datasets/ds_other']);
});

test.each([
  ['Started', 'Stopped', ['POST triggers/tr_daily/start']],
  ['Stopped', 'Started', ['POST triggers/tr_daily/stop']],
  ['Started', 'Started', []],
])('git wants the trigger %s, it is %s: %j', async (wanted, state, requests) => {
  use(liveShop(state));
  const objects = shop().map((item) =>
    item.folder === 'trigger'
      ? {
          ...item,
          body: { ...item.body, properties: { ...(item.body['properties'] as JsonObject), runtimeState: wanted } },
        }
      : item,
  );
  await publish(objects);
  expect(writes()).toEqual(requests);
});

test('a refused object leaves out what depends on it, and every stopped trigger starts again', async () => {
  const live = liveShop();
  live['datasets/ds_table'] = { name: 'ds_table', properties: { type: 'old' } };
  live['pipelines/pl_inner'] = { name: 'pl_inner', properties: { activities: [] } };
  live['pipelines/pl_gone'] = { name: 'pl_gone', properties: { activities: [] } };
  use(live, ({ method, path }) =>
    method === 'PUT' && path === 'datasets/ds_table'
      ? { status: 400, body: '{"error":{"code":"BadRequest","message":"no"}}' }
      : undefined,
  );
  const { applied } = await publish(shop(), true);
  expect(applied.failures.map(({ key, error }) => `${key}: ${error.message}`)).toEqual([
    'dataset/ds_table: data factory: PUT datasets/ds_table answered 400 BadRequest: no',
    'pipeline/pl_inner: not written, because dataset/ds_table failed.',
    'pipeline/pl_gone: not deleted, because other changes failed.',
  ]);
  expect(writes().at(-1)).toBe('POST triggers/tr_daily/start');
  expect(factory.resources.has('pipelines/pl_gone')).toBe(true);
});

test('what git has no more is deleted only when asked, referrers first', async () => {
  use(liveShop());
  await publish(shop().slice(0, 2));
  expect(writes()).toEqual([]);
  await publish(shop().slice(0, 2), true);
  expect(writes()).toEqual([
    'POST triggers/tr_daily/stop',
    'DELETE triggers/tr_daily',
    'DELETE pipelines/pl_outer',
    'DELETE pipelines/pl_inner',
  ]);
});

test('global parameters go to their own resource, integers beyond 2^53 intact', async () => {
  use({ '': { name: 'adf' } });
  const objects = [
    object('factory', 'factory', { globalParameters: { id: { type: 'Int', value: 638000000000000001n } } }),
  ];
  await publish(objects);
  expect(factory.resources.get('globalParameters/default')).toBe(
    '{"properties":{"id":{"type":"Int","value":638000000000000001}}}',
  );
  server.received.length = 0;
  await publish(objects);
  expect(writes()).toEqual([]);
});

test('a trigger that takes its time is waited for', async () => {
  let looks = 0;
  use(liveShop('Stopped'), ({ path }) => {
    if (path === 'triggers/tr_daily/start') return { status: 202, headers: { location: `${server.url}/operations/1` } };
    if (path !== 'operations/1') return undefined;
    looks += 1;
    return looks < 3 ? { status: 202, headers: { location: `${server.url}/operations/1` } } : {};
  });
  const trigger = shop().at(-1)!;
  const started = {
    ...trigger,
    body: { ...trigger.body, properties: { ...(trigger.body['properties'] as JsonObject), runtimeState: 'Started' } },
  };
  const { applied } = await publish([...shop().slice(0, -1), started]);
  expect(applied.startedTriggers).toEqual(['tr_daily']);
  expect(looks).toBe(3);
});

test('secrets are not shown in a plan', async () => {
  const secret = (value: string): JsonObject => ({ typeProperties: { password: { type: 'SecureString', value } } });
  use({ '': { name: 'adf' }, 'linkedservices/ls': { name: 'ls', properties: secret('**********') } });
  const planned = await plan(server.client(), [object('linkedService', 'ls', secret('hunter2'))]);
  expect(planned.changes[0]).toMatchObject({ action: 'update' });
  expect(stringifyJson(planned.changes[0]!.differences as never)).not.toContain('hunter2');
});
