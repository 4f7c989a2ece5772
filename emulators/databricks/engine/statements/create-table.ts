import { randomUUID } from 'node:crypto';
import {
  type Action,
  checkSchema,
  duckDbType,
  type Field,
  type MetaData,
  printSchema,
  protocol,
  quoteName,
  sameType,
  tableExists,
} from '../../../delta/index.ts';
import {
  Binding,
  bindQuery,
  type CreateTable,
  emptyScope,
  notImplemented,
  SparkError,
  type Statement,
} from '../../../spark-sql/index.ts';
import { localPath } from '../lake.ts';
import type { Result, Session } from '../session.ts';
import { nothing } from './index.ts';

/** CREATE TABLE, CREATE OR REPLACE TABLE, with columns or AS SELECT. A table that lies at the location already is registered as it is. */
export async function createTable(session: Session, parsed: Statement, statement: CreateTable): Promise<Result> {
  const { catalog, lake, tables } = session.engine;
  const name = session.tableName(statement.name);
  catalog.schema([name[0], name[1]]);
  const existing = catalog.find(name);
  if (existing !== undefined && !statement.replace) {
    if (statement.ifNotExists && existing.kind === 'table' && (await tableExists(existing.location))) return nothing;
    if (!statement.ifNotExists)
      throw new SparkError(
        'TABLE_OR_VIEW_ALREADY_EXISTS',
        `Cannot create table or view \`${name[1]}\`.\`${name[2]}\` because it already exists. Choose a different name, drop or replace the existing object, or add the IF NOT EXISTS clause.`,
      );
  }
  if (existing?.kind === 'view')
    throw new SparkError('EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE', `'${name.join('.')}' expects a table but is a view.`, {
      sqlState: '42809',
    });
  checkProperties(statement.properties);
  const location = statement.location === undefined ? undefined : localPath(lake, statement.location);
  const folder = location ?? existing?.location ?? (await session.managedFolder(name));
  const register = (): void => {
    if (existing?.location !== folder)
      catalog.put(name, {
        kind: 'table',
        name: name[2],
        location: folder,
        managed: location === undefined && (existing === undefined || existing.managed),
      });
  };

  const declared = statement.columns.map(
    (column): Field => ({
      name: column.name,
      type: column.type,
      nullable: !column.notNull,
      ...(column.comment === undefined ? {} : { comment: column.comment }),
    }),
  );
  const present = (await tableExists(folder)) ? await tables.snapshot(session.connection, folder) : undefined;
  if (present !== undefined && !statement.replace) {
    if (statement.query !== undefined)
      throw new SparkError(
        'DELTA_CREATE_TABLE_WITH_NON_EMPTY_LOCATION',
        `Cannot create table ('${name.join('.')}'). The associated location ('${statement.location ?? folder}') is not empty and also not a Delta table of that name.`,
        { sqlState: '42601' },
      );
    checkSameSchema(name.join('.'), declared, present.schema);
    register();
    return nothing;
  }

  const bound =
    statement.query === undefined
      ? undefined
      : bindQuery(new Binding(await session.environment(parsed)), emptyScope(), statement.query);
  const schema: readonly Field[] =
    bound === undefined
      ? declared
      : bound.columns.map(({ name: column, type }) => ({ name: column, type, nullable: true }));
  if (schema.length === 0) throw notImplemented('a table without columns');
  checkSchema(schema);
  const metaData: MetaData = {
    id: randomUUID(),
    ...(statement.comment === undefined ? {} : { description: statement.comment }),
    format: { provider: 'parquet', options: {} },
    schemaString: printSchema(schema),
    partitionColumns: [],
    configuration: Object.fromEntries(
      Object.entries(statement.properties).filter(([key]) => !/^delta\.min(Reader|Writer)Version$/.test(key)),
    ),
    createdTime: session.engine.now(),
  };
  const actions: Action[] = [{ protocol }, { metaData }, ...(present?.files ?? []).map((file) => tables.removal(file))];
  let rows = 0;
  if (bound !== undefined) {
    const items = bound.columns.map(
      (column, index) =>
        `CAST(${quoteName(column.sqlName)} AS ${duckDbType(column.type)}) AS ${quoteName(schema[index]!.name)}`,
    );
    const adds = await tables.write(
      session.connection,
      folder,
      schema,
      `SELECT ${items.join(', ')} FROM (${bound.sql})`,
    );
    rows = adds.reduce((total, add) => total + (JSON.parse(add.stats!) as { numRecords: number }).numRecords, 0);
    actions.push(...adds.map((add): Action => ({ add })));
  }
  const operation = `${statement.replace ? 'CREATE OR REPLACE' : 'CREATE'} TABLE${bound === undefined ? '' : ' AS SELECT'}`;
  await tables.commit(session.connection, folder, present, actions, {
    name: operation,
    parameters: {
      isManaged: String(location === undefined),
      description: statement.comment ?? null,
      partitionBy: '[]',
      properties: JSON.stringify(statement.properties),
    },
    metrics: bound === undefined ? {} : { numOutputRows: String(rows) },
  });
  register();
  return nothing;
}

/** Properties that would ask for a table feature beyond reader version 1 and writer version 2. */
export function checkProperties(properties: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(properties)) {
    const beyond =
      key.startsWith('delta.feature.') ||
      (/^delta\.(enableDeletionVectors|enableChangeDataFeed|enableRowTracking|enableIcebergCompatV\d|enableTypeWidening|enableInCommitTimestamps)$/.test(
        key,
      ) &&
        value !== 'false') ||
      (key === 'delta.columnMapping.mode' && value !== 'none') ||
      (key === 'delta.checkpointPolicy' && value !== 'classic') ||
      (key === 'delta.minReaderVersion' && Number(value) > 1) ||
      (key === 'delta.minWriterVersion' && Number(value) > 2) ||
      key.startsWith('delta.constraints.');
    if (beyond) throw notImplemented(`the table property ${key} = ${value}`);
  }
}

function checkSameSchema(table: string, declared: readonly Field[], present: readonly Field[]): void {
  if (declared.length === 0) return;
  const same =
    declared.length === present.length &&
    declared.every(
      (field, index) =>
        field.name.toLowerCase() === present[index]!.name.toLowerCase() && sameType(field.type, present[index]!.type),
    );
  if (!same)
    throw new SparkError(
      'DELTA_CREATE_TABLE_SCHEME_MISMATCH',
      `The specified schema does not match the existing schema at the location of ${table}: [${declared.map((field) => field.name).join(', ')}] and [${present.map((field) => field.name).join(', ')}].`,
      { sqlState: '42KD7' },
    );
}
