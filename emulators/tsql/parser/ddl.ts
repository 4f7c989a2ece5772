import type {
  AlterTable,
  ColumnDefinition,
  CreateIndex,
  CreateProcedure,
  CreateTable,
  CreateView,
  DefinitionMode,
  IndexColumn,
  InlineIndex,
  ProcedureParameter,
  ReferentialAction,
  Statement,
  TableConstraint,
  TableDefinition,
} from '../ast.ts';
import { notImplemented, SqlError } from '../sql-error.ts';
import {
  accept,
  acceptAny,
  at,
  type Cursor,
  endOffset,
  expect,
  identifier,
  list,
  nameList,
  next,
  parenthesized,
  peek,
  syntaxError,
  unsupported,
} from './cursor.ts';
import { condition, expression } from './expressions.ts';
import { objectName, signedInteger, typeName } from './names.ts';
import { queryExpression } from './query.ts';

export interface Place {
  readonly start: number;
  readonly line: number;
}

export function createTable(c: Cursor, place: Place): CreateTable {
  const name = objectName(c);
  if (at(c, 'AS')) throw unsupported(c, 'CREATE TABLE AS (FileTable, graph tables)');
  const definition = tableDefinition(c);
  storageClause(c);
  return { kind: 'create table', name, definition, ...place, end: endOffset(c) };
}

/** `ON filegroup`, `WITH (DATA_COMPRESSION = PAGE)`: where and how pages are kept, of no meaning here. */
function storageClause(c: Cursor): void {
  for (;;) {
    if (accept(c, 'ON') || accept(c, 'TEXTIMAGE_ON')) {
      next(c);
      if (at(c, '(')) nameList(c);
    } else if (at(c, 'WITH', '(')) {
      next(c);
      indexOptions(c);
    } else return;
  }
}

const TEMPORAL = new Set(['SYSTEM_VERSIONING', 'MEMORY_OPTIMIZED', 'LEDGER']);

function indexOptions(c: Cursor): void {
  parenthesized(c, () =>
    list(c, () => {
      const option = next(c);
      if (TEMPORAL.has(option.upper)) throw notImplemented(`WITH (${option.upper})`, option.line);
      expect(c, '=');
      next(c);
      if (at(c, '(')) skipParentheses(c);
      else if (peek(c).type === 'word' && !at(c, ')')) next(c);
    }),
  );
}

export function skipParentheses(c: Cursor): void {
  expect(c, '(');
  for (let depth = 1; depth > 0; ) {
    const token = next(c);
    if (token.type === 'end') throw syntaxError(c, token);
    if (token.type !== 'symbol') continue;
    if (token.text === '(') depth++;
    if (token.text === ')') depth--;
  }
}

export function tableDefinition(c: Cursor): TableDefinition {
  const columns: ColumnDefinition[] = [];
  const constraints: TableConstraint[] = [];
  const indexes: InlineIndex[] = [];
  expect(c, '(');
  do {
    if (at(c, ')')) break; // a trailing comma is allowed
    if (startsConstraint(c)) constraints.push(tableConstraint(c));
    else if (at(c, 'INDEX')) indexes.push(inlineIndex(c));
    else if (at(c, 'PERIOD', 'FOR')) throw unsupported(c, 'PERIOD FOR SYSTEM_TIME (temporal tables)');
    else {
      columns.push(columnDefinition(c));
      // A table constraint may follow a column without a comma.
      while (startsConstraint(c)) constraints.push(tableConstraint(c));
    }
  } while (accept(c, ','));
  expect(c, ')');
  return { columns, constraints, indexes };
}

function startsConstraint(c: Cursor): boolean {
  return ['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK'].includes(peek(c).upper);
}

function inlineIndex(c: Cursor): InlineIndex {
  const { line } = next(c);
  const name = identifier(c);
  const unique = accept(c, 'UNIQUE');
  const clustered = clusteredness(c);
  if (at(c, 'COLUMNSTORE')) throw unsupported(c, 'columnstore indexes');
  return { name, unique, ...(clustered !== undefined && { clustered }), columns: indexColumns(c), line };
}

function clusteredness(c: Cursor): boolean | undefined {
  const word = acceptAny(c, 'CLUSTERED', 'NONCLUSTERED');
  return word === undefined ? undefined : word === 'CLUSTERED';
}

