import { type Action, type Field, isAppendOnly, quoteName } from '../../../delta/index.ts';
import {
  Binding,
  bindQuery,
  emptyScope,
  literal,
  SparkError,
  type Statement,
  type StatementNode,
  storeAssign,
} from '../../../spark-sql/index.ts';
import type { Result, Session } from '../session.ts';
import { affected, recordsOf } from './affected.ts';

/** INSERT INTO and INSERT OVERWRITE: columns by position, by the column list, or BY NAME; absent ones are NULL. */
export async function insert(
  session: Session,
  parsed: Statement,
  { target, overwrite, columns, byName, query }: Extract<StatementNode, { node: 'insert' }>,
): Promise<Result> {
  const { tables } = session.engine;
  const { folder, snapshot, name } = await session.target(target);
  const bound = bindQuery(new Binding(await session.environment(parsed)), emptyScope(), query);
  const names = byName
    ? bound.columns.map((column) => column.name)
    : columns.length > 0
      ? columns
      : snapshot.schema.map((field) => field.name);
  if (names.length !== bound.columns.length)
    throw new SparkError(
      `INSERT_COLUMN_ARITY_MISMATCH.${names.length > bound.columns.length ? 'NOT_ENOUGH' : 'TOO_MANY'}_DATA_COLUMNS`,
      `Cannot write to \`${name.join('`.`')}\`, the reason is ${names.length > bound.columns.length ? 'not enough' : 'too many'} data columns: table columns: ${names.join(', ')}; data columns: ${bound.columns.map((column) => column.name).join(', ')}.`,
    );
  const positions = new Map(names.map((column, index) => [fieldNamed(snapshot.schema, column).name, index]));
  if (positions.size !== names.length)
    throw new SparkError('COLUMN_ALREADY_EXISTS', 'The column list names a column twice.');
  const at = { line: 1, column: 1 };
  const items = snapshot.schema.map((field) => {
    const position = positions.get(field.name);
    const column = position === undefined ? undefined : bound.columns[position]!;
    const value =
      column === undefined
        ? literal(field.type, null)
        : storeAssign({ sql: `q.${quoteName(column.sqlName)}`, type: column.type }, field.type, field.name, at);
    return `${value.sql} AS ${quoteName(field.name)}`;
  });
  if (overwrite && isAppendOnly(snapshot.metaData))
    throw new SparkError(
      'DELTA_CANNOT_MODIFY_APPEND_ONLY',
      'This table is configured to only allow appends. If you would like to permit updates or deletes, use ALTER TABLE SET TBLPROPERTIES (delta.appendOnly=false).',
      { sqlState: '42809' },
    );
  const adds = await tables.write(
    session.connection,
    folder,
    snapshot.schema,
    `SELECT ${items.join(', ')} FROM (${bound.sql}) AS q`,
  );
  const rows = recordsOf(adds);
  const removes = overwrite ? snapshot.files.map((file) => tables.removal(file)) : [];
  if (adds.length + removes.length > 0)
    await tables.commit(session.connection, folder, snapshot, [...removes, ...adds.map((add): Action => ({ add }))], {
      name: 'WRITE',
      parameters: { mode: overwrite ? 'Overwrite' : 'Append', partitionBy: '[]' },
      metrics: { numFiles: String(adds.length), numOutputRows: String(rows) },
      // An append whose query reads the table itself is not blind.
      blindAppend: !overwrite && parsed.relations.length === 1,
    });
  return affected({ num_affected_rows: rows, num_inserted_rows: rows });
}

export function fieldNamed(schema: readonly Field[], name: string): Field {
  const field = schema.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (field === undefined)
    throw new SparkError(
      'UNRESOLVED_COLUMN.WITH_SUGGESTION',
      `A column, variable, or function parameter with name \`${name}\` cannot be resolved. Did you mean one of the following? [${schema.map((candidate) => `\`${candidate.name}\``).join(', ')}].`,
    );
  return field;
}
