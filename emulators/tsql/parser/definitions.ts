import type { DropObject, Statement } from '../ast.ts';
import {
  accept,
  acceptAny,
  at,
  type Cursor,
  endOffset,
  expect,
  identifier,
  list,
  next,
  parenthesized,
  peek,
  syntaxError,
  unsupported,
} from './cursor.ts';
import {
  alterTable,
  createIndex,
  createProcedure,
  createTable,
  createView,
  type Place,
  skipParentheses,
  tableDefinition,
} from './ddl.ts';
import { objectName, signedInteger, typeName } from './names.ts';
import { alterRole, createRole, login, user } from './security.ts';

type Body = (c: Cursor) => readonly Statement[];

function placed({ start, line }: Place, c: Cursor) {
  return { start, line, end: endOffset(c) };
}

export function createStatement(c: Cursor, prefix: Place, body: Body): Statement {
  const place = { start: prefix.start, line: prefix.line };
  expect(c, 'CREATE');
  const mode = accept(c, 'OR', 'ALTER') ? 'create or alter' : 'create';
  if (accept(c, 'VIEW')) return createView(c, place, mode);
  if (acceptAny(c, 'PROCEDURE', 'PROC')) return createProcedure(c, place, mode, () => body(c));
  if (at(c, 'FUNCTION')) throw unsupported(c, 'CREATE FUNCTION');
  if (at(c, 'TRIGGER')) throw unsupported(c, 'CREATE TRIGGER');
  if (mode === 'create or alter') throw syntaxError(c);
  if (accept(c, 'TABLE')) return createTable(c, place);
  if (['UNIQUE', 'CLUSTERED', 'NONCLUSTERED', 'INDEX', 'COLUMNSTORE'].includes(peek(c).upper))
    return createIndex(c, place);
  if (accept(c, 'SCHEMA')) {
    const owner = () => (accept(c, 'AUTHORIZATION') ? identifier(c) : undefined);
    const anonymous = owner();
    const name = anonymous ?? identifier(c);
    const authorization = anonymous ?? owner();
    return {
      kind: 'create schema',
      name,
      ...(authorization !== undefined && { owner: authorization }),
      ...placed(place, c),
    };
  }
  if (accept(c, 'SEQUENCE')) return createSequence(c, place);
  if (accept(c, 'TYPE')) return createType(c, place);
  if (accept(c, 'USER')) return user(c, place, 'create');
  if (accept(c, 'LOGIN')) return login(c, place, 'create');
  if (accept(c, 'ROLE')) return createRole(c, place);
  if (accept(c, 'STATISTICS')) return createStatistics(c, place);
  if (accept(c, 'EXTERNAL', 'DATA', 'SOURCE')) {
    return { kind: 'create external data source', name: identifier(c), options: optionList(c), ...placed(place, c) };
  }
  if (accept(c, 'EXTERNAL', 'FILE', 'FORMAT')) {
    return { kind: 'create external file format', name: identifier(c), options: optionList(c), ...placed(place, c) };
  }
  if (at(c, 'EXTERNAL')) throw unsupported(c, `CREATE EXTERNAL ${peek(c, 1).text.toUpperCase()}`);
  if (at(c, 'DATABASE', 'SCOPED', 'CREDENTIAL') || at(c, 'CREDENTIAL')) return credential(c, place, 'create');
  if (accept(c, 'MASTER', 'KEY')) {
    if (accept(c, 'ENCRYPTION', 'BY', 'PASSWORD')) {
      expect(c, '=');
      next(c);
    }
    return { kind: 'create master key', ...placed(place, c) };
  }
  if (accept(c, 'DATABASE')) return createDatabase(c, place);
  throw peek(c).type === 'word' ? unsupported(c, `CREATE ${peek(c).upper}`) : syntaxError(c);
}

