import type { Engine } from '../engine.ts';
import { noSavepoints } from '../errors.ts';

export async function transact(engine: Engine, action: 'begin' | 'commit' | 'rollback' | 'save'): Promise<void> {
  switch (action) {
    case 'begin':
      engine.transaction.begin();
      return;
    case 'commit':
      return engine.transaction.commit();
    case 'rollback':
      return engine.transaction.rollback();
    case 'save':
      throw noSavepoints();
  }
}
