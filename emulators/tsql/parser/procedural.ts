import type { Declare, SetOption, Statement } from '../ast.ts';
import {
  accept,
  acceptAny,
  at,
  type Cursor,
  endOffset,
  expect,
  identifier,
  isName,
  list,
  next,
  parenthesized,
  peek,
  syntaxError,
  unsupported,
} from './cursor.ts';
import { cursorStatement, declareCursor } from './cursors.ts';
import { tableDefinition } from './ddl.ts';
import { assignmentOperator, type Prefix } from './dml.ts';
import { condition, expression } from './expressions.ts';
import { objectName, typeName } from './names.ts';

interface Inner {
  readonly one: () => Statement;
  readonly untilEnd: () => readonly Statement[];
}

/** Control flow, variables, transactions and session settings; undefined when the next word begins none of them. */
export function procedural(c: Cursor, prefix: Prefix, inner: Inner): Statement | undefined {
  const { start, line } = prefix;
  const done = <T extends object>(node: T) => ({ ...node, start, line, end: endOffset(c) });
  const token = peek(c);
  switch (token.type === 'word' ? token.upper : '') {
    case 'DECLARE':
      next(c);
      return declare(c, done);
    case 'SET':
      next(c);
      return set(c, done);
    case 'IF': {
      next(c);
      const test = condition(c);
      const then = inner.one();
      const otherwise = accept(c, 'ELSE') ? inner.one() : undefined;
      return done({ kind: 'if' as const, condition: test, then, ...(otherwise && { otherwise }) });
    }
    case 'WHILE': {
      next(c);
      const test = condition(c);
      return done({ kind: 'while' as const, condition: test, body: inner.one() });
    }
    case 'BEGIN':
      return begin(c, done, inner);
    case 'BREAK':
      next(c);
      return done({ kind: 'break' as const });
    case 'CONTINUE':
      next(c);
      return done({ kind: 'continue' as const });
    case 'RETURN': {
      next(c);
      const value = startsValue(c) ? expression(c) : undefined;
      return done({ kind: 'return' as const, ...(value && { value }) });
    }
    case 'THROW':
      if (peek(c, 1).type === 'symbol' && peek(c, 1).text !== ';' && peek(c, 1).text !== '-') return undefined;
      next(c);
      return throwStatement(c, done);
    case 'RAISERROR':
      next(c);
      return raiserror(c, done);
    case 'PRINT':
      next(c);
      return done({ kind: 'print' as const, value: expression(c) });
    case 'COMMIT':
    case 'ROLLBACK':
    case 'SAVE':
      return transaction(c, done);
    case 'WAITFOR': {
      next(c);
      const type = acceptAny(c, 'DELAY', 'TIME');
      if (!type) throw unsupported(c, 'WAITFOR (statement)');
      return done({
        kind: 'waitfor' as const,
        type: type === 'DELAY' ? ('delay' as const) : ('time' as const),
        value: expression(c),
      });
    }
    case 'USE':
      next(c);
      return done({ kind: 'use' as const, database: identifier(c) });
    case 'CHECKPOINT':
      next(c);
      return done({ kind: 'checkpoint' as const });
    case 'OPEN':
    case 'CLOSE':
    case 'DEALLOCATE':
    case 'FETCH':
      return cursorStatement(c, done);
    case 'GOTO':
    case 'DBCC':
    case 'BACKUP':
    case 'RESTORE':
    case 'BULK':
    case 'KILL':
    case 'REVERT':
    case 'RECONFIGURE':
    case 'SHUTDOWN':
      throw unsupported(c, `the statement ${token.upper}`);
    default:
      if (isName(token) && peek(c, 1).text === ':' && peek(c, 1).type === 'symbol')
        throw unsupported(c, 'labels and GOTO');
      return undefined;
  }
}

export type Done = <T extends object>(node: T) => T & { start: number; line: number; end: number };

function startsValue(c: Cursor): boolean {
  const { type, text, upper } = peek(c);
  if (type === 'symbol') return text === '(' || text === '-' || text === '+' || text === '~';
  if (type === 'word')
    return ['CASE', 'CAST', 'CONVERT', 'NULL', 'IIF'].includes(upper) || (peek(c, 1).text === '(' && isName(peek(c)));
  return type !== 'end' && type !== 'quoted';
}

