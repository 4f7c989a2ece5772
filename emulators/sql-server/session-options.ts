import type { QuerySpecification, Statement, Top } from '../tsql/index.ts';
import type { Engine } from './engine.ts';

/** What SET options and table hints make of a statement before it runs. */

/** https://learn.microsoft.com/sql/t-sql/statements/set-implicit-transactions-transact-sql */
const IMPLICIT = new Set<Statement['kind']>([
  'alter table',
  'create table',
  'create index',
  'create schema',
  'create view',
  'create procedure',
  'delete',
  'drop',
  'drop index',
  'fetch',
  'insert',
  'insert bulk',
  'merge',
  'permission',
  'truncate',
  'update',
]);

/** Whether the statement begins a transaction under IMPLICIT_TRANSACTIONS ON: a SELECT only when it reads a table. */
export function beginsImplicitly(statement: Statement): boolean {
  if (statement.kind === 'transaction') return statement.action === 'begin';
  if (statement.kind !== 'select statement') return IMPLICIT.has(statement.kind);
  const { body } = statement.query;
  return body.kind !== 'select' || body.from.length > 0;
}

/** A change under SET ROWCOUNT n is one of TOP (n), where it has no TOP of its own. */
export function limited<T extends { readonly top?: Top; readonly line: number }>(engine: Engine, statement: T): T {
  const limit = engine.options.rowLimit;
  if (limit === 0 || statement.top) return statement;
  const { line } = statement;
  const count = { kind: 'literal', type: 'int', text: String(limit), line } as const;
  return { ...statement, top: { count, withTies: false, percent: false, line } };
}

const LOCKING = new Set(['UPDLOCK', 'XLOCK', 'TABLOCKX', 'HOLDLOCK', 'SERIALIZABLE']);

/** Whether a query of the statement asks for locks that last as long as the transaction. */
export function locks(statement: Statement): boolean {
  switch (statement.kind) {
    case 'select statement':
      return hasLockingHint(statement.query);
    case 'if':
    case 'while':
      return hasLockingHint(statement.condition);
    case 'set variable':
      return hasLockingHint(statement.value);
    default:
      return false;
  }
}

function hasLockingHint(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasLockingHint);
  if (typeof node !== 'object' || node === null) return false;
  const { kind, hints } = node as Partial<QuerySpecification> & { readonly hints?: readonly string[] };
  if ((kind as string) === 'table' && hints?.some((each) => LOCKING.has(each))) return true;
  return Object.values(node).some(hasLockingHint);
}
