import { type Action, isAppendOnly, quoteName, quoteString } from '../../../delta/index.ts';
import {
  Binding,
  bindCondition,
  bindExpression,
  type Expression,
  emptyScope,
  type NamedRelation,
  type PathRelation,
  type Place,
  relationOf,
  SparkError,
  type Statement,
  type StatementNode,
  storeAssign,
} from '../../../spark-sql/index.ts';
import { scanSql } from '../scan.ts';
import type { Result, Session, Target } from '../session.ts';
import { affected, recordsOf } from './affected.ts';
import { fieldNamed } from './insert.ts';

/** DELETE and TRUNCATE: files that hold no such row stay, files of only such rows go, the others are written anew. */
export async function runDelete(
  session: Session,
  parsed: Statement,
  reference: NamedRelation | PathRelation,
  where: Expression | undefined,
): Promise<Result> {
  const target = await session.target(reference);
  refuseAppendOnly(target);
  const { tables } = session.engine;
  if (where === undefined) {
    const rows = target.snapshot.files.reduce((total, file) => total + (file.rows ?? 0), 0);
    await commitChange(
      session,
      target,
      target.snapshot.files.map((file) => tables.removal(file)),
      'DELETE',
      { predicate: '[]' },
      { numDeletedRows: rows },
    );
    return affected({ num_affected_rows: rows });
  }
  const place = await placeOf(session, parsed, reference, target);
  const condition = bindCondition(place, where).sql;
  const { files, rows } = await touched(session, target, condition);
  if (files.length === 0) return affected({ num_affected_rows: 0 });
  const kept = `SELECT ${target.snapshot.schema.map((field) => `t.${quoteName(field.name)}`).join(', ')} FROM ${scanSql(target.snapshot, files)} AS t WHERE (${condition}) IS NOT TRUE`;
  const adds = await tables.write(session.connection, target.folder, target.snapshot.schema, kept);
  const actions = [...files.map((file) => tables.removal(file)), ...adds.map((add): Action => ({ add }))];
  await commitChange(
    session,
    target,
    actions,
    'DELETE',
    { predicate: JSON.stringify([where.text]) },
    { numDeletedRows: rows, numCopiedRows: recordsOf(adds) },
  );
  return affected({ num_affected_rows: rows });
}

export async function runUpdate(
  session: Session,
  parsed: Statement,
  statement: Extract<StatementNode, { node: 'update' }>,
): Promise<Result> {
  const target = await session.target(statement.target);
  refuseAppendOnly(target);
  const { tables } = session.engine;
  const { schema } = target.snapshot;
  const place = await placeOf(session, parsed, statement.target, target);
  const condition = statement.where === undefined ? 'TRUE' : bindCondition(place, statement.where).sql;
  const values = new Map(
    statement.assignments.map(({ column, value, at }) => {
      const field = fieldNamed(schema, column.at(-1)!);
      return [field.name, storeAssign(bindExpression(place, value), field.type, field.name, at).sql];
    }),
  );
  const { files, rows } = await touched(session, target, condition);
  if (files.length === 0) return affected({ num_affected_rows: 0 });
  const items = schema.map((field) => {
    const own = `t.${quoteName(field.name)}`;
    const value = values.get(field.name);
    return `${value === undefined ? own : `CASE WHEN ${condition} THEN ${value} ELSE ${own} END`} AS ${quoteName(field.name)}`;
  });
  const adds = await tables.write(
    session.connection,
    target.folder,
    schema,
    `SELECT ${items.join(', ')} FROM ${scanSql(target.snapshot, files)} AS t`,
  );
  const actions = [...files.map((file) => tables.removal(file)), ...adds.map((add): Action => ({ add }))];
  await commitChange(
    session,
    target,
    actions,
    'UPDATE',
    { predicate: JSON.stringify([statement.where?.text ?? 'true']) },
    { numUpdatedRows: rows },
  );
  return affected({ num_affected_rows: rows });
}

async function placeOf(
  session: Session,
  parsed: Statement,
  reference: NamedRelation | PathRelation,
  target: Target,
): Promise<Place> {
  const relation = relationOf(
    't',
    reference.alias === undefined ? target.name : [reference.alias.name],
    target.snapshot.schema,
  );
  const binding = new Binding(await session.environment(parsed));
  return { binding, scope: { ...emptyScope(), relations: [relation] }, windows: new Map() };
}

/** The files with rows for which the condition is true, and how many rows. */
async function touched(
  session: Session,
  { snapshot }: Target,
  condition: string,
): Promise<{ files: typeof snapshot.files; rows: number }> {
  const scan = scanSql(snapshot, snapshot.files, { filePath: (path) => path });
  const found = new Map(
    (await session.rows(`SELECT "__file_path", count(*) FROM ${scan} AS t WHERE ${condition} GROUP BY ALL`)).map(
      ([path, rows]) => [String(path), Number(rows)],
    ),
  );
  return {
    files: snapshot.files.filter((file) => found.has(file.path)),
    rows: [...found.values()].reduce((total, rows) => total + rows, 0),
  };
}

export function refuseAppendOnly({ snapshot, name }: Target): void {
  if (isAppendOnly(snapshot.metaData))
    throw new SparkError(
      'DELTA_CANNOT_MODIFY_APPEND_ONLY',
      `The table ${quoteString(name.join('.'))} is configured to only allow appends. If you would like to permit updates or deletes, use ALTER TABLE SET TBLPROPERTIES (delta.appendOnly=false).`,
      { sqlState: '42809' },
    );
}

export async function commitChange(
  session: Session,
  { folder, snapshot }: Target,
  actions: readonly Action[],
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  metrics: Readonly<Record<string, number>>,
): Promise<void> {
  if (actions.length === 0) return;
  await session.engine.tables.commit(session.connection, folder, snapshot, actions, {
    name,
    parameters,
    metrics: Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, String(value)])),
  });
}
