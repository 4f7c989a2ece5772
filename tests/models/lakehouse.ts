import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { openEngine, type SqlEngine } from '../../emulators/databricks/engine/index.ts';
import { compile } from '../../src/databricks/compile/compile.ts';
import { type Model, readModels } from '../../src/databricks/models.ts';
import { repositoryRoot } from '../../src/environments/load.ts';

/** A change of a source row, as change data capture hands it over: an update or delete carries all columns. */
export interface Change {
  readonly operation: 'insert' | 'update' | 'delete';
  readonly row: Readonly<Record<string, string | number | boolean | null>>;
}

export const inserted = (row: Change['row']): Change => ({ operation: 'insert', row });
export const updated = (row: Change['row']): Change => ({ operation: 'update', row });
export const deleted = (row: Change['row']): Change => ({ operation: 'delete', row });

/** Bronze on disk, and some models over it, compiled as they are deployed and run as the job runs them. */
export interface Lakehouse {
  /** Writes a window of changes to bronze; `lsn` orders windows. The same window again overwrites its file. */
  land(table: string, lsn: number, changes: readonly Change[]): Promise<void>;
  /** Writes a snapshot to bronze: the rows that the table had at `lsn`. */
  snapshot(table: string, lsn: number, rows: readonly Change['row'][]): Promise<void>;
  /**
   * Runs the models' tasks in order.
   * @param change another model in the place of one.
   * @throws the failure of the first task that fails, as the job would.
   */
  refine(change?: (model: Model) => Model): Promise<void>;
  /** A query's rows as objects; values as text, NULL as null. */
  rows(sql: string): Promise<Record<string, string | null>[]>;
  close(): Promise<void>;
}

const operations = { delete: 1, insert: 2, update: 4 } as const;
const account = 'shop';
const all = readModels(join(repositoryRoot, 'databricks'));

/**
 * @param ids the models wanted; those that they read come with them.
 */
export async function openLakehouse(...ids: string[]): Promise<Lakehouse> {
  const wanted = withReads(ids);
  const folder = mkdtempSync(join(tmpdir(), 'lakehouse-'));
  const duckdb = await DuckDBInstance.create(':memory:');
  const writer = await duckdb.connect();
  const engine = await openEngine({
    lakeRoot: join(folder, 'lake'),
    account,
    stateDirectory: join(folder, 'state'),
    threads: 1,
  });
  const tasks = compile(wanted, account);
  const sources = wanted.filter((model) => model.contract.materialisation === 'latest');
  const modelOf = (table: string): Model => {
    const model = sources.find((candidate) => candidate.contract.source === table);
    if (model === undefined) throw new Error(`no model here reads bronze.${table}`);
    return model;
  };

  const write = async (table: string, lsn: number, changes: readonly Change[], place: Place): Promise<void> => {
    const path = join(folder, 'lake', 'bronze', table, `from_lsn=${hex(lsn)}`);
    mkdirSync(path, { recursive: true });
    await writer.run(
      `COPY (${changesSql(modelOf(table), lsn, changes, place)}) TO '${path}/${table}.parquet' (FORMAT parquet)`,
    );
  };
  const land: Lakehouse['land'] = (table, lsn, changes) =>
    write(table, lsn, changes, (index) => ({ sequence: index + 1, command: 1 }));
  const snapshot: Lakehouse['snapshot'] = (table, lsn, rows) =>
    write(table, lsn, rows.map(inserted), () => ({ sequence: 0, command: 0 }));
  // As after a first run of the pipeline: every captured table has a file, be it empty.
  for (const source of new Set(wanted.flatMap((model) => model.contract.source ?? []))) await land(source, 0, []);
  await run(engine, tasks[0]!.sql);

  return {
    land,
    snapshot,
    async refine(change) {
      for (const task of change ? compile(wanted.map(change), account) : tasks) await run(engine, task.sql);
    },
    rows: (sql) => run(engine, sql),
    async close() {
      await engine.close();
      closeWriter(writer, duckdb);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function closeWriter(writer: DuckDBConnection, duckdb: DuckDBInstance): void {
  writer.closeSync();
  duckdb.closeSync();
}

/** In a session of its own, as each task of the job has. */
async function run(engine: SqlEngine, sql: string): Promise<Record<string, string | null>[]> {
  const session = await engine.session();
  try {
    const { columns, rows } = await session.execute(sql);
    return rows.map((row) => Object.fromEntries(row.map((value, index) => [columns[index]!.name, value])));
  } finally {
    session.close();
  }
}

function withReads(ids: readonly string[]): readonly Model[] {
  const found = new Set<string>();
  const add = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    for (const read of all.find((model) => model.id === id)!.reads) add(read);
  };
  for (const id of ids) add(id);
  return all.filter((model) => found.has(model.id));
}

const hex = (lsn: number): string => lsn.toString(16).toUpperCase().padStart(20, '0');

/** The LSN of a window, as bronze and silver show it. */
export const lsnText = (lsn: number): string => `0x${hex(lsn)}`;

/** Where a window's nth change lies within its transaction. */
type Place = (index: number) => { readonly sequence: number; readonly command: number };

function changesSql(model: Model, lsn: number, changes: readonly Change[], place: Place): string {
  const types = new Map(model.contract.columns.map(({ name, type }) => [name, duckType(type)]));
  for (const { row } of changes)
    for (const name of Object.keys(row)) if (!types.has(name)) throw new Error(`${model.id} has no column ${name}`);
  const select = ({ operation, row }: Change, index: number): string =>
    [
      `SELECT '${lsnText(lsn)}' AS _lsn, '${lsnText(place(index).sequence)}' AS _seqval, ${place(index).command}::INTEGER AS _command_id`,
      `${operations[operation]}::INTEGER AS _operation, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS _commit_time`,
      ...[...types].map(([name, type]) => `CAST(${literal(row[name] ?? null)} AS ${type}) AS "${name}"`),
    ].join(', ');
  const none = `SELECT * FROM (${select({ operation: 'insert', row: {} }, 0)}) LIMIT 0`;
  return changes.length === 0 ? none : changes.map(select).join(' UNION ALL ');
}

const literal = (value: string | number | boolean | null): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value ?? 'NULL');

function duckType(type: string): string {
  return type === 'STRING' ? 'VARCHAR' : type === 'TIMESTAMP' ? 'TIMESTAMPTZ' : type;
}
