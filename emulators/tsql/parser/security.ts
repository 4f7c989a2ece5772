import type { AlterRole, CreateLogin, CreateRole, CreateUser, Permission } from '../ast.ts';
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
  peek,
  syntaxError,
} from './cursor.ts';
import type { Place } from './ddl.ts';
import { objectName } from './names.ts';

export function user(c: Cursor, place: Place, mode: 'create' | 'alter'): CreateUser {
  const name = identifier(c);
  let from: CreateUser['from'] = 'none';
  if (accept(c, 'FROM', 'EXTERNAL', 'PROVIDER')) from = 'external provider';
  else if (accept(c, 'WITHOUT', 'LOGIN')) from = 'without login';
  else if (accept(c, 'FOR', 'LOGIN') || accept(c, 'FROM', 'LOGIN')) {
    from = 'login';
    identifier(c);
  }
  let defaultSchema: string | undefined;
  if (accept(c, 'WITH')) {
    list(c, () => {
      const option = next(c);
      expect(c, '=');
      const value = next(c);
      if (value.type === 'end') throw syntaxError(c);
      if (option.upper === 'PASSWORD') from = 'password';
      if (option.upper === 'DEFAULT_SCHEMA') defaultSchema = value.text;
    });
  }
  return {
    kind: 'create user',
    mode,
    name,
    from,
    ...(defaultSchema !== undefined && { defaultSchema }),
    ...place,
    end: endOffset(c),
  };
}

export function login(c: Cursor, place: Place, mode: 'create' | 'alter'): CreateLogin {
  const name = identifier(c);
  let from: CreateLogin['from'] = 'password';
  if (accept(c, 'FROM', 'EXTERNAL', 'PROVIDER')) from = 'external provider';
  else if (!acceptAny(c, 'ENABLE', 'DISABLE')) expect(c, 'WITH');
  if (peek(c).upper === 'PASSWORD' || peek(c).upper === 'DEFAULT_DATABASE') {
    list(c, () => {
      next(c);
      expect(c, '=');
      next(c);
      acceptAny(c, 'MUST_CHANGE', 'HASHED');
    });
  }
  return { kind: 'create login', mode, name, from, ...place, end: endOffset(c) };
}

export function createRole(c: Cursor, place: Place): CreateRole {
  const name = identifier(c);
  if (accept(c, 'AUTHORIZATION')) identifier(c);
  return { kind: 'create role', name, ...place, end: endOffset(c) };
}

export function alterRole(c: Cursor, place: Place): AlterRole {
  const role = identifier(c);
  const action = acceptAny(c, 'ADD', 'DROP');
  if (!action) throw syntaxError(c);
  expect(c, 'MEMBER');
  const member = identifier(c);
  return { kind: 'alter role', role, action: action === 'ADD' ? 'add' : 'drop', member, ...place, end: endOffset(c) };
}

/** `GRANT SELECT, VIEW DEFINITION ON SCHEMA::etl TO [app]`. */
export function permission(c: Cursor, place: Place): Permission {
  const action = next(c).upper.toLowerCase() as Permission['action'];
  if (action === 'revoke') accept(c, 'GRANT', 'OPTION', 'FOR');
  const permissions = list(c, () => permissionName(c));
  let securableClass: string | undefined;
  let securable: Permission['securable'];
  if (accept(c, 'ON')) {
    securableClass = classPrefix(c);
    securable = objectName(c);
    if (at(c, '(')) nameList(c);
  }
  if (!acceptAny(c, 'TO', 'FROM')) throw syntaxError(c);
  const principals = list(c, () => (accept(c, 'PUBLIC') ? 'public' : identifier(c)));
  if (accept(c, 'WITH', 'GRANT', 'OPTION') || accept(c, 'CASCADE')) accept(c, 'AS') && identifier(c);
  return {
    kind: 'permission',
    action,
    permissions,
    ...(securableClass !== undefined && { securableClass }),
    ...(securable && { securable }),
    principals,
    ...place,
    end: endOffset(c),
  };
}

function permissionName(c: Cursor): string {
  const words: string[] = [];
  while (peek(c).type === 'word' && !['ON', 'TO', 'FROM'].includes(peek(c).upper)) words.push(next(c).upper);
  if (words.length === 0) throw syntaxError(c);
  if (at(c, '(')) nameList(c);
  return words.join(' ');
}

/** `SCHEMA::`, `DATABASE SCOPED CREDENTIAL::`. */
function classPrefix(c: Cursor): string | undefined {
  let ahead = 0;
  const words: string[] = [];
  while (peek(c, ahead).type === 'word') words.push(peek(c, ahead++).upper);
  if (words.length === 0 || peek(c, ahead).text !== '::') return undefined;
  c.position += ahead + 1;
  return words.join(' ');
}
