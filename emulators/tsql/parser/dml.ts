import type {
  Assignment,
  CommonTable,
  Delete,
  Insert,
  InsertBulk,
  Merge,
  MergeBranch,
  Output,
  TargetTable,
  Update,
} from '../ast.ts';
import {
  accept,
  at,
  type Cursor,
  endOffset,
  expect,
  identifier,
  isName,
  list,
  nameList,
  next,
  parenthesized,
  peek,
  syntaxError,
  unsupported,
} from './cursor.ts';
import { execute } from './execute.ts';
import { condition, expression } from './expressions.ts';
import { objectName, tableAlias, typeName } from './names.ts';
import { queryExpression, queryHints, selectItem, startsQuery, topClause, valuesTable } from './query.ts';
import { tableHints, tableSource } from './table-source.ts';

/** What precedes the verb: where the statement starts, and its common table expressions. */
export interface Prefix {
  readonly start: number;
  readonly line: number;
  readonly with: readonly CommonTable[];
}

function target(c: Cursor): TargetTable {
  const token = peek(c);
  if (token.type === 'variable') {
    next(c);
    return { name: { parts: [token.text], line: token.line }, hints: [], line: token.line };
  }
  if (at(c, 'OPENROWSET') || at(c, 'OPENQUERY') || at(c, 'OPENDATASOURCE'))
    throw unsupported(c, `DML through ${token.upper}`);
  const name = objectName(c);
  // `INSERT INTO t (NOLOCK)` is a column list, so hints here need WITH.
  const hints = at(c, 'WITH', '(') ? tableHints(c) : [];
  return { name, hints, line: token.line };
}

function top(c: Cursor) {
  return at(c, 'TOP') ? { top: topClause(c) } : {};
}

function output(c: Cursor): { output?: Output } {
  if (!at(c, 'OUTPUT')) return {};
  const { line } = next(c);
  const items = list(c, () => selectItem(c));
  if (!accept(c, 'INTO')) return { output: { items, line } };
  const into = { target: target(c), ...(at(c, '(') && { columns: nameList(c) }) };
  return { output: { items, into, line } };
}

export function insert(c: Cursor, prefix: Prefix): Insert | InsertBulk {
  expect(c, 'INSERT');
  if (at(c, 'BULK')) return insertBulk(c, prefix);
  const limit = top(c);
  accept(c, 'INTO');
  const into = target(c);
  const columns = at(c, '(') && !isQueryInParentheses(c) ? insertColumns(c) : undefined;
  const out = output(c);
  const source = insertSource(c);
  return {
    kind: 'insert',
    ...prefix,
    ...limit,
    target: into,
    ...(columns && { columns }),
    ...out,
    source,
    end: endOffset(c),
  };
}

/** Column names may be qualified (`t.a`): the last part counts. */
function insertColumns(c: Cursor): readonly string[] {
  return parenthesized(c, () => list(c, () => objectName(c).parts.at(-1)!));
}

function isQueryInParentheses(c: Cursor): boolean {
  const { upper, text } = peek(c, 1);
  return upper === 'SELECT' || upper === 'WITH' || text === '(';
}

function insertSource(c: Cursor): Insert['source'] {
  if (accept(c, 'DEFAULT', 'VALUES')) return { kind: 'default values' };
  if (at(c, 'EXEC') || at(c, 'EXECUTE')) {
    const statement = execute(c);
    if (statement.kind !== 'execute') throw unsupported(c, 'INSERT .. EXEC (string)');
    return { kind: 'execute', execute: statement };
  }
  if (at(c, 'VALUES')) {
    const { start, line } = peek(c);
    const body = valuesTable(c);
    return { kind: 'query', query: { with: [], body, orderBy: [], start, end: endOffset(c), line } };
  }
  if (!startsQuery(c)) throw syntaxError(c);
  return { kind: 'query', query: queryExpression(c) };
}

function insertBulk(c: Cursor, prefix: Prefix): InsertBulk {
  next(c);
  const table = objectName(c);
  const columns = at(c, '(')
    ? parenthesized(c, () =>
        list(c, () => {
          const name = identifier(c);
          const type = typeName(c);
          if (accept(c, 'COLLATE')) next(c);
          const nullable = accept(c, 'NULL') ? true : accept(c, 'NOT', 'NULL') ? false : undefined;
          return { name, type, ...(nullable !== undefined && { nullable }) };
        }),
      )
    : [];
  const options: string[] = [];
  if (accept(c, 'WITH')) {
    parenthesized(c, () =>
      list(c, () => {
        const option = next(c);
        options.push(option.upper || option.text);
        if (accept(c, '=')) next(c);
        else if (at(c, '('))
          parenthesized(c, () => list(c, () => [identifier(c), accept(c, 'ASC') || accept(c, 'DESC')]));
      }),
    );
  }
  return { kind: 'insert bulk', table, columns, options, start: prefix.start, line: prefix.line, end: endOffset(c) };
}

