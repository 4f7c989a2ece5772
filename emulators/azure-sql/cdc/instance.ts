import type { Catalog, TableDefinition } from '../../sql-server/index.ts';
import type { SqlType } from '../../tsql/sql-type.ts';

/** A capture instance, kept among the catalog's settings so that it commits and rolls back with everything else. */
export interface CaptureInstance {
  readonly name: string;
  readonly sourceId: number;
  readonly sourceSchema: string;
  readonly sourceName: string;
  /** object_id of the change table. */
  readonly tableId: number;
  /** In the order of their ordinals, which start at 1. */
  readonly columns: readonly { readonly id: number; readonly name: string; readonly type: SqlType }[];
  /** Columns that identify a row for net changes. */
  readonly keys: readonly string[];
  readonly netChanges: boolean;
  readonly roleName: string | null;
  readonly indexName: string | null;
}

const PREFIX = 'cdc:instance:';
const CACHE = new WeakMap<Catalog, readonly CaptureInstance[]>();

export function instances(catalog: Catalog): readonly CaptureInstance[] {
  const known = CACHE.get(catalog);
  if (known) return known;
  const found = [...catalog.settings]
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([, text]) => JSON.parse(text) as CaptureInstance);
  CACHE.set(catalog, found);
  return found;
}

export const instancesOf = (catalog: Catalog, table: TableDefinition): readonly CaptureInstance[] =>
  instances(catalog).filter((each) => each.sourceId === table.id);

export const findInstance = (catalog: Catalog, name: string): CaptureInstance | undefined =>
  instances(catalog).find((each) => each.name.toLowerCase() === name.toLowerCase());

export const withInstance = (catalog: Catalog, instance: CaptureInstance): Catalog =>
  catalog.withSetting(PREFIX + instance.name, JSON.stringify(instance));

export const withoutInstance = (catalog: Catalog, instance: CaptureInstance): Catalog =>
  catalog.withSetting(PREFIX + instance.name, undefined);

export const enabled = (catalog: Catalog): boolean => catalog.settings.get('cdc') === 'on';

export const changeTable = (instance: CaptureInstance): string => `${instance.name}_CT`;
