import { missing } from '../api-error.ts';
import type { Operation } from './operation.ts';

export const sqlStatementsCancel: Operation = {
  method: 'POST',
  path: '/api/2.0/sql/statements/{statement_id}/cancel',
  handle({ statements }, { path }) {
    if (!statements.cancel(path['statement_id']!))
      throw missing(`The statement ${path['statement_id']} was not found.`);
    return {};
  },
};
