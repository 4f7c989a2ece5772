import { readdirSync, readFileSync } from 'node:fs';
import type { ModuleDefinition } from '../catalog.ts';

/**
 * The catalog procedures that drivers and people call (sp_tables, sp_columns, sp_help, ...), written in T-SQL over the catalog views as
 * the server's own are: `catalog/<name>.sql` each.
 */

const FOLDER = new URL('./catalog/', import.meta.url);
const NAMES: ReadonlySet<string> = new Set(readdirSync(FOLDER).map((each) => each.replace(/\.sql$/, '')));
/** Newer names of what has not changed since: drivers choose by the server's version. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['sp_special_columns_100', 'sp_special_columns'],
  ['sp_statistics_100', 'sp_statistics'],
]);
const READ = new Map<string, ModuleDefinition>();

/** @param name lower case, without `sys.`. */
export function catalogProcedure(name: string): ModuleDefinition | undefined {
  const known = READ.get(name);
  const file = ALIASES.get(name) ?? name;
  if (known || !NAMES.has(file)) return known;
  const text = readFileSync(new URL(`${file}.sql`, FOLDER), 'utf8');
  const made: ModuleDefinition = { kind: 'procedure', id: 0, schema: 'sys', name, text, created: 0n, modified: 0n };
  READ.set(name, made);
  return made;
}
