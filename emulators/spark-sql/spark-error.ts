/** Where in the statement something was written; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A SQL failure as Databricks reports it: an error class, a message that begins with it, a SQLSTATE. */
export class SparkError extends Error {
  override readonly name = 'SparkError';
  readonly errorClass: string;
  readonly sqlState: string;

  /** @param text the message without the class, which is put in front */
  constructor(errorClass: string, text: string, options: { sqlState?: string; at?: Position; cause?: unknown } = {}) {
    const sqlState = options.sqlState ?? sqlStates[errorClass.split('.')[0]!] ?? '42000';
    const where = options.at === undefined ? '' : `; line ${options.at.line} pos ${options.at.column - 1}`;
    super(
      `[${errorClass}] ${text} SQLSTATE: ${sqlState}${where}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.errorClass = errorClass;
    this.sqlState = sqlState;
  }
}

/** https://docs.databricks.com/error-messages/sqlstates.html, for the classes that are raised here. */
const sqlStates: Readonly<Record<string, string>> = {
  AMBIGUOUS_REFERENCE: '42704',
  ARITHMETIC_OVERFLOW: '22003',
  CAST_INVALID_INPUT: '22018',
  CAST_OVERFLOW: '22003',
  COLUMN_ALREADY_EXISTS: '42711',
  DATATYPE_MISMATCH: '42K09',
  DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE: '21506',
  DIVIDE_BY_ZERO: '22012',
  GROUP_BY_POS_OUT_OF_RANGE: '42805',
  INSERT_COLUMN_ARITY_MISMATCH: '21S01',
  INVALID_EXTRACT_FIELD: '42601',
  INVALID_URI: '42000',
  LOCAL_ENGINE_NOT_IMPLEMENTED: '0A000',
  MISSING_AGGREGATION: '42803',
  MISSING_GROUP_BY: '42803',
  NUMERIC_VALUE_OUT_OF_RANGE: '22003',
  NUM_COLUMNS_MISMATCH: '42826',
  PARSE_SYNTAX_ERROR: '42601',
  PATH_NOT_FOUND: '42K03',
  SCALAR_SUBQUERY_TOO_MANY_ROWS: '21000',
  SCHEMA_ALREADY_EXISTS: '42P06',
  SCHEMA_NOT_EMPTY: '2BP01',
  SCHEMA_NOT_FOUND: '42704',
  TABLE_OR_VIEW_ALREADY_EXISTS: '42P07',
  TABLE_OR_VIEW_NOT_FOUND: '42P01',
  UNBOUND_SQL_PARAMETER: '42P02',
  UNRESOLVED_COLUMN: '42703',
  UNRESOLVED_ROUTINE: '42883',
  UNRESOLVED_VARIABLE: '42883',
  VARIABLE_ALREADY_EXISTS: '42723',
  WRONG_NUM_ARGS: '42605',
};

/** The one error for what the local engine does not implement. */
export function notImplemented(construct: string, at?: Position): SparkError {
  return new SparkError(
    'LOCAL_ENGINE_NOT_IMPLEMENTED',
    `The local engine does not implement ${construct}.`,
    at ? { at } : {},
  );
}
