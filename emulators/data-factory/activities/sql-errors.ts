import { ActivityError } from '../runtime/activity-error.ts';

/** A failure of the database as an activity shows it: the service's code for the activity, and SQL Server's number and text. */
export function sqlFailure(code: string, error: unknown): unknown {
  if (error instanceof ActivityError || !(error instanceof Error)) return error;
  const number = (error as { number?: unknown }).number;
  return new ActivityError(
    code,
    number === undefined
      ? `ErrorCode=SqlOperationFailed, Message=A database operation failed: '${error.message}'`
      : `ErrorCode=SqlOperationFailed, Message=A database operation failed with the following error: '${error.message}', SqlErrorNumber=${String(number)}`,
    { details: number === undefined ? [] : [{ SqlErrorNumber: number }], cause: error },
  );
}

/** As the stored-procedure and script activities word it. */
export function executionFailure(code: string, error: unknown): unknown {
  if (error instanceof ActivityError || !(error instanceof Error)) return error;
  const number = (error as { number?: unknown }).number;
  return new ActivityError(
    code,
    number === undefined
      ? `Execution fail against sql server. Error Message: ${error.message}`
      : `Execution fail against sql server. Please contact SQL Server team if you need further support. Sql error number: ${String(number)}. Error Message: ${error.message}`,
    { cause: error },
  );
}
