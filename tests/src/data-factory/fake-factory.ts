import { parseJson, stringifyJson } from '../../../src/data-factory/expression/index.ts';
import type { FactoryObject, FactoryObjects, Folder } from '../../../src/data-factory/index.ts';
import type { JsonObject } from '../../../src/data-factory/json.ts';
import type { Answer, Received } from './fake-resource-manager.ts';

/** The least of a factory: what is put can be listed, triggers start and stop. `refuse` answers in its place. */
export interface FakeFactory {
  readonly resources: Map<string, string>;
  answer(request: Received): Answer;
}

export function fakeFactory(
  initial: { readonly [path: string]: JsonObject } = {},
  refuse: (request: Received) => Answer | undefined = () => undefined,
): FakeFactory {
  const resources = new Map(Object.entries(initial).map(([path, body]) => [path, stringifyJson(body)]));
  const notFound: Answer = { status: 404, body: '{"error":{"code":"ResourceNotFound","message":"not there"}}' };
  return {
    resources,
    answer(request) {
      const refusal = refuse(request);
      if (refusal !== undefined) return refusal;
      const { method, path, body } = request;
      if (path === '') {
        if (method === 'PUT') resources.set('', body);
        return resources.has('') ? { body: resources.get('')! } : notFound;
      }
      const [collection = '', name, verb] = path.split('/');
      if (method === 'PUT') {
        resources.set(path, body);
        return { body };
      }
      if (method === 'DELETE') return { status: resources.delete(path) ? 200 : 204 };
      if (method === 'POST') {
        const trigger = parseJson(resources.get(`${collection}/${name}`)!) as { properties: JsonObject };
        const properties = { ...trigger.properties, runtimeState: verb === 'start' ? 'Started' : 'Stopped' };
        resources.set(`${collection}/${name}`, stringifyJson({ ...trigger, properties }));
        return {};
      }
      if (name !== undefined) return resources.has(path) ? { body: resources.get(path)! } : notFound;
      const items = Array.from(resources).flatMap(([key, item]) => (key.startsWith(`${collection}/`) ? [item] : []));
      return { body: `{"value":[${items.join(',')}]}` };
    },
  };
}

export function object(folder: Folder, name: string, properties: JsonObject): FactoryObject {
  return { folder, name, file: `adf/${folder}/${name}.json`, body: { name, properties } };
}

export function reference(type: string, referenceName: string, more: JsonObject = {}): JsonObject {
  return { type: `${type}Reference`, referenceName, ...more };
}

/** A small factory without faults: a trigger runs a pipeline that runs another, which reads a dataset of a linked service. */
export function shop(): FactoryObjects {
  return [
    object('linkedService', 'ls_sql', { type: 'AzureSqlDatabase', typeProperties: { server: 'x', port: 1 } }),
    object('dataset', 'ds_table', {
      type: 'AzureSqlTable',
      linkedServiceName: reference('LinkedService', 'ls_sql'),
      parameters: { table: { type: 'string' }, schema: { type: 'string', defaultValue: 'dbo' } },
      typeProperties: { table: '@dataset().table' },
    }),
    object('pipeline', 'pl_inner', {
      parameters: { table: { type: 'string' } },
      activities: [
        {
          name: 'Look up',
          type: 'Lookup',
          typeProperties: {
            dataset: reference('Dataset', 'ds_table', { parameters: { table: '@pipeline().parameters.table' } }),
          },
        },
      ],
    }),
    object('pipeline', 'pl_outer', {
      activities: [
        {
          name: 'Run',
          type: 'ExecutePipeline',
          typeProperties: { pipeline: reference('Pipeline', 'pl_inner'), parameters: { table: 'orders' } },
        },
      ],
    }),
    object('trigger', 'tr_daily', {
      type: 'ScheduleTrigger',
      pipelines: [{ pipelineReference: reference('Pipeline', 'pl_outer') }],
      typeProperties: {
        recurrence: { frequency: 'Day', startTime: '2026-01-01T03:00:00', timeZone: 'W. Europe Standard Time' },
      },
    }),
  ];
}
