import type { Dataset } from '../connectors/connectors.ts';
import type { ActivityContext } from '../runtime/activity-context.ts';
import { badDefinition, notImplemented } from '../runtime/activity-error.ts';

/** A place in a lake. `path` is relative to the filesystem, without slashes at its ends; `file` is whether it names a file. */
export interface LakeLocation {
  readonly fileSystem: string;
  readonly path: string;
  readonly file: boolean;
}

/** Where a file-based dataset points. @throws ActivityError when it points outside of its filesystem, or nowhere. */
export function locationOf(context: ActivityContext, dataset: Dataset): LakeLocation {
  const location = dataset.properties['location'] as Readonly<Record<string, unknown>> | undefined;
  if (location === undefined)
    throw badDefinition(`Dataset '${dataset.name}' (activity '${context.activity.name}') has no location.`);
  if (location['type'] !== 'AzureBlobFSLocation')
    throw notImplemented(`A location of type '${String(location['type'])}' (dataset '${dataset.name}')`);
  const text = (property: string): string => {
    const value = location[property] ?? '';
    if (typeof value !== 'string')
      throw badDefinition(`The ${property} of dataset '${dataset.name}' is not a string: ${JSON.stringify(value)}.`);
    return value.replace(/^\/+|\/+$/g, '');
  };
  const fileSystem = text('fileSystem');
  const fileName = text('fileName');
  if (fileSystem === '') throw badDefinition(`Dataset '${dataset.name}' names no fileSystem.`);
  const path = [text('folderPath'), fileName].filter((part) => part !== '').join('/');
  if (path.split('/').some((part) => part === '.' || part === '..'))
    throw badDefinition(`The path '${path}' of dataset '${dataset.name}' leaves its filesystem.`);
  return { fileSystem, path, file: fileName !== '' };
}
