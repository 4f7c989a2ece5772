import { isAbsolute, join, relative, sep } from 'node:path';
import { type Lake, lakeUri, localPath } from './lake.ts';

/** Folders of tables as `catalog.json` names them: never by where they happen to lie, so that a whole environment may be moved or copied. */
export interface Places {
  nameOf(folder: string): string;
  /** @throws SparkError for a name that leads out of the lake and of the state directory. */
  folderOf(name: string): string;
}

const besideCatalog = 'state:';

export function placesOf(lake: Lake, stateDirectory: string): Places {
  return {
    nameOf(folder) {
      const inside = relative(stateDirectory, folder);
      if (inside.startsWith('..') || isAbsolute(inside)) return lakeUri(lake, folder);
      return `${besideCatalog}${inside.split(sep).join('/')}`;
    },
    folderOf(name) {
      if (!name.startsWith(besideCatalog)) return localPath(lake, name);
      const folder = join(stateDirectory, name.slice(besideCatalog.length));
      if (relative(stateDirectory, folder).startsWith('..'))
        throw new Error(`databricks: catalog.json names ${name}, which lies outside of the state directory.`);
      return folder;
    },
  };
}
