import type { Fetch, Statement } from '../ast.ts';
import {
  accept,
  acceptAny,
  at,
  type Cursor,
  expect,
  identifier,
  list,
  next,
  peek,
  syntaxError,
  unsupported,
} from './cursor.ts';
import { expression } from './expressions.ts';
import type { Done } from './procedural.ts';
import { queryExpression } from './query.ts';

/** DECLARE .. CURSOR, OPEN, FETCH, CLOSE and DEALLOCATE. */

/** https://learn.microsoft.com/sql/t-sql/language-elements/declare-cursor-transact-sql: of these only LOCAL and SCROLL show. */
const OPTIONS = [
  'LOCAL',
  'GLOBAL',
  'FORWARD_ONLY',
  'SCROLL',
  'STATIC',
  'KEYSET',
  'DYNAMIC',
  'FAST_FORWARD',
  'READ_ONLY',
  'SCROLL_LOCKS',
  'OPTIMISTIC',
  'TYPE_WARNING',
] as const;

/** DECLARE has been read. */
export function declareCursor(c: Cursor, done: Done): Statement {
  const name = identifier(c);
  const options: string[] = [];
  while (at(c, 'INSENSITIVE') || at(c, 'SCROLL')) options.push(next(c).upper);
  expect(c, 'CURSOR');
  for (let option = acceptAny(c, ...OPTIONS); option; option = acceptAny(c, ...OPTIONS)) options.push(option);
  expect(c, 'FOR');
  const query = queryExpression(c);
  if (accept(c, 'FOR', 'UPDATE')) throw unsupported(c, 'cursors FOR UPDATE');
  if (accept(c, 'FOR')) expect(c, 'READ_ONLY');
  const kind = 'declare cursor' as const;
  return done({ kind, name, scroll: options.includes('SCROLL'), local: options.includes('LOCAL'), query });
}

export function cursorStatement(c: Cursor, done: Done): Statement {
  const verb = next(c).upper;
  if (verb === 'FETCH') return fetch(c, done);
  if (verb === 'OPEN' && (at(c, 'SYMMETRIC') || at(c, 'MASTER'))) throw unsupported(c, `OPEN ${peek(c).upper} KEY`);
  const action = verb === 'OPEN' ? 'open' : verb === 'CLOSE' ? 'close' : 'deallocate';
  return done({ kind: 'cursor' as const, action, name: cursorName(c) } as const);
}

function cursorName(c: Cursor): string {
  accept(c, 'GLOBAL');
  if (peek(c).type === 'variable') throw unsupported(c, 'cursor variables');
  return identifier(c);
}

const WORDS = ['NEXT', 'PRIOR', 'FIRST', 'LAST', 'ABSOLUTE', 'RELATIVE'] as const;

function fetch(c: Cursor, done: Done): Statement {
  const word = acceptAny(c, ...WORDS) ?? 'NEXT';
  const direction = word.toLowerCase() as Fetch['direction'];
  const offset = word === 'ABSOLUTE' || word === 'RELATIVE' ? expression(c) : undefined;
  accept(c, 'FROM');
  const name = cursorName(c);
  const into = accept(c, 'INTO')
    ? list(c, () => {
        const variable = next(c);
        if (variable.type !== 'variable') throw syntaxError(c, variable);
        return variable.text;
      })
    : [];
  return done({ kind: 'fetch' as const, direction, ...(offset && { offset }), name, into });
}
