import { applyOverrides } from '../../../src/data-factory/index.ts';
import { ConfigurationError } from '../../../src/errors.ts';
import { object } from './fake-factory.ts';

const objects = [
  object('linkedService', 'ls_sql', { typeProperties: { server: 'dev', database: 'd' } }),
  object('pipeline', 'pl', { activities: [{ name: 'a', policy: { retry: 0 } }] }),
  object('factory', 'factory', { globalParameters: { jobId: { type: 'Int', value: 0 } } }),
];
const references = { azureSql: { host: 'sql.example', port: 1433 }, databricks: { jobId: 12 } };

test('puts values in place, references resolved, and leaves the originals alone', () => {
  const changed = applyOverrides(
    objects,
    {
      'linkedService/ls_sql': { 'properties.typeProperties.server': '{azureSql.host},{azureSql.port}' },
      'pipeline/pl': { 'properties.activities[0].policy.retry': 3 },
      'factory/factory': { 'properties.globalParameters.jobId.value': '{databricks.jobId}' },
    },
    references,
  );
  expect(changed.map(({ body }) => body['properties'])).toEqual([
    { typeProperties: { server: 'sql.example,1433', database: 'd' } },
    { activities: [{ name: 'a', policy: { retry: 3 } }] },
    { globalParameters: { jobId: { type: 'Int', value: 12 } } },
  ]);
  expect(objects[0]!.body['properties']).toEqual({ typeProperties: { server: 'dev', database: 'd' } });
});

test.each([
  [
    { 'linkedService/ls_x': {} },
    "the override of 'linkedService/ls_x' names no object; known are linkedService/ls_sql, pipeline/pl",
  ],
  [
    { 'linkedService/ls_sql': { 'properties.typeProperties.host': 'x' } },
    "the override of 'linkedService/ls_sql' at 'properties.typeProperties.host' finds no 'host'; there is 'server', 'database'.",
  ],
  [{ 'pipeline/pl': { 'properties.activities[1].name': 'x' } }, "finds no '1'; there is an array of 1."],
  [
    { 'linkedService/ls_sql': { 'properties.typeProperties.server': '{azureSql.hots}' } },
    "refers to '{azureSql.hots}', which is not known; known are azureSql, databricks.",
  ],
  [{ 'linkedService/ls_sql': { 'properties.typeProperties.server': '{azureSql.constructor}' } }, 'which is not known'],
])('%j is refused', (overrides, message) => {
  expect(() => applyOverrides(objects, overrides as never, references)).toThrow(ConfigurationError);
  expect(() => applyOverrides(objects, overrides as never, references)).toThrow(message);
});
