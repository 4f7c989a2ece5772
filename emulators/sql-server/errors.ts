import { SqlError } from '../tsql/sql-error.ts';

/** SQL Server's own wording of the errors that the engine itself raises. Numbers as in sys.messages. */

export const nullNotAllowed = (column: string, table: string, verb: string): SqlError =>
  new SqlError(
    515,
    `Cannot insert the value NULL into column '${column}', table '${table}'; column does not allow nulls. ${verb} fails.`,
    { state: 2 },
  );

export const truncated = (table: string, column: string, value: string): SqlError =>
  new SqlError(
    2628,
    `String or binary data would be truncated in table '${table}', column '${column}'. Truncated value: '${value}'.`,
  );

export function duplicateKey(
  kind: 'primary' | 'unique' | 'index',
  name: string,
  table: string,
  value: string,
): SqlError {
  if (kind === 'index') {
    return new SqlError(
      2601,
      `Cannot insert duplicate key row in object '${table}' with unique index '${name}'. The duplicate key value is ${value}.`,
      { severity: 14 },
    );
  }
  const constraint = kind === 'primary' ? 'PRIMARY KEY' : 'UNIQUE KEY';
  return new SqlError(
    2627,
    `Violation of ${constraint} constraint '${name}'. Cannot insert duplicate key in object '${table}'. The duplicate key value is ${value}.`,
    { severity: 14 },
  );
}

/** CREATE UNIQUE INDEX or ADD PRIMARY KEY over rows that hold a duplicate. */
export const duplicateInIndex = (table: string, index: string, value: string): SqlError =>
  new SqlError(
    1505,
    `The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name '${table}' and the index name '${index}'. The duplicate key value is ${value}.`,
  );

export function conflict(
  verb: string,
  kind: 'FOREIGN KEY' | 'REFERENCE' | 'CHECK',
  constraint: string,
  database: string,
  table: string,
  column: string | undefined,
): SqlError {
  const where = column === undefined ? '' : `, column '${column}'`;
  return new SqlError(
    547,
    `The ${verb} statement conflicted with the ${kind} constraint "${constraint}". The conflict occurred in database "${database}", table "${table}"${where}.`,
    { state: 0 },
  );
}

export const noSuchObject = (name: string): SqlError => new SqlError(208, `Invalid object name '${name}'.`);

export const alreadyExists = (name: string): SqlError =>
  new SqlError(2714, `There is already an object named '${name}' in the database.`, { state: 6 });

export const cannotDrop = (kind: string, name: string): SqlError =>
  new SqlError(3701, `Cannot drop the ${kind} '${name}', because it does not exist or you do not have permission.`, {
    severity: 11,
    state: 5,
  });

export const cannotFind = (name: string): SqlError =>
  new SqlError(4902, `Cannot find the object "${name}" because it does not exist or you do not have permissions.`);

export const noProcedure = (name: string): SqlError =>
  new SqlError(2812, `Could not find stored procedure '${name}'.`, { state: 62 });

/**
 * Errors after which SQL Server goes on with the next statement of the batch (unless XACT_ABORT is on or a TRY block catches them).
 * All others end the batch.
 */
const STATEMENT_ONLY = new Set([
  201, 217, 220, 232, 266, 512, 515, 544, 545, 547, 628, 1505, 2601, 2627, 2628, 2714, 2812, 3701, 3726, 3728, 3902,
  3903, 4901, 4902, 4924, 6401, 8106, 8114, 8115, 8134, 8144, 8145, 8152, 8178, 8179, 8672, 15225, 15151, 16905, 16911,
  16915, 16916, 16917, 16924, 22901, 22902, 22903, 22905, 22906, 22907, 22908, 22909, 22911, 22914, 22916, 22918, 22926,
  22931, 22938, 22939, 22960, 22964, 22965, 22985,
]);

export const endsBatch = (error: SqlError): boolean => !STATEMENT_ONLY.has(error.number) && !raisedByRaiserror(error);

const RAISED = new WeakSet<SqlError>();
/** Marks an error as RAISERROR's, which never ends the batch below severity 20. */
export function raised(error: SqlError): SqlError {
  RAISED.add(error);
  return error;
}
export const raisedByRaiserror = (error: SqlError): boolean => RAISED.has(error);
