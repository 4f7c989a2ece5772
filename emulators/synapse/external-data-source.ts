import type { Catalog, Engine } from '../sql-server/index.ts';
import { type SystemView, sysname, view } from '../sql-server/index.ts';
import type { CreateExternalDataSource, Statement } from '../tsql/index.ts';
import { SqlError } from '../tsql/sql-error.ts';

/** External data sources are settings of the catalog, so they commit and roll back with everything else. */
const prefix = 'external data source:';

interface DataSource {
  readonly name: string;
  readonly location: string;
}

export function locationOf(catalog: Catalog, name: string): string {
  const setting = catalog.settings.get(prefix + name.toLowerCase());
  if (setting === undefined)
    throw new SqlError(
      46525,
      `External data source '${name}' cannot be found, or the user does not have permission to use it.`,
    );
  return (JSON.parse(setting) as DataSource).location;
}

/** CREATE and DROP EXTERNAL DATA SOURCE. @returns false for any other statement. */
export async function externalDataSource(engine: Engine, statement: Statement): Promise<boolean> {
  if (statement.kind === 'create external data source') {
    await engine.transaction.write(async () => create(engine, statement));
    return true;
  }
  if (statement.kind === 'drop' && statement.object === 'external data source') {
    await engine.transaction.write(async () => {
      for (const { parts } of statement.names) drop(engine, parts.at(-1) ?? '', statement.ifExists);
    });
    return true;
  }
  return false;
}

function create(engine: Engine, { name, options }: CreateExternalDataSource): void {
  const key = prefix + name.toLowerCase();
  if (engine.catalog.settings.has(key))
    throw new SqlError(46502, `External data source '${name}' already exists in the database.`);
  const location = options.get('LOCATION');
  if (location === undefined)
    throw new SqlError(46505, "Missing required external DDL option 'LOCATION'.", { severity: 15 });
  const source: DataSource = { name, location };
  engine.transaction.catalog = engine.catalog.withSetting(key, JSON.stringify(source));
}

function drop(engine: Engine, name: string, ifExists: boolean): void {
  const key = prefix + name.toLowerCase();
  if (engine.catalog.settings.has(key)) engine.transaction.catalog = engine.catalog.withSetting(key, undefined);
  else if (!ifExists)
    throw new SqlError(
      3701,
      `Cannot drop the external data source '${name}', because it does not exist or you do not have permission.`,
      {
        severity: 11,
      },
    );
}

export const externalDataSources: SystemView = view(
  {
    data_source_id: { name: 'int' },
    name: sysname,
    location: { name: 'nvarchar', length: 4000 },
    type_desc: { name: 'nvarchar', length: 255 },
    type: { name: 'tinyint' },
  },
  (engine) =>
    [...engine.catalog.settings]
      .filter(([key]) => key.startsWith(prefix))
      .map(([, setting], index) => {
        const { name, location } = JSON.parse(setting) as DataSource;
        return { data_source_id: 65_536 + index, name, location, type_desc: 'NONE', type: 5 };
      }),
);
