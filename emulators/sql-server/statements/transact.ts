import type { Statement } from '../../tsql/index.ts';
import type { Engine } from '../engine.ts';
import { rollback, save } from '../savepoints.ts';

export async function transact(engine: Engine, statement: Extract<Statement, { kind: 'transaction' }>): Promise<void> {
  const { name: given } = statement;
  const name =
    given === undefined || typeof given === 'string' ? (given ?? '') : String((await engine.evaluate(given)) ?? '');
  switch (statement.action) {
    case 'begin':
      engine.transaction.begin(name);
      return;
    case 'commit':
      return engine.transaction.commit();
    case 'rollback':
      return rollback(engine, name);
    case 'save':
      return save(engine, name);
  }
}