const ASSIGNMENTS = ['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^='] as const;

export function assignmentOperator(c: Cursor): Assignment['operator'] {
  const operator = ASSIGNMENTS.find((o) => accept(c, o));
  if (!operator) throw syntaxError(c);
  return operator;
}

function assignments(c: Cursor): readonly Assignment[] {
  return list(c, () => {
    const token = peek(c);
    const { line } = token;
    if (token.type === 'variable') {
      next(c);
      const operator = assignmentOperator(c);
      const columnFollows = operator === '=' && isName(peek(c)) && /^[-+*/%&|^]?=$/.test(peek(c, 1).text);
      if (!columnFollows) return { variable: token.text, operator, value: expression(c), line };
      const column = identifier(c);
      return { variable: token.text, column, operator: assignmentOperator(c), value: expression(c), line };
    }
    const name = objectName(c);
    if (at(c, '(')) throw unsupported(c, `the method .${name.parts.at(-1)}() in SET`);
    return { column: name.parts.at(-1)!, operator: assignmentOperator(c), value: expression(c), line };
  });
}

function whereClause(c: Cursor) {
  if (!accept(c, 'WHERE')) return {};
  if (at(c, 'CURRENT', 'OF')) throw unsupported(c, 'WHERE CURRENT OF (cursors)');
  return { where: condition(c) };
}

function fromClause(c: Cursor) {
  return { from: accept(c, 'FROM') ? list(c, () => tableSource(c)) : [] };
}

export function update(c: Cursor, prefix: Prefix): Update {
  expect(c, 'UPDATE');
  const limit = top(c);
  const what = target(c);
  expect(c, 'SET');
  const set = assignments(c);
  const rest = { ...output(c), ...fromClause(c), ...whereClause(c), ...hints(c) };
  return { kind: 'update', ...prefix, ...limit, target: what, set, ...rest, end: endOffset(c) };
}

export function deleteStatement(c: Cursor, prefix: Prefix): Delete {
  expect(c, 'DELETE');
  const limit = top(c);
  accept(c, 'FROM');
  const what = target(c);
  const rest = { ...output(c), ...fromClause(c), ...whereClause(c), ...hints(c) };
  return { kind: 'delete', ...prefix, ...limit, target: what, ...rest, end: endOffset(c) };
}

const hints = (c: Cursor) => (accept(c, 'OPTION') ? queryHints(c) : {});

export function merge(c: Cursor, prefix: Prefix): Merge {
  expect(c, 'MERGE');
  const limit = top(c);
  accept(c, 'INTO');
  const into = target(c);
  const targetAlias = tableAlias(c);
  expect(c, 'USING');
  const source = tableSource(c);
  expect(c, 'ON');
  const on = condition(c);
  const branches: MergeBranch[] = [];
  while (at(c, 'WHEN')) branches.push(mergeBranch(c));
  if (branches.length === 0) throw syntaxError(c);
  const out = output(c);
  return {
    kind: 'merge',
    ...prefix,
    ...limit,
    ...hints(c),
    target: into,
    ...(targetAlias !== undefined && { targetAlias }),
    source,
    on,
    branches,
    ...out,
    end: endOffset(c),
  };
}

function mergeBranch(c: Cursor): MergeBranch {
  const { line } = next(c);
  const negated = accept(c, 'NOT');
  expect(c, 'MATCHED');
  const bySource = negated && accept(c, 'BY', 'SOURCE');
  if (negated && !bySource) accept(c, 'BY', 'TARGET');
  const and = accept(c, 'AND') ? condition(c) : undefined;
  expect(c, 'THEN');
  const when = bySource ? 'not matched by source' : negated ? 'not matched' : 'matched';
  return { when, ...(and && { and }), action: mergeAction(c, when), line };
}

function mergeAction(c: Cursor, when: MergeBranch['when']): MergeBranch['action'] {
  if (when !== 'not matched') {
    if (accept(c, 'DELETE')) return { kind: 'delete' };
    expect(c, 'UPDATE', 'SET');
    return { kind: 'update', set: assignments(c) };
  }
  expect(c, 'INSERT');
  const columns = at(c, '(') ? insertColumns(c) : undefined;
  if (accept(c, 'DEFAULT', 'VALUES')) return { kind: 'insert' };
  expect(c, 'VALUES');
  const values = parenthesized(c, () => list(c, () => expression(c)));
  return { kind: 'insert', ...(columns && { columns }), values };
}