function declare(c: Cursor, done: Done): Statement {
  const first = peek(c);
  if (first.type !== 'variable') return declareCursor(c, done);
  if (peek(c, 1).upper === 'CURSOR') throw unsupported(c, 'cursor variables');
  if (peek(c, 1).upper === 'TABLE' || (peek(c, 1).upper === 'AS' && peek(c, 2).upper === 'TABLE')) {
    next(c);
    accept(c, 'AS');
    expect(c, 'TABLE');
    return done({ kind: 'declare table' as const, name: first.text, definition: tableDefinition(c) });
  }
  const variables = list(c, (): Declare['variables'][number] => {
    const { text, line, type: tokenType } = next(c);
    if (tokenType !== 'variable') throw syntaxError(c);
    accept(c, 'AS');
    if (at(c, 'TABLE')) throw unsupported(c, 'a table variable among others in one DECLARE');
    const type = typeName(c);
    const value = accept(c, '=') ? expression(c) : undefined;
    return { name: text, type, ...(value && { value }), line };
  });
  return done({ kind: 'declare' as const, variables });
}

/** Options that take several words; all others are one. */
const ON_OFF = new Set(
  `NOCOUNT XACT_ABORT ANSI_NULLS ANSI_PADDING ANSI_WARNINGS ANSI_DEFAULTS ANSI_NULL_DFLT_ON ANSI_NULL_DFLT_OFF ARITHABORT ARITHIGNORE
CONCAT_NULL_YIELDS_NULL CURSOR_CLOSE_ON_COMMIT IMPLICIT_TRANSACTIONS NUMERIC_ROUNDABORT QUOTED_IDENTIFIER NOEXEC PARSEONLY FMTONLY
FORCEPLAN SHOWPLAN_ALL SHOWPLAN_TEXT SHOWPLAN_XML REMOTE_PROC_TRANSACTIONS NO_BROWSETABLE`.split(/\s+/),
);
const VALUED = new Set(
  'LOCK_TIMEOUT DATEFIRST DATEFORMAT LANGUAGE TEXTSIZE ROWCOUNT DEADLOCK_PRIORITY CONTEXT_INFO QUERY_GOVERNOR_COST_LIMIT'.split(
    ' ',
  ),
);

function set(c: Cursor, done: Done): Statement {
  const token = peek(c);
  if (token.type === 'variable') {
    next(c);
    if (at(c, '.')) throw unsupported(c, 'methods of variables');
    const operator = assignmentOperator(c);
    if (at(c, 'CURSOR')) throw unsupported(c, 'cursor variables');
    return done({ kind: 'set variable' as const, name: token.text, operator, value: expression(c) });
  }
  const option = (name: string, value: string, table?: SetOption['table']) =>
    done({ kind: 'set option' as const, option: name, value, ...(table && { table }) });
  if (accept(c, 'TRANSACTION', 'ISOLATION', 'LEVEL')) {
    const level = acceptAny(c, 'SNAPSHOT', 'SERIALIZABLE');
    if (level) return option('TRANSACTION ISOLATION LEVEL', level);
    if (accept(c, 'REPEATABLE', 'READ')) return option('TRANSACTION ISOLATION LEVEL', 'REPEATABLE READ');
    expect(c, 'READ');
    const word = acceptAny(c, 'COMMITTED', 'UNCOMMITTED');
    if (!word) throw syntaxError(c);
    return option('TRANSACTION ISOLATION LEVEL', `READ ${word}`);
  }
  if (accept(c, 'IDENTITY_INSERT')) {
    const table = objectName(c);
    return option('IDENTITY_INSERT', onOff(c), table);
  }
  if (accept(c, 'STATISTICS')) {
    const names = list(c, () => next(c).upper);
    return option(`STATISTICS ${names.join(', ')}`, onOff(c));
  }
  if (token.type !== 'word') throw syntaxError(c);
  if (VALUED.has(token.upper)) {
    next(c);
    const sign = accept(c, '-') ? '-' : '';
    const value = next(c);
    if (value.type === 'end' || value.type === 'symbol') throw syntaxError(c, value);
    if (value.type === 'variable') throw unsupported(c, `SET ${token.upper} with a variable`);
    return option(token.upper, sign + (value.upper || value.text));
  }
  if (!ON_OFF.has(token.upper)) {
    throw isName(token) || at(c, 'OFFSETS') || at(c, 'USER') ? unsupported(c, `SET ${token.text}`) : syntaxError(c);
  }
  // `SET ANSI_NULLS, ANSI_PADDING ON` sets several; they become one statement whose option lists them.
  const names = list(c, () => {
    const name = next(c);
    if (!ON_OFF.has(name.upper)) throw syntaxError(c, name);
    return name.upper;
  });
  return option(names.join(', '), onOff(c));
}

