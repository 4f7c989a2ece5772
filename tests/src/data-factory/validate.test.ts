import { join } from 'node:path';
import { describeFinding, type FactoryObjects, readFactory, validate } from '../../../src/data-factory/index.ts';
import type { Json, JsonObject } from '../../../src/data-factory/json.ts';
import { repositoryRoot } from '../../../src/environments/load.ts';
import { object, reference, shop } from './fake-factory.ts';

test('a factory without faults has no findings', () => {
  expect(validate(shop())).toEqual([]);
});

test('the factory of this repository has none either', () => {
  expect(validate(readFactory(join(repositoryRoot, 'adf'))).map(describeFinding)).toEqual([]);
});

const wait = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  type: 'Wait',
  typeProperties: { waitTimeInSeconds: 1 },
  ...more,
});
const after = (activity: string, ...dependencyConditions: string[]): JsonObject => ({
  dependsOn: [
    { activity, dependencyConditions: dependencyConditions.length > 0 ? dependencyConditions : ['Succeeded'] },
  ],
});
const expression = (value: string): JsonObject => ({ type: 'Expression', value });
const forEach = (activities: Json[], more: JsonObject = {}): JsonObject => ({
  name: 'Each',
  type: 'ForEach',
  typeProperties: { items: expression('@createArray(1)'), activities, ...more },
});
const ifTrue = (name: string, activities: Json[]): JsonObject => ({
  name,
  type: 'IfCondition',
  typeProperties: { expression: expression('@equals(1, 1)'), ifTrueActivities: activities },
});
const until = (value: string, activities: Json[]): JsonObject => ({
  name: 'Until',
  type: 'Until',
  typeProperties: { expression: expression(value), activities },
});
const switchOn = (cases: Json[]): JsonObject => ({
  name: 'Switch',
  type: 'Switch',
  typeProperties: { on: expression("@concat('a')"), cases },
});

/** What is found in a pipeline of these activities beside the shop. */
function found(activities: Json[], properties: JsonObject = {}): string[] {
  const pipeline = object('pipeline', 'pl', { activities, ...properties });
  return validate([...shop(), pipeline]).map(({ severity, path, message }) => `${severity} ${path}: ${message}`);
}

test.each<[string, Json[]]>([
  ['If and Switch inside a loop', [forEach([ifTrue('If', [wait('a')])])]],
  [
    'item() inside of If inside of ForEach',
    [
      forEach([
        ifTrue('If', [wait('a', { description: '@item()', userProperties: [{ name: 'x', value: '@item()' }] })]),
      ]),
    ],
  ],
  [
    'what ran before the container is upstream inside',
    [
      wait('a'),
      { ...forEach([wait('b', { userProperties: [{ name: 'x', value: "@activity('a').output" }] })]), ...after('a') },
    ],
  ],
  ['Until looks at its own activities', [until("@equals(activity('a').status, 'Succeeded')", [wait('a')])]],
  [
    'Filter looks at one item',
    [
      {
        name: 'F',
        type: 'Filter',
        typeProperties: { items: expression('@createArray(1)'), condition: expression('@equals(item(), 1)') },
      },
    ],
  ],
  [
    'upstream through others, whatever the condition',
    [
      wait('a'),
      wait('b', after('a', 'Failed', 'Skipped')),
      wait('c', { ...after('b'), policy: { retry: expression("@length(activity('a').status)") } }),
    ],
  ],
])('%s is fine', (_name, activities) => {
  expect(found(activities)).toEqual([]);
});

