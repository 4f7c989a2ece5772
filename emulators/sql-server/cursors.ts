import type { ResultSink } from '../tds/session.ts';
import { bindQuery, type CursorStep, type DeclareCursor, type Fetch } from '../tsql/index.ts';
import { SqlError } from '../tsql/sql-error.ts';
import type { Column, SqlValue } from '../tsql/sql-type.ts';
import { convert } from './convert.ts';
import type { Engine } from './engine.ts';
import { type Argument, rows } from './run.ts';

/**
 * Cursors of T-SQL. All are static: OPEN reads the rows, and later changes do not show. Variables of the query have the values they had
 * at DECLARE.
 */
export interface SqlCursor {
  readonly scroll: boolean;
  readonly sql: string;
  readonly args: readonly Argument[];
  readonly columns: readonly Column[];
  /** While it is open. */
  rows?: readonly (readonly SqlValue[])[];
  /** Index of the row fetched last; -1 before the first, the count after the last. */
  place: number;
}

export function declareCursor(engine: Engine, node: DeclareCursor): void {
  const cursors = node.local ? engine.frame.cursors : engine.cursors;
  const key = node.name.toLowerCase();
  if (cursors.has(key)) {
    throw new SqlError(16915, `A cursor with the name '${node.name}' already exists.`);
  }
  const { sql, parameters, columns } = bindQuery(node.query, engine.context());
  cursors.set(key, { scroll: node.scroll, sql, args: engine.args(parameters), columns, place: -1 });
}

function find(engine: Engine, name: string): SqlCursor {
  const found = engine.frame.cursors.get(name.toLowerCase()) ?? engine.cursors.get(name.toLowerCase());
  if (found) return found;
  throw new SqlError(16916, `A cursor with the name '${name}' does not exist.`);
}

export async function moveCursor(engine: Engine, { action, name }: CursorStep): Promise<void> {
  const cursor = find(engine, name);
  switch (action) {
    case 'open':
      if (cursor.rows) throw new SqlError(16905, 'The cursor is already open.');
      cursor.rows = await rows(
        engine.connection,
        cursor.sql,
        cursor.args,
        cursor.columns.map((each) => each.type),
      );
      cursor.place = -1;
      engine.cursorRows = cursor.rows.length;
      return;
    case 'close':
      if (!cursor.rows) throw notOpen();
      delete cursor.rows;
      return;
    case 'deallocate':
      if (!engine.frame.cursors.delete(name.toLowerCase())) engine.cursors.delete(name.toLowerCase());
  }
}

export async function fetchRow(engine: Engine, node: Fetch, sink: ResultSink): Promise<void> {
  const cursor = find(engine, node.name);
  if (!cursor.rows) throw notOpen();
  if (node.direction !== 'next' && !cursor.scroll) {
    throw new SqlError(16911, `fetch: The fetch type ${node.direction} cannot be used with forward only cursors.`);
  }
  if (node.into.length > 0 && node.into.length !== cursor.columns.length) {
    throw new SqlError(
      16924,
      'Cursorfetch: The number of variables declared in the INTO list must match that of selected columns.',
    );
  }
  const offset = node.offset ? Number((await engine.evaluate(node.offset, { name: 'int' })) ?? 0) : 0;
  cursor.place = Math.max(-1, Math.min(cursor.rows.length, target(cursor, cursor.rows.length, node.direction, offset)));
  const row = cursor.rows[cursor.place];
  engine.fetchStatus = row ? 0 : -1;
  engine.rowCount = row ? 1n : 0n;
  if (node.into.length === 0) {
    await sink.columns(cursor.columns);
    if (row) await sink.rows({ rows: 1, values: row.map((value) => [value]) });
    await sink.done(row ? 1 : 0, 'select');
    return;
  }
  if (!row) return;
  for (const [index, name] of node.into.entries()) {
    const variable = engine.frame.variable(name);
    const type = cursor.columns[index]?.type ?? variable.type;
    variable.value = await convert(engine, { type, value: row[index] ?? null }, variable.type);
  }
}

function target(cursor: SqlCursor, count: number, direction: Fetch['direction'], offset: number): number {
  switch (direction) {
    case 'next':
      return cursor.place + 1;
    case 'prior':
      return cursor.place - 1;
    case 'first':
      return 0;
    case 'last':
      return count - 1;
    case 'absolute':
      return offset < 0 ? count + offset : offset - 1;
    case 'relative':
      return cursor.place + offset;
  }
}

const notOpen = (): SqlError => new SqlError(16917, 'Cursor is not open.');
