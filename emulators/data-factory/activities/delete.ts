import { resolveDataset } from '../connectors/resolve.ts';
import type { ActivityContext, ActivityType } from '../runtime/activity-context.ts';
import { badDefinition, notImplemented } from '../runtime/activity-error.ts';
import { locationOf } from './lake-location.ts';
import { integrationRuntime } from './lookup.ts';
import { requireReference } from './properties.ts';

/** Deletes a file, or the files of a folder (and of those below it, when recursive). What is not there counts as deleted. */
export const deleteActivity: ActivityType = {
  control: false,
  async execute(context) {
    const dataset = resolveDataset(
      context.host,
      requireReference(context, context.properties['dataset'], 'dataset'),
      context.scope,
    );
    const settings = (context.evaluate(context.properties['storeSettings'] ?? {}) ?? {}) as Readonly<
      Record<string, unknown>
    >;
    refuse(context, settings);
    const recursive = settings['recursive'] === true || context.properties['recursive'] === true;
    const { fileSystem, path, file } = locationOf(context, dataset);
    if (path === '')
      throw badDefinition(
        `Delete '${context.activity.name}' points at the whole filesystem '${fileSystem}'; name a folder.`,
      );
    context.input({ dataset: { referenceName: dataset.name, type: 'DatasetReference' }, recursive });

    const lake = context.host.connectors.openLake(dataset.linkedService);
    let filesDeleted = 0;
    if (file) {
      if ((await lake.stat(fileSystem, path, context.signal)) !== undefined) {
        await lake.delete(fileSystem, path, false, context.signal);
        filesDeleted = 1;
      }
    } else if ((await lake.stat(fileSystem, path, context.signal)) !== undefined) {
      for await (const item of lake.list(fileSystem, path, recursive, context.signal)) {
        if (item.isDirectory) continue;
        filesDeleted++;
        if (!recursive) await lake.delete(fileSystem, item.path, false, context.signal);
      }
      // The folder itself goes with its files only when everything below it does.
      if (recursive) await lake.delete(fileSystem, path, true, context.signal);
    }
    return {
      filesDeleted,
      effectiveIntegrationRuntime: integrationRuntime,
      durationInQueue: { integrationRuntimeQueue: 0 },
    };
  },
};

function refuse(context: ActivityContext, settings: Readonly<Record<string, unknown>>): void {
  for (const property of [
    'wildcardFileName',
    'wildcardFolderPath',
    'fileListPath',
    'modifiedDatetimeStart',
    'modifiedDatetimeEnd',
  ])
    if (settings[property] !== undefined)
      throw notImplemented(`The Delete setting '${property}' (activity '${context.activity.name}')`);
}