function createSequence(c: Cursor, place: Place): Statement {
  const name = objectName(c);
  const type = accept(c, 'AS') ? typeName(c) : undefined;
  let startWith: bigint | undefined;
  let increment: bigint | undefined;
  for (;;) {
    if (accept(c, 'START', 'WITH')) startWith = signedInteger(c);
    else if (accept(c, 'INCREMENT', 'BY')) increment = signedInteger(c);
    else if (accept(c, 'NO')) next(c);
    else if (accept(c, 'MINVALUE') || accept(c, 'MAXVALUE')) signedInteger(c);
    else if (accept(c, 'CACHE')) {
      if (peek(c).type === 'int') next(c);
    } else if (!accept(c, 'CYCLE')) break;
  }
  return {
    kind: 'create sequence',
    name,
    ...(type && { type }),
    ...(startWith !== undefined && { startWith }),
    ...(increment !== undefined && { increment }),
    ...placed(place, c),
  };
}

function createType(c: Cursor, place: Place): Statement {
  const name = objectName(c);
  if (accept(c, 'AS', 'TABLE'))
    return { kind: 'create type', name, definition: tableDefinition(c), ...placed(place, c) };
  expect(c, 'FROM');
  const base = typeName(c);
  if (!accept(c, 'NOT', 'NULL')) accept(c, 'NULL');
  return { kind: 'create type', name, base, ...placed(place, c) };
}

function createStatistics(c: Cursor, place: Place): Statement {
  identifier(c);
  expect(c, 'ON');
  const table = objectName(c);
  parenthesized(c, () => list(c, () => identifier(c)));
  if (accept(c, 'WITH')) list(c, () => next(c));
  return { kind: 'statistics', action: 'create', table, ...placed(place, c) };
}

function createDatabase(c: Cursor, place: Place): Statement {
  const name = identifier(c);
  if (at(c, 'AS') || at(c, 'ON') || at(c, 'CONTAINMENT')) throw unsupported(c, `CREATE DATABASE .. ${peek(c).upper}`);
  const collation = accept(c, 'COLLATE') ? next(c).text : undefined;
  // Azure's (EDITION = .., SERVICE_OBJECTIVE = ..) and WITH options size a service that is not here.
  if (at(c, '(')) skipParentheses(c);
  if (accept(c, 'WITH')) list(c, () => [next(c), accept(c, '=') && next(c)]);
  return { kind: 'create database', name, ...(collation !== undefined && { collation }), ...placed(place, c) };
}

/** `WITH (LOCATION = '..', CREDENTIAL = x, FORMAT_OPTIONS (FIELD_TERMINATOR = ','))`: inner lists are flattened. */
function optionList(c: Cursor): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  const read = (): void => {
    list(c, () => {
      const name = next(c);
      if (name.type !== 'word') throw syntaxError(c, name);
      if (at(c, '(')) parenthesized(c, read);
      else {
        expect(c, '=');
        const value = next(c);
        if (value.type === 'symbol' || value.type === 'end') throw syntaxError(c, value);
        options.set(name.upper, value.text);
      }
    });
  };
  expect(c, 'WITH');
  parenthesized(c, read);
  return options;
}

function credential(c: Cursor, place: Place, mode: 'create' | 'alter'): Statement {
  const scope = accept(c, 'DATABASE', 'SCOPED') ? 'database' : 'server';
  expect(c, 'CREDENTIAL');
  const name = identifier(c);
  const options = new Map<string, string>();
  if (accept(c, 'WITH')) {
    list(c, () => {
      const option = next(c);
      expect(c, '=');
      const value = next(c);
      if (value.type === 'symbol' || value.type === 'end') throw syntaxError(c, value);
      options.set(option.upper, value.text);
    });
  }
  return { kind: 'create credential', mode, scope, name, options, ...placed(place, c) };
}

export function alterStatement(c: Cursor, prefix: Place, body: Body): Statement {
  const place = { start: prefix.start, line: prefix.line };
  expect(c, 'ALTER');
  if (accept(c, 'TABLE')) return alterTable(c, place);
  if (accept(c, 'VIEW')) return createView(c, place, 'alter');
  if (acceptAny(c, 'PROCEDURE', 'PROC')) return createProcedure(c, place, 'alter', () => body(c));
  if (accept(c, 'ROLE')) return alterRole(c, place);
  if (accept(c, 'USER')) return user(c, place, 'alter');
  if (accept(c, 'LOGIN')) return login(c, place, 'alter');
  if (accept(c, 'INDEX')) return alterIndex(c, place);
  if (at(c, 'DATABASE', 'SCOPED', 'CREDENTIAL') || at(c, 'CREDENTIAL')) return credential(c, place, 'alter');
  if (accept(c, 'DATABASE')) return alterDatabase(c, place);
  throw peek(c).type === 'word' ? unsupported(c, `ALTER ${peek(c).upper}`) : syntaxError(c);
}

