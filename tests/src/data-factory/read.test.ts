import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { keyOf, readFactory } from '../../../src/data-factory/index.ts';
import { ConfigurationError } from '../../../src/errors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'factory-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function lay(files: { readonly [path: string]: string }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

test('reads every folder, private endpoints below their network, integers exactly, whatever the factory calls itself', () => {
  lay({
    'factory/factory.json': '{"name":"adf-shop-dev","properties":{}}',
    'pipeline/pl_b.json': '\uFEFF{"name":"pl_b","properties":{"ticks":638000000000000001}}',
    'pipeline/pl_a.json': '{"name":"pl_a","properties":{}}',
    'managedVirtualNetwork/default.json': '{"name":"default","properties":{}}',
    'managedVirtualNetwork/default/managedPrivateEndpoint/sql.json': '{"name":"sql","properties":{}}',
    'publish_config.json': '{}',
    'README.md': '# adf',
  });
  const objects = readFactory(folder);
  expect(objects.map(keyOf)).toEqual([
    'factory/factory',
    'managedVirtualNetwork/default',
    'managedVirtualNetwork/default/sql',
    'pipeline/pl_a',
    'pipeline/pl_b',
  ]);
  expect(objects.at(-1)!.body).toEqual({ name: 'pl_b', properties: { ticks: 638000000000000001n } });
});

test('lists all that is wrong at once', () => {
  lay({
    'pipeline/pl_a.json': '{"name":"pl_b","properties":{}}',
    'pipeline/PL_A.json': '{"name":"PL_A","properties":{}}',
    'dataset/ds.json': '{"name":"ds",}',
    'dataset/list.json': '[]',
    'dataset/bare.json': '{"name":"bare"}',
    'pipelines/pl.json': '{}',
  });
  let message = '';
  try {
    readFactory(folder);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    message = (error as Error).message;
  }
  expect(message).toContain(`pl_a.json: the object's name is "pl_b"; expected 'pl_a', as the file is called.`);
  expect(message).toContain('differs from');
  expect(message).toMatch(/ds\.json: The value is not valid JSON/);
  expect(message).toContain("list.json: expected a JSON object with 'name' and 'properties'.");
  expect(message).toContain("bare.json: 'properties' is missing or not an object.");
  expect(message).toContain('pipelines: not a folder of Data Factory; known are factory, credential');
});

test('a folder that is not there is named', () => {
  expect(() => readFactory(join(folder, 'missing'))).toThrow(/there is no folder .*missing/);
});
