import { missing } from '../api-error.ts';
import type { Operation } from './operation.ts';

export const sqlStatementsGet: Operation = {
  method: 'GET',
  path: '/api/2.0/sql/statements/{statement_id}',
  handle({ statements }, { path }) {
    const view = statements.view(path['statement_id']!);
    if (view === undefined) throw missing(`The statement ${path['statement_id']} was not found.`);
    return view;
  },
};
