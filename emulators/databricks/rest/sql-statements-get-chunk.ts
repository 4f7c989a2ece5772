import { ApiError, invalidParameter } from '../api-error.ts';
import type { Operation } from './operation.ts';

/** https://docs.databricks.com/api/workspace/statementexecution/getstatementresultchunkn. All rows are in the first chunk. */
export const sqlStatementsGetChunk: Operation = {
  method: 'GET',
  path: '/api/2.0/sql/statements/{id}/result/chunks/{chunk}',
  handle({ statements }, { path }) {
    const id = path['id']!;
    const view = statements.view(id);
    if (view === undefined) throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `The statement ${id} was not found.`);
    const { state } = view['status'] as { state: string };
    if (state !== 'SUCCEEDED') throw invalidParameter(`The statement ${id} has no result: it is ${state}.`);
    if (path['chunk'] !== '0') throw invalidParameter(`The statement ${id} has no chunk ${path['chunk']}.`);
    return view['result'] as Record<string, unknown>;
  },
};