test.each<[string, Json[], string]>([
  [
    'an unknown dependency',
    [wait('a', after('b'))],
    "error properties.activities[0].dependsOn[0]: There is no activity 'b' to depend on.",
  ],
  ['a dependency across containers', [forEach([wait('a')]), wait('b', after('a'))], "'a' lies in another container"],
  [
    'an unknown condition',
    [wait('a'), wait('b', after('a', 'Done'))],
    'The condition "Done" is not one of Succeeded, Failed, Skipped, Completed.',
  ],
  ['a circle', [wait('a', after('b')), wait('b', after('a'))], 'in a circle: a -> b -> a.'],
  ['a name used twice, in containers too', [wait('a'), forEach([wait('A')])], "Two activities are called 'A'"],
  [
    'ForEach in ForEach',
    [forEach([{ ...forEach([]), name: 'Inner' }])],
    'ForEach cannot be inside ForEach: put it in a pipeline of its own',
  ],
  ['Until in ForEach', [forEach([until('@equals(1, 1)', [])])], 'Until cannot be inside ForEach'],
  [
    'ForEach in If in ForEach',
    [forEach([ifTrue('If', [{ ...forEach([]), name: 'Inner' }])])],
    'ForEach cannot be inside IfCondition',
  ],
  ['If in If', [ifTrue('If', [ifTrue('Inner', [])])], 'IfCondition cannot be inside IfCondition'],
  [
    'Validation in a container',
    [forEach([{ name: 'V', type: 'Validation' }])],
    'A Validation activity cannot be inside ForEach.',
  ],
  [
    'batchCount',
    [forEach([], { batchCount: 51 })],
    'error properties.activities[0].typeProperties.batchCount: batchCount is 51; expected 1 to 50.',
  ],
  [
    'too many cases',
    [switchOn(Array.from({ length: 26 }, (_, index) => ({ value: `${index}`, activities: [] })))],
    'The Switch has 26 cases; the limit is 25.',
  ],
  [
    'a case twice',
    [
      switchOn([
        { value: 'a', activities: [] },
        { value: 'a', activities: [] },
      ]),
    ],
    "The case 'a' is there twice.",
  ],
  [
    'too many activities',
    Array.from({ length: 121 }, (_, index) => wait(`w${index}`)),
    'The pipeline has 121 activities, inner ones included; the limit is 120.',
  ],
  [
    'SetVariable in parallel',
    [forEach([{ name: 'S', type: 'SetVariable', typeProperties: {} }])],
    'warning properties.activities[0].typeProperties.activities[0]: SetVariable inside a ForEach that runs in parallel',
  ],
  [
    'items that are no array',
    [forEach([], { items: expression("@concat('a')") })],
    'The expression yields a string; an array is expected here.',
  ],
  [
    'a condition that is no boolean',
    [until('@add(1, 1)', [])],
    'The expression yields a number; a boolean is expected here.',
  ],
  [
    'a fault in an expression',
    [wait('a', { typeProperties: { waitTimeInSeconds: expression('@foo()') } })],
    'error properties.activities[0].typeProperties.waitTimeInSeconds.value: The template function \'foo\' is not defined or not valid. In "@foo()".',
  ],
  [
    'an activity that has not run',
    [wait('a'), wait('b', { userProperties: [{ name: 'x', value: "@activity('a').output" }] })],
    "activity('a') may not have run here",
  ],
  [
    'a pipeline that is not there',
    [{ name: 'E', type: 'ExecutePipeline', typeProperties: { pipeline: reference('Pipeline', 'PL_inner') } }],
    "There is no pipeline 'PL_inner'; there is 'pl_inner', and names are compared exactly.",
  ],
  [
    'an argument that is missing',
    [{ name: 'E', type: 'ExecutePipeline', typeProperties: { pipeline: reference('Pipeline', 'pl_inner') } }],
    "pipeline/pl_inner needs a value for its parameter 'table', which has no default.",
  ],
  [
    'an argument too many',
    [
      {
        name: 'E',
        type: 'Lookup',
        typeProperties: { dataset: reference('Dataset', 'ds_table', { parameters: { table: 'x', tabel: 'y' } }) },
      },
    ],
    "dataset/ds_table has no parameter 'tabel'; it has table, schema.",
  ],
  ['an activity without a name', [{ type: 'Wait' }], "An activity needs a 'name' and a 'type'."],
])('%s is found', (_name, activities, message) => {
  expect(found(activities)).toEqual([expect.stringContaining(message)]);
});

test('references of linked services, datasets and triggers are followed', () => {
  const objects: FactoryObjects = [
    object('dataset', 'ds', { linkedServiceName: reference('LinkedService', 'ls_gone') }),
    object('linkedService', 'ls', {
      connectVia: reference('IntegrationRuntime', 'AutoResolveIntegrationRuntime'),
      typeProperties: { url: '@linkedService().host' },
    }),
    object('trigger', 'tr', {
      pipelines: [{ pipelineReference: reference('Pipeline', 'pl_gone'), parameters: { at: '@trigger().startTime' } }],
    }),
  ];
  expect(validate(objects).map(describeFinding)).toEqual([
    "error: adf/dataset/ds.json at properties.linkedServiceName: There is no linkedService 'ls_gone'.",
    'error: adf/linkedService/ls.json at properties.typeProperties.url: The linked service parameter \'host\' is not declared; known are none. In "@linkedService().host".',
    "error: adf/trigger/tr.json at properties.pipelines[0].pipelineReference: There is no pipeline 'pl_gone'.",
  ]);
});