function indexColumns(c: Cursor): readonly IndexColumn[] {
  return parenthesized(c, () =>
    list(c, () => ({ name: identifier(c), descending: acceptAny(c, 'ASC', 'DESC') === 'DESC' })),
  );
}

export function columnDefinition(c: Cursor): ColumnDefinition {
  const { line } = peek(c);
  const name = identifier(c);
  if (accept(c, 'AS')) return computedColumn(c, name, line);
  const type = typeName(c);
  let column: ColumnDefinition = { name, type, constraints: [], line };
  for (;;) {
    const more = columnPart(c, column);
    if (!more) return column;
    column = more;
  }
}

function computedColumn(c: Cursor, name: string, line: number): ColumnDefinition {
  const from = peek(c).start;
  const value = expression(c);
  const source = c.source.slice(from, endOffset(c));
  const persisted = accept(c, 'PERSISTED');
  const nullable = persisted && accept(c, 'NOT', 'NULL') ? false : undefined;
  const computed = { expression: value, persisted, source };
  return { name, computed, ...(nullable !== undefined && { nullable }), constraints: [], line };
}

function columnPart(c: Cursor, column: ColumnDefinition): ColumnDefinition | undefined {
  if (accept(c, 'NOT', 'NULL')) return { ...column, nullable: false };
  if (accept(c, 'NULL')) return { ...column, nullable: true };
  if (accept(c, 'COLLATE')) return { ...column, collation: next(c).text };
  if (accept(c, 'ROWGUIDCOL') || accept(c, 'SPARSE')) return column;
  if (accept(c, 'IDENTITY')) {
    const [seed, increment] = at(c, '(')
      ? parenthesized(c, () => {
          const first = signedInteger(c);
          expect(c, ',');
          return [first, signedInteger(c)] as const;
        })
      : ([1n, 1n] as const);
    accept(c, 'NOT', 'FOR', 'REPLICATION');
    return { ...column, identity: { seed, increment } };
  }
  if (at(c, 'MASKED') || at(c, 'ENCRYPTED') || at(c, 'GENERATED') || at(c, 'FILESTREAM')) {
    throw unsupported(c, `the column property ${peek(c).upper}`);
  }
  const { line } = peek(c);
  const constraint = accept(c, 'CONSTRAINT') ? identifier(c) : undefined;
  if (accept(c, 'DEFAULT')) {
    return { ...column, default: { ...(constraint !== undefined && { name: constraint }), ...defaultValue(c) } };
  }
  if (constraint === undefined && !startsColumnConstraint(c)) return undefined;
  const added = constraintBody(c, constraint, line, column.name);
  return { ...column, constraints: [...column.constraints, added] };
}

function startsColumnConstraint(c: Cursor): boolean {
  if (['UNIQUE', 'CHECK', 'REFERENCES'].includes(peek(c).upper)) return true;
  if (!at(c, 'PRIMARY', 'KEY') && !at(c, 'FOREIGN', 'KEY')) return false;
  return true;
}

function defaultValue(c: Cursor) {
  const from = peek(c).start;
  const value = expression(c);
  const source = c.source.slice(from, endOffset(c));
  accept(c, 'WITH', 'VALUES');
  return { value, source };
}

export function tableConstraint(c: Cursor): TableConstraint {
  const { line } = peek(c);
  const name = accept(c, 'CONSTRAINT') ? identifier(c) : undefined;
  return constraintBody(c, name, line);
}

