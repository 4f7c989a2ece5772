import type { Batch, Statement } from '../ast.ts';
import { tokenize } from '../lexer.ts';
import { SqlError } from '../sql-error.ts';
import {
  accept,
  at,
  type Cursor,
  endOffset,
  expect,
  isName,
  list,
  nested,
  next,
  peek,
  syntaxError,
  unsupported,
} from './cursor.ts';
import { alterStatement, createStatement, dropStatement } from './definitions.ts';
import { deleteStatement, insert, merge, type Prefix, update } from './dml.ts';
import { execute, procedureCall } from './execute.ts';
import { objectName } from './names.ts';
import { procedural } from './procedural.ts';
import { commonTables, queryAfterWith } from './query.ts';
import { permission } from './security.ts';

/**
 * Parses what a client sends at once. Throws SqlError with the server's number and line: 102 and 156 for syntax, 105, 113,
 * 4145, 191, ...; 40517 naming a construct that is T-SQL but outside the subset.
 */
export function parseBatch(sql: string): Batch {
  const c: Cursor = { source: sql, tokens: tokenize(sql), position: 0, depth: 0 };
  const statements = statementList(c, 'end of batch');
  return { statements, source: sql };
}

/** Statements up to the end of the batch, or up to END (which is left to the caller). */
export function statementList(c: Cursor, until: 'end of batch' | 'END'): readonly Statement[] {
  const statements: Statement[] = [];
  for (;;) {
    while (accept(c, ';'));
    if (peek(c).type === 'end') {
      if (until === 'END') throw syntaxError(c);
      return statements;
    }
    if (until === 'END' && at(c, 'END')) return statements;
    statements.push(statement(c, statements.length === 0 && c.position === 0));
  }
}

/** One statement with the semicolon after it. `first` of a batch may be a procedure call without EXEC. */
export function statement(c: Cursor, first = false): Statement {
  return nested(c, () => {
    const parsed = dispatch(c, first);
    accept(c, ';');
    return parsed;
  });
}

function dispatch(c: Cursor, first: boolean): Statement {
  const token = peek(c);
  const { start, line } = token;
  const prefix: Prefix = { start, line, with: [] };
  if (at(c, '(')) return selectStatement(c, prefix);
  switch (token.type === 'word' ? token.upper : '') {
    case 'WITH':
      return afterWith(c, { ...prefix, with: commonTables(c) });
    case 'SELECT':
    case 'INSERT':
    case 'UPDATE':
    case 'DELETE':
    case 'MERGE':
      if (at(c, 'UPDATE', 'STATISTICS')) return updateStatistics(c, prefix);
      return afterWith(c, prefix);
    case 'TRUNCATE': {
      next(c);
      expect(c, 'TABLE');
      const table = objectName(c);
      if (at(c, 'WITH')) throw unsupported(c, 'TRUNCATE TABLE .. WITH (PARTITIONS)');
      return { kind: 'truncate', table, start, line, end: endOffset(c) };
    }
    case 'CREATE':
      return createStatement(c, prefix, (batch) => statementList(batch, 'end of batch'));
    case 'ALTER':
      return alterStatement(c, prefix, (batch) => statementList(batch, 'end of batch'));
    case 'DROP':
      return dropStatement(c, prefix);
    case 'GRANT':
    case 'DENY':
    case 'REVOKE':
      return permission(c, prefix);
    case 'EXEC':
    case 'EXECUTE':
      return execute(c);
  }
  const step = procedural(c, prefix, { one: () => statement(c), untilEnd: () => statementList(c, 'END') });
  if (step) return step;
  if (first && isName(token)) return procedureCall(c, start, line);
  throw syntaxError(c);
}

function afterWith(c: Cursor, prefix: Prefix): Statement {
  switch (peek(c).upper) {
    case 'INSERT':
      return insert(c, prefix);
    case 'UPDATE':
      return update(c, prefix);
    case 'DELETE':
      return deleteStatement(c, prefix);
    case 'MERGE':
      return mergeStatement(c, prefix);
    default:
      return selectStatement(c, prefix);
  }
}

/** MERGE alone must end with a semicolon. */
function mergeStatement(c: Cursor, prefix: Prefix): Statement {
  const parsed = merge(c, prefix);
  if (!at(c, ';')) {
    throw new SqlError(10713, 'A MERGE statement must be terminated by a semi-colon (;).', {
      severity: 15,
      line: peek(c).line,
    });
  }
  return parsed;
}

function selectStatement(c: Cursor, prefix: Prefix): Statement {
  const query = queryAfterWith(c, prefix.with, prefix.start, prefix.line);
  return { kind: 'select statement', query, start: prefix.start, line: prefix.line, end: endOffset(c) };
}

function updateStatistics(c: Cursor, { start, line }: Prefix): Statement {
  expect(c, 'UPDATE', 'STATISTICS');
  const table = objectName(c);
  if (isName(peek(c))) list(c, () => next(c));
  if (accept(c, 'WITH')) list(c, () => next(c));
  return { kind: 'statistics', action: 'update', table, start, line, end: endOffset(c) };
}
