import { STRING } from '../../delta/index.ts';
import { SparkError } from '../../spark-sql/index.ts';
import { parseTypeText } from '../../spark-sql/parser/type-text.ts';
import { ApiError, invalidParameter, unimplemented } from '../api-error.ts';
import type { Parameter } from '../engine/index.ts';
import { type Operation, text } from './operation.ts';

/** https://docs.databricks.com/api/workspace/statementexecution/executestatement */
export const sqlStatementsExecute: Operation = {
  method: 'POST',
  path: '/api/2.0/sql/statements',
  async handle({ statements }, { body }) {
    text(body, 'warehouse_id');
    const sql = text(body, 'statement');
    if (![undefined, 'INLINE'].includes(body['disposition'] as string))
      throw unimplemented(`the disposition ${String(body['disposition'])}; implemented is INLINE`);
    if (![undefined, 'JSON_ARRAY'].includes(body['format'] as string))
      throw unimplemented(`the format ${String(body['format'])}; implemented is JSON_ARRAY`);
    if (body['byte_limit'] !== undefined) throw unimplemented('byte_limit; row_limit is');
    const wait = waitMilliseconds(String(body['wait_timeout'] ?? '10s'));
    if (wait === 0 && body['on_wait_timeout'] === 'CANCEL')
      throw invalidParameter('on_wait_timeout must be CONTINUE when wait_timeout is 0s.');
    const rowLimit = rowLimitOf(body['row_limit']);
    const parameters = Object.fromEntries(
      ((body['parameters'] ?? []) as { name: string; value?: string | null; type?: string }[]).map((parameter) => [
        parameter.name,
        parameterOf(parameter),
      ]),
    );
    const id = statements.start(sql, parameters, {
      ...(typeof body['catalog'] === 'string' ? { catalog: body['catalog'] } : {}),
      ...(typeof body['schema'] === 'string' ? { schema: body['schema'] } : {}),
      ...(rowLimit === undefined ? {} : { rowLimit }),
    });
    await statements.wait(id, wait);
    const view = statements.view(id)!;
    if (body['on_wait_timeout'] === 'CANCEL' && (view['status'] as { state: string }).state === 'RUNNING') {
      statements.cancel(id);
      return statements.view(id)!;
    }
    return view;
  },
};

function waitMilliseconds(value: string): number {
  const match = /^(\d+)s$/.exec(value);
  const seconds = Number(match?.[1]);
  if (match === null || !(seconds === 0 || (seconds >= 5 && seconds <= 50)))
    throw invalidParameter(`wait_timeout must be 0s or between 5s and 50s, but was ${value}.`);
  return seconds * 1000;
}

function rowLimitOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const limit = Number(value);
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw invalidParameter(`row_limit must be a positive integer, but was ${String(value)}.`);
  return limit;
}

function parameterOf({ name, value, type }: { name: string; value?: string | null; type?: string }): Parameter {
  if (typeof name !== 'string')
    throw invalidParameter('A parameter has no name; only named parameter markers are supported.');
  try {
    return {
      value: value === undefined || value === null ? null : String(value),
      type: type === undefined ? STRING : parseTypeText(type),
    };
  } catch (error) {
    throw error instanceof SparkError
      ? new ApiError(400, 'INVALID_PARAMETER_VALUE', `Parameter ${name}: ${error.message}`)
      : error;
  }
}
