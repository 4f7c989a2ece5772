import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadEnvironment, localDirectory, repositoryRoot } from '../../../src/environments/load.ts';
import { ConfigurationError } from '../../../src/errors.ts';

const azure = {
  AZURE_SUBSCRIPTION_ID: '11111111-2222-3333-4444-555555555555',
  DATABRICKS_HOST: 'https://adb-1.2.azuredatabricks.net',
  DATABRICKS_WAREHOUSE_ID: 'abc',
};
const endpoints = {
  azureSql: { host: '127.0.0.1', port: 14330, database: 'shop' },
  synapse: { host: '127.0.0.1', port: 14331, database: 'shop' },
  dataLake: { url: 'https://127.0.0.1:14332/local', account: 'local' },
  dataFactory: { url: 'https://127.0.0.1:14333', subscriptionId: '0', resourceGroup: 'rg', factory: 'adf' },
  databricks: { host: 'https://127.0.0.1:14334', warehouseId: 'local' },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'environments-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each(['dev', 'prod'])('%s holds, given its variables', (name) => {
  const environment = loadEnvironment(name, { variables: azure });
  expect(environment.endpoints.azureSql).toEqual({
    host: `sql-shop-${name}.database.windows.net`,
    port: 1433,
    database: 'shop',
  });
  expect(environment.endpoints.databricks.host).toBe(azure.DATABRICKS_HOST);
});

test('a variable that is not set is named with the key that wants it', () => {
  const { DATABRICKS_HOST, ...rest } = azure;
  expect(DATABRICKS_HOST).toBeDefined();
  expect(() => loadEnvironment('dev', { variables: rest })).toThrow(
    /dev\.json: endpoints\.databricks\.host needs the environment variable DATABRICKS_HOST/,
  );
});

test('an environment that is not there is refused with those that are', () => {
  expect(() => loadEnvironment('staging', { variables: azure })).toThrow(
    "there is no environment 'staging'; known are dev, local, prod",
  );
  expect(() => loadEnvironment('../dev', { variables: azure })).toThrow(ConfigurationError);
});

test('local takes its endpoints from the file that the running emulators write', () => {
  const file = join(folder, 'endpoints.json');
  writeFileSync(file, JSON.stringify(endpoints));
  expect(loadEnvironment('local', { variables: {}, endpointsFile: file }).endpoints).toEqual(endpoints);
});

test('local that is not up says how to start it', () => {
  expect(() => loadEnvironment('local', { variables: {}, endpointsFile: join(folder, 'none.json') })).toThrow(
    /'local' is not up: .*none\.json does not exist\. Start it with 'npm run local'/,
  );
});

test('a key that does not belong, and one that is missing, are both named', () => {
  const local = JSON.parse(JSON.stringify({ ...loadLocal(), colour: 'red' })) as Record<string, unknown>;
  delete (local['shop'] as Record<string, unknown>)['seed'];
  writeFileSync(join(folder, 'local.json'), JSON.stringify(local));
  expect(() => loadEnvironment('local', { directory: folder, variables: {} })).toThrow(/shop\.seed.*[\s\S]*colour/);
});

test('JSON that is none is refused with its file', () => {
  writeFileSync(join(folder, 'local.json'), '{ "name": ');
  expect(() => loadEnvironment('local', { directory: folder, variables: {} })).toThrow(/local\.json: not valid JSON/);
});

function loadLocal(): Record<string, unknown> {
  const file = join(folder, 'e.json');
  writeFileSync(file, JSON.stringify(endpoints));
  const { endpoints: _, ...rest } = loadEnvironment('local', {
    directory: join(repositoryRoot, 'environments'),
    variables: {},
    endpointsFile: file,
  });
  return { ...rest, endpoints };
}

test.each([
  [{}, join(repositoryRoot, '.local')],
  [{ DATAOPS_LOCAL: '' }, join(repositoryRoot, '.local')],
  [{ DATAOPS_LOCAL: '/var/shop' }, '/var/shop'],
  [{ DATAOPS_LOCAL: 'shop' }, resolve('shop')],
])('with %j the local state lies in %s', (variables, expected) => {
  expect(localDirectory(variables)).toBe(expected);
});

test('the local endpoints are read from the folder that DATAOPS_LOCAL names, unless a file of them is named', () => {
  writeFileSync(join(folder, 'endpoints.json'), JSON.stringify(endpoints));
  const { dataLake } = loadEnvironment('local', { variables: { DATAOPS_LOCAL: folder } }).endpoints;
  expect(dataLake).toMatchObject(endpoints.dataLake);
  const variables = { DATAOPS_LOCAL: join(folder, 'absent'), DATAOPS_ENDPOINTS: join(folder, 'endpoints.json') };
  expect(loadEnvironment('local', { variables }).endpoints.dataLake).toEqual(dataLake);
  expect(() => loadEnvironment('local', { variables: { DATAOPS_LOCAL: join(folder, 'absent') } })).toThrow(
    `environments: 'local' is not up: ${join(folder, 'absent/endpoints.json')} does not exist.`,
  );
});
