import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { ExpressionError, parseJson } from './expression/index.ts';
import { isJsonObject, type JsonObject, textAt } from './json.ts';
import { type FactoryObject, type FactoryObjects, type Folder, folderNames } from './objects.ts';

/** Files that Studio and publish tools keep beside the objects. */
const ignored = new Set(['publish_config.json', 'arm-template-parameters-definition.json']);

/**
 * Reads a Data Factory git folder (`factory/`, `linkedService/`, `dataset/`, `pipeline/`, `trigger/` and so on; one JSON file an object).
 * @throws ConfigurationError listing every file that is no JSON object, is not named after its object, repeats a name, or lies
 * in a folder that Data Factory does not know.
 */
export function readFactory(directory: string): FactoryObjects {
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw new ConfigurationError(
      `data factory: there is no folder ${directory}; expected one with pipeline/, dataset/ and so on.`,
    );
  const objects: FactoryObject[] = [];
  const faults: string[] = [];
  for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || ignored.has(entry.name) || /\.(md|txt)$/i.test(entry.name)) continue;
    const folder = folderNames.find((name) => name === entry.name);
    if (!entry.isDirectory() || folder === undefined) {
      faults.push(`${join(directory, entry.name)}: not a folder of Data Factory; known are ${folderNames.join(', ')}.`);
      continue;
    }
    for (const { file, name } of filesOf(join(directory, folder), folder)) {
      const body = readObject(file, folder, name, faults);
      if (body !== undefined) objects.push({ folder, name, file: relative(process.cwd(), file) || file, body });
    }
  }
  faults.push(...duplicates(objects));
  if (faults.length > 0)
    throw new ConfigurationError(`data factory: ${directory} cannot be read:\n  ${faults.join('\n  ')}`);
  return objects;
}

function filesOf(folder: string, kind: Folder): { file: string; name: string }[] {
  return readdirSync(folder, { withFileTypes: true, recursive: kind === 'managedVirtualNetwork' })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      // default/managedPrivateEndpoint/sql.json is the endpoint `sql` of the network `default`.
      const name = relative(folder, file)
        .replaceAll('\\', '/')
        .slice(0, -'.json'.length)
        .replace(/\/managedPrivateEndpoint\//i, '/');
      return { file, name };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readObject(file: string, kind: Folder, name: string, faults: string[]): JsonObject | undefined {
  let body: unknown;
  try {
    body = parseJson(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    faults.push(`${file}: ${error.reason}`);
    return undefined;
  }
  if (!isJsonObject(body as JsonObject)) {
    faults.push(`${file}: expected a JSON object with 'name' and 'properties'.`);
    return undefined;
  }
  const object = body as JsonObject;
  const own = name.slice(name.lastIndexOf('/') + 1);
  // The factory's own name is the environment's business.
  const isFactory = kind === 'factory';
  if (!isFactory && textAt(object, 'name') !== own)
    faults.push(
      `${file}: the object's name is ${JSON.stringify(textAt(object, 'name'))}; expected '${own}', as the file is called.`,
    );
  if (!isFactory && !isJsonObject(object['properties']))
    faults.push(`${file}: 'properties' is missing or not an object.`);
  return object;
}

/** The service's names differ by more than case. */
function duplicates(objects: FactoryObjects): string[] {
  const seen = new Map<string, FactoryObject>();
  return objects.flatMap((object) => {
    const key = `${object.folder}/${object.name}`.toLowerCase();
    const other = seen.get(key);
    seen.set(key, object);
    return other === undefined
      ? []
      : [`${object.file}: '${object.name}' differs from ${other.file} only by case; names must be unique.`];
  });
}
