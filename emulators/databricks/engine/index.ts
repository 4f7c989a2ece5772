import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Catalog } from './catalog.ts';
import { openDatabase } from './database.ts';
import { placesOf } from './places.ts';
import { type Engine, Session } from './session.ts';
import { Tables } from './tables.ts';

export { toSparkError } from './database.ts';
export { type Parameter, type Result, Session } from './session.ts';

export interface EngineOptions {
  /** Folder with one folder per filesystem. */
  readonly lakeRoot: string;
  /** The storage account in abfss paths. */
  readonly account: string;
  readonly stateDirectory: string;
  /** DuckDB's limit, such as '512MB'; what does not fit spills to the state directory. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface SqlEngine {
  session(): Promise<Session>;
  close(): Promise<void>;
}

/** Runs Databricks SQL on DuckDB over Delta tables in the lake folder. */
export async function openEngine({
  lakeRoot,
  account,
  stateDirectory,
  memoryLimit = '512MB',
  threads = 2,
  now = Date.now,
}: EngineOptions): Promise<SqlEngine> {
  const database = await openDatabase({
    memoryLimit,
    threads,
    temporaryDirectory: join(stateDirectory, `spill-${randomUUID()}`),
  });
  const lake = { root: lakeRoot, account };
  const engine: Engine = {
    lake,
    catalog: new Catalog(stateDirectory, placesOf(lake, stateDirectory)),
    tables: new Tables(stateDirectory, now),
    database,
    stateDirectory,
    now,
  };
  return { session: () => Session.open(engine), close: () => database.close() };
}
