import { ConfigurationError } from '../../../src/errors.ts';
import { fail, runAction, setOutputs } from '../../../src/github/action.ts';
import { type Runner, startRunner } from './runner.ts';

let runner: Runner;
const variables = {
  AZURE_SUBSCRIPTION_ID: 's',
  DATABRICKS_HOST: 'https://adb-1.azuredatabricks.net',
  DATABRICKS_WAREHOUSE_ID: 'w',
};
beforeEach(() => {
  runner = startRunner();
  Object.assign(process.env, variables, { INPUT_ENVIRONMENT: 'dev' });
});
afterEach(() => {
  runner.close();
  for (const name of [...Object.keys(variables), 'INPUT_ENVIRONMENT']) delete process.env[name];
});

test('the body gets the environment that the input names, and a credential', async () => {
  await runAction(async ({ environment, credential }, progress) => {
    progress({ message: 'half-way' });
    expect(environment.endpoints.dataFactory.factory).toBe('adf-shop-dev');
    expect(typeof credential.getToken).toBe('function');
    setOutputs({ 'run-id': 'r1', rows: 12, done: true, lines: 'a\nb' });
  });
  expect(process.exitCode).toBeUndefined();
  expect(runner.commands()).toEqual([]);
  expect(runner.outputs()).toEqual({ 'run-id': 'r1', rows: '12', done: 'true', lines: 'a\nb' });
});

test.each([
  ['', "input 'environment' is required and is empty."],
  ['staging', "environments: there is no environment 'staging'; known are dev, local, prod."],
  ['../dev', "environments: there is no environment '../dev'; known are dev, local, prod."],
])("environment '%s' ends the step before the body runs", async (name, message) => {
  process.env['INPUT_ENVIRONMENT'] = name;
  await runAction(async () => {
    throw new Error('the body ran');
  });
  expect(process.exitCode).toBe(1);
  expect(runner.commands()).toEqual([`::error::${message}`]);
});

test('a configuration error ends the step as its plain message, anything else with its stack', async () => {
  await runAction(async () => {
    throw new ConfigurationError('azure-sql: no such database. Check it.');
  });
  await runAction(async () => {
    throw new TypeError('surprise');
  });
  const [plain, stacked] = runner.commands();
  expect(plain).toBe('::error::azure-sql: no such database. Check it.');
  expect(stacked).toMatch(/^::error::TypeError: surprise%0A {4}at .*action\.test\.ts/);
  expect(process.exitCode).toBe(1);
});

test('fail ends the step', () => {
  fail('3 of 40 gates failed');
  expect(process.exitCode).toBe(1);
  expect(runner.commands()).toEqual(['::error::3 of 40 gates failed']);
});