/** `column` is given when the constraint stands at a column, which then need not be named. */
function constraintBody(c: Cursor, name: string | undefined, line: number, column?: string): TableConstraint {
  const named = name === undefined ? { line } : { name, line };
  const word = acceptAny(c, 'PRIMARY', 'UNIQUE', 'FOREIGN', 'REFERENCES', 'CHECK', 'DEFAULT');
  switch (word) {
    case 'PRIMARY':
    case 'UNIQUE': {
      if (word === 'PRIMARY') expect(c, 'KEY');
      const clustered = clusteredness(c);
      const own = column === undefined || at(c, '(');
      const columns = own ? indexColumns(c) : [{ name: column, descending: false }];
      storageClause(c);
      const kind = word === 'PRIMARY' ? 'primary key' : 'unique';
      return { kind, ...named, columns, ...(clustered !== undefined && { clustered }) };
    }
    case 'FOREIGN':
      expect(c, 'KEY');
      if (column !== undefined && at(c, 'REFERENCES')) {
        next(c);
        return references(c, named, [column]);
      }
      return references(c, named, foreignColumns(c));
    case 'REFERENCES':
      if (column === undefined) throw syntaxError(c);
      return references(c, named, [column]);
    case 'CHECK': {
      accept(c, 'NOT', 'FOR', 'REPLICATION');
      const from = peek(c).start;
      const test = parenthesized(c, () => condition(c));
      return { kind: 'check', ...named, condition: test, source: c.source.slice(from, endOffset(c)) };
    }
    case 'DEFAULT': {
      const value = defaultValue(c);
      expect(c, 'FOR');
      const defaulted = identifier(c);
      accept(c, 'WITH', 'VALUES');
      return { kind: 'default', ...named, column: defaulted, ...value };
    }
    default:
      throw syntaxError(c);
  }
}

function foreignColumns(c: Cursor): readonly string[] {
  const columns = nameList(c);
  expect(c, 'REFERENCES');
  return columns;
}

function references(c: Cursor, named: { name?: string; line: number }, columns: readonly string[]): TableConstraint {
  const target = objectName(c);
  const referenced = at(c, '(') ? nameList(c) : undefined;
  let onDelete: ReferentialAction = 'no action';
  let onUpdate: ReferentialAction = 'no action';
  while (at(c, 'ON', 'DELETE') || at(c, 'ON', 'UPDATE')) {
    next(c);
    if (next(c).upper === 'DELETE') onDelete = referentialAction(c);
    else onUpdate = referentialAction(c);
  }
  accept(c, 'NOT', 'FOR', 'REPLICATION');
  return {
    kind: 'foreign key',
    ...named,
    columns,
    references: target,
    ...(referenced && { referencedColumns: referenced }),
    onDelete,
    onUpdate,
  };
}

function referentialAction(c: Cursor): ReferentialAction {
  if (accept(c, 'NO', 'ACTION')) return 'no action';
  if (accept(c, 'CASCADE')) return 'cascade';
  if (accept(c, 'SET', 'NULL')) return 'set null';
  expect(c, 'SET', 'DEFAULT');
  return 'set default';
}

export function alterTable(c: Cursor, place: Place): AlterTable {
  const name = objectName(c);
  const action = alterAction(c);
  return { kind: 'alter table', name, action, ...place, end: endOffset(c) };
}

function alterAction(c: Cursor): AlterTable['action'] {
  const noCheck = accept(c, 'WITH', 'NOCHECK');
  if (!noCheck) accept(c, 'WITH', 'CHECK');
  if (accept(c, 'ADD')) {
    const columns: ColumnDefinition[] = [];
    const constraints: TableConstraint[] = [];
    list(c, () => {
      if (startsConstraint(c) || at(c, 'DEFAULT')) constraints.push(tableConstraint(c));
      else if (at(c, 'PERIOD', 'FOR')) throw unsupported(c, 'PERIOD FOR SYSTEM_TIME (temporal tables)');
      else columns.push(columnDefinition(c));
    });
    return { kind: 'add', columns, constraints, noCheck };
  }
  if (accept(c, 'DROP')) return dropPart(c);
  if (accept(c, 'ALTER', 'COLUMN')) {
    const column = identifier(c);
    if (at(c, 'ADD') || at(c, 'DROP')) throw unsupported(c, `ALTER COLUMN .. ${peek(c).upper}`);
    const type = typeName(c);
    const collation = accept(c, 'COLLATE') ? next(c).text : undefined;
    const nullable = accept(c, 'NOT', 'NULL') ? false : accept(c, 'NULL') ? true : undefined;
    return {
      kind: 'alter column',
      column,
      type,
      ...(nullable !== undefined && { nullable }),
      ...(collation !== undefined && { collation }),
    };
  }
  const check = acceptAny(c, 'CHECK', 'NOCHECK');
  if (check && accept(c, 'CONSTRAINT')) {
    const names = accept(c, 'ALL') ? 'all' : list(c, () => identifier(c));
    return { kind: 'check constraint', enable: check === 'CHECK', names };
  }
  if (['SET', 'SWITCH', 'REBUILD', 'ENABLE', 'DISABLE'].includes(peek(c).upper)) {
    throw unsupported(c, `ALTER TABLE .. ${peek(c).upper}`);
  }
  throw syntaxError(c);
}