function onOff(c: Cursor): string {
  const value = acceptAny(c, 'ON', 'OFF');
  if (!value) throw syntaxError(c);
  return value;
}

function begin(c: Cursor, done: Done, inner: Inner): Statement {
  if (at(c, 'BEGIN', 'TRAN') || at(c, 'BEGIN', 'TRANSACTION')) return transaction(c, done);
  if (at(c, 'BEGIN', 'DISTRIBUTED')) throw unsupported(c, 'distributed transactions');
  if (at(c, 'BEGIN', 'ATOMIC')) throw unsupported(c, 'natively compiled procedures');
  next(c);
  if (accept(c, 'TRY')) {
    const body = inner.untilEnd();
    expect(c, 'END', 'TRY');
    accept(c, ';');
    expect(c, 'BEGIN', 'CATCH');
    const handler = inner.untilEnd();
    expect(c, 'END', 'CATCH');
    return done({ kind: 'try' as const, body, handler });
  }
  if (at(c, 'CATCH')) throw syntaxError(c);
  const body = inner.untilEnd();
  if (body.length === 0) throw syntaxError(c);
  expect(c, 'END');
  return done({ kind: 'block' as const, body });
}

function transaction(c: Cursor, done: Done): Statement {
  const verb = next(c).upper;
  const word = acceptAny(c, 'TRANSACTION', 'TRAN', ...(verb === 'BEGIN' || verb === 'SAVE' ? [] : (['WORK'] as const)));
  const action = verb === 'BEGIN' ? 'begin' : verb === 'COMMIT' ? 'commit' : verb === 'SAVE' ? 'save' : 'rollback';
  if (action === 'save' && !word) throw syntaxError(c);
  const token = peek(c);
  let name: string | { kind: 'variable'; name: string; line: number } | undefined;
  if (word && word !== 'WORK') {
    if (token.type === 'variable') {
      next(c);
      name = { kind: 'variable', name: token.text, line: token.line };
    } else if (isName(token) && !(token.upper === 'THROW')) name = next(c).text;
  }
  if (action === 'save' && name === undefined) throw syntaxError(c);
  if (action === 'begin' && accept(c, 'WITH', 'MARK')) if (peek(c).type === 'string') next(c);
  if (action === 'commit' && accept(c, 'WITH')) {
    parenthesized(c, () => {
      expect(c, 'DELAYED_DURABILITY', '=');
      onOff(c);
    });
  }
  return done({ kind: 'transaction' as const, action, ...(name !== undefined && { name }) });
}

function throwStatement(c: Cursor, done: Done): Statement {
  const { type } = peek(c);
  if (type !== 'int' && type !== 'variable') return done({ kind: 'throw' as const });
  const number = expression(c);
  expect(c, ',');
  const message = expression(c);
  expect(c, ',');
  const state = expression(c);
  return done({ kind: 'throw' as const, error: { number, message, state } });
}

function raiserror(c: Cursor, done: Done): Statement {
  if (!at(c, '(')) throw syntaxError(c);
  const values = parenthesized(c, () => list(c, () => expression(c)));
  const [message, severity, state, ...args] = values;
  if (!message || !severity || !state) throw syntaxError(c);
  const options = accept(c, 'WITH') ? list(c, () => next(c).upper) : [];
  return done({ kind: 'raiserror' as const, message, severity, state, args, options });
}
