/** An error as SQL Server reports it: the client sees number, severity (class), state, procedure and line. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  readonly line: number;
  readonly procedure: string;

  constructor(
    number: number,
    message: string,
    options: { severity?: number; state?: number; line?: number; procedure?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.number = number;
    this.severity = options.severity ?? 16;
    this.state = options.state ?? 1;
    this.line = options.line ?? 1;
    this.procedure = options.procedure ?? '';
  }
}

/** The one error for what an emulator does not implement. 40517 is Azure SQL's own "not supported in this version". */
export function notImplemented(construct: string, line = 1): SqlError {
  return new SqlError(40517, `The local emulator does not implement ${construct}.`, { severity: 16, line });
}