function dropPart(c: Cursor): AlterTable['action'] {
  const column = accept(c, 'COLUMN');
  if (!column) accept(c, 'CONSTRAINT');
  const ifExists = accept(c, 'IF', 'EXISTS');
  const names = list(c, () => identifier(c));
  return column ? { kind: 'drop column', columns: names, ifExists } : { kind: 'drop constraint', names, ifExists };
}

export function createIndex(c: Cursor, place: Place): CreateIndex {
  const unique = accept(c, 'UNIQUE');
  const clustered = clusteredness(c) ?? false;
  if (at(c, 'COLUMNSTORE')) throw unsupported(c, 'columnstore indexes');
  expect(c, 'INDEX');
  const name = identifier(c);
  expect(c, 'ON');
  const table = objectName(c);
  const columns = indexColumns(c);
  const include = accept(c, 'INCLUDE') ? nameList(c) : [];
  const where = accept(c, 'WHERE') ? condition(c) : undefined;
  storageClause(c);
  return {
    kind: 'create index',
    name,
    table,
    unique,
    clustered,
    columns,
    include,
    ...(where && { where }),
    ...place,
    end: endOffset(c),
  };
}

export function createView(c: Cursor, place: Place, mode: DefinitionMode): CreateView {
  const name = objectName(c);
  const columns = at(c, '(') ? nameList(c) : undefined;
  if (accept(c, 'WITH')) list(c, () => moduleOption(c, ['SCHEMABINDING', 'VIEW_METADATA']));
  expect(c, 'AS');
  const query = queryExpression(c);
  accept(c, 'WITH', 'CHECK', 'OPTION');
  accept(c, ';');
  const end = endOffset(c);
  const source = c.source.slice(place.start, end);
  return { kind: 'create view', mode, name, ...(columns && { columns }), query, source, ...place, end };
}

function moduleOption(c: Cursor, allowed: readonly string[]): void {
  if (!acceptAny(c, ...allowed)) throw unsupported(c, `WITH ${peek(c).text}`);
}

/** The body is everything up to the end of the batch. */
export function createProcedure(
  c: Cursor,
  place: Place,
  mode: DefinitionMode,
  statements: () => readonly Statement[],
): CreateProcedure {
  if (place.start > (c.tokens[0]?.start ?? 0)) {
    const message = "'CREATE/ALTER PROCEDURE' must be the first statement in a query batch.";
    throw new SqlError(111, message, { severity: 15, line: place.line });
  }
  const name = objectName(c);
  const parameters = procedureParameters(c);
  if (accept(c, 'WITH')) list(c, () => moduleOption(c, ['RECOMPILE', 'SCHEMABINDING']));
  expect(c, 'AS');
  const body = statements();
  const source = c.source.slice(place.start);
  return { kind: 'create procedure', mode, name, parameters, body, source, ...place, end: c.source.length };
}

function procedureParameters(c: Cursor): readonly ProcedureParameter[] {
  const opened = accept(c, '(');
  if (peek(c).type !== 'variable') {
    if (opened) throw syntaxError(c);
    return [];
  }
  const parameters = list(c, () => procedureParameter(c));
  if (opened) expect(c, ')');
  return parameters;
}

function procedureParameter(c: Cursor): ProcedureParameter {
  const { text, type: tokenType, line } = next(c);
  if (tokenType !== 'variable') throw syntaxError(c);
  accept(c, 'AS');
  const type = typeName(c);
  accept(c, 'NULL');
  const value = accept(c, '=') ? expression(c) : undefined;
  const output = acceptAny(c, 'OUTPUT', 'OUT') !== undefined;
  const readonly = accept(c, 'READONLY');
  return { name: text, type: readonly ? { ...type, readonly } : type, ...(value && { default: value }), output, line };
}