function alterIndex(c: Cursor, place: Place): Statement {
  const name = accept(c, 'ALL') ? undefined : identifier(c);
  expect(c, 'ON');
  const table = objectName(c);
  const action = acceptAny(c, 'REBUILD', 'REORGANIZE', 'DISABLE');
  if (!action) throw unsupported(c, `ALTER INDEX .. ${peek(c).text.toUpperCase()}`);
  if (accept(c, 'WITH')) skipParentheses(c);
  return {
    kind: 'alter index',
    ...(name !== undefined && { name }),
    table,
    action: action.toLowerCase() as 'rebuild',
    ...placed(place, c),
  };
}

function alterDatabase(c: Cursor, place: Place): Statement {
  const scoped = accept(c, 'SCOPED', 'CONFIGURATION');
  const name = scoped || accept(c, 'CURRENT') ? undefined : identifier(c);
  const words: string[] = scoped ? ['SCOPED CONFIGURATION'] : [];
  while (peek(c).type !== 'end' && !at(c, ';')) {
    const token = next(c);
    words.push(token.upper || token.text);
  }
  if (words.length === 0) throw syntaxError(c);
  return { kind: 'alter database', ...(name !== undefined && { name }), option: words.join(' '), ...placed(place, c) };
}

const DROPPED: readonly (readonly [readonly string[], DropObject['object']])[] = [
  [['TABLE'], 'table'],
  [['VIEW'], 'view'],
  [['PROCEDURE'], 'procedure'],
  [['PROC'], 'procedure'],
  [['FUNCTION'], 'function'],
  [['SCHEMA'], 'schema'],
  [['DATABASE', 'SCOPED', 'CREDENTIAL'], 'credential'],
  [['CREDENTIAL'], 'credential'],
  [['DATABASE'], 'database'],
  [['USER'], 'user'],
  [['ROLE'], 'role'],
  [['LOGIN'], 'login'],
  [['SEQUENCE'], 'sequence'],
  [['TYPE'], 'type'],
  [['TRIGGER'], 'trigger'],
  [['STATISTICS'], 'statistics'],
  [['EXTERNAL', 'DATA', 'SOURCE'], 'external data source'],
  [['EXTERNAL', 'FILE', 'FORMAT'], 'external file format'],
  [['EXTERNAL', 'TABLE'], 'external table'],
];

export function dropStatement(c: Cursor, prefix: Place): Statement {
  const place = { start: prefix.start, line: prefix.line };
  expect(c, 'DROP');
  if (accept(c, 'INDEX')) return dropIndex(c, place);
  const found = DROPPED.find(([words]) => accept(c, ...words));
  if (!found) throw peek(c).type === 'word' ? unsupported(c, `DROP ${peek(c).upper}`) : syntaxError(c);
  const ifExists = accept(c, 'IF', 'EXISTS');
  const names = list(c, () => objectName(c));
  return { kind: 'drop', object: found[1], ifExists, names, ...placed(place, c) };
}

function dropIndex(c: Cursor, place: Place): Statement {
  const ifExists = accept(c, 'IF', 'EXISTS');
  const indexes = list(c, () => {
    const name = objectName(c);
    if (accept(c, 'ON')) return { name: name.parts.at(-1)!, table: objectName(c) };
    // `DROP INDEX table.index`, the old form.
    if (name.parts.length < 2) throw syntaxError(c);
    return { name: name.parts.at(-1)!, table: { parts: name.parts.slice(0, -1), line: name.line } };
  });
  return { kind: 'drop index', ifExists, indexes, ...placed(place, c) };
}
