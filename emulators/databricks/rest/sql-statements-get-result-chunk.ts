import { invalidParameter, missing } from '../api-error.ts';
import type { Operation } from './operation.ts';

/** https://docs.databricks.com/api/workspace/statementexecution/getstatementresultchunkn: an inline result is one chunk. */
export const sqlStatementsGetResultChunk: Operation = {
  method: 'GET',
  path: '/api/2.0/sql/statements/{statement_id}/result/chunks/{chunk_index}',
  handle({ statements }, { path }) {
    const view = statements.view(path['statement_id']!);
    if (view === undefined) throw missing(`The statement ${path['statement_id']} was not found.`);
    const result = view['result'] as { chunk_index?: number } | undefined;
    if (result === undefined) throw invalidParameter(`The statement ${path['statement_id']} has no result.`);
    if (String(result.chunk_index) !== path['chunk_index'])
      throw invalidParameter(`The statement ${path['statement_id']} has no chunk ${path['chunk_index']}.`);
    return result;
  },
};
