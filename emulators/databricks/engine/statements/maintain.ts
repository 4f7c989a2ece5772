import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Action, checkSchema, type Field, LONG, printSchema, quoteName, STRING } from '../../../delta/index.ts';
import { type NamedRelation, type PathRelation, SparkError, type StatementNode } from '../../../spark-sql/index.ts';
import { lakeUri } from '../lake.ts';
import { scanSql } from '../scan.ts';
import type { Result, Session } from '../session.ts';
import { checkProperties } from './create-table.ts';
import { nothing } from './index.ts';

type Node<K extends StatementNode['node']> = Extract<StatementNode, { node: K }>;

export async function alterProperties(
  session: Session,
  { target, properties }: Node<'alterProperties'>,
): Promise<Result> {
  checkProperties(properties);
  const { folder, snapshot } = await session.target(target);
  const metaData = { ...snapshot.metaData, configuration: { ...snapshot.metaData.configuration, ...properties } };
  await session.engine.tables.commit(session.connection, folder, snapshot, [{ metaData }], {
    name: 'SET TBLPROPERTIES',
    parameters: { properties: JSON.stringify(properties) },
  });
  return nothing;
}

/** New columns come last and are NULL in the rows that are there. */
export async function addColumns(session: Session, { target, columns }: Node<'addColumns'>): Promise<Result> {
  const { folder, snapshot } = await session.target(target);
  const added = columns.map(
    (column): Field => ({
      name: column.name,
      type: column.type,
      nullable: true,
      ...(column.comment === undefined ? {} : { comment: column.comment }),
    }),
  );
  const required = columns.find((column) => column.notNull);
  if (required !== undefined)
    throw new SparkError(
      'NOT_NULL_CONSTRAINT_MISSING_TABLE_COLUMN',
      `Cannot add the NOT NULL column ${required.name} to a table: rows that are there would violate it.`,
      { sqlState: '42601' },
    );
  const schema = [...snapshot.schema, ...added];
  checkSchema(schema);
  await session.engine.tables.commit(
    session.connection,
    folder,
    snapshot,
    [{ metaData: { ...snapshot.metaData, schemaString: printSchema(schema) } }],
    {
      name: 'ADD COLUMNS',
      parameters: { columns: JSON.stringify(added.map((field) => field.name)) },
    },
  );
  return nothing;
}

/** Files below this size are put together. */
const smallFile = 64 * 1024 * 1024;

export async function optimize(session: Session, reference: NamedRelation | PathRelation): Promise<Result> {
  const { tables, lake } = session.engine;
  const { folder, snapshot } = await session.target(reference);
  const small = snapshot.files.filter((file) => file.size < smallFile);
  const metrics = { numFilesAdded: 0, numFilesRemoved: 0 };
  if (small.length > 1) {
    const items = snapshot.schema.map((field) => quoteName(field.name)).join(', ');
    const adds = await tables.write(
      session.connection,
      folder,
      snapshot.schema,
      `SELECT ${items} FROM ${scanSql(snapshot, small)}`,
    );
    metrics.numFilesAdded = adds.length;
    metrics.numFilesRemoved = small.length;
    // No data changes: streams and conflict checks may pass these actions over.
    const actions: Action[] = [
      ...small.map((file): Action => ({ remove: { ...tables.removal(file).remove!, dataChange: false } })),
      ...adds.map((add): Action => ({ add: { ...add, dataChange: false } })),
    ];
    await tables.commit(session.connection, folder, snapshot, actions, {
      name: 'OPTIMIZE',
      parameters: { predicate: '[]' },
      metrics: { numAddedFiles: String(adds.length), numRemovedFiles: String(small.length) },
    });
  }
  return {
    columns: [
      { name: 'path', type: STRING },
      { name: 'metrics', type: STRING },
    ],
    rows: [[lakeUri(lake, folder), JSON.stringify(metrics)]],
  };
}

const weekHours = 7 * 24;

/** Deletes files that no version within the retention needs. Shorter than a week is refused, as Databricks does by default. */
export async function vacuum(
  session: Session,
  reference: NamedRelation | PathRelation,
  retainHours = weekHours,
): Promise<Result> {
  const { folder, snapshot } = await session.target(reference);
  if (!(retainHours >= weekHours))
    throw new SparkError(
      'DELTA_VACUUM_RETENTION_PERIOD_TOO_SHORT',
      `Are you sure you would like to vacuum files with such a low retention period? Retention of ${retainHours} hours is below ${weekHours}.`,
      { sqlState: '22003' },
    );
  const horizon = session.engine.now() - retainHours * 60 * 60 * 1000;
  const active = new Set(snapshot.files.map((file) => file.path));
  const recent = new Set(
    [...snapshot.state.tombstones.values()]
      .filter((remove) => remove.deletionTimestamp > horizon)
      .map((remove) => join(folder, decodeURIComponent(remove.path))),
  );
  let deleted = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isFile() || entry.name.startsWith('_') || active.has(path) || recent.has(path)) continue;
    if ((await stat(path)).mtimeMs > horizon) continue;
    await rm(path, { force: true });
    deleted++;
  }
  return { columns: [{ name: 'files_deleted', type: LONG }], rows: [[String(deleted)]] };
}
