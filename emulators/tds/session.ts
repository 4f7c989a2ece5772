import type { Column, ColumnChunk, SqlType, SqlValue } from '../tsql/sql-type.ts';

/**
 * The border between the wire (tds/) and what answers (sql-server/): the wire knows packets and tokens, a session knows meaning.
 */

/** What LOGIN7 (and the federated-authentication token after it) said. Exactly one of password and token is set. */
export interface Login {
  readonly user: string;
  readonly password?: string;
  readonly token?: string;
  readonly database: string;
  readonly application: string;
  readonly host: string;
}

/** Opens a session for a login, or throws SqlError (18456 login failed, 4060 cannot open database). */
export type OpenSession = (login: Login) => Promise<Session>;

export interface Parameter {
  /** With its `@`; empty for positional parameters. */
  readonly name: string;
  readonly type: SqlType;
  readonly value: SqlValue;
  readonly output: boolean;
}

/** Where a session writes its answers; the wire turns each call into tokens and applies back-pressure through the promises. */
export interface ResultSink {
  /** Begins a result set (COLMETADATA). */
  columns(columns: readonly Column[]): Promise<void>;
  /** Some rows of the result set begun last (ROW). Resolves when the client keeps up. */
  rows(chunk: ColumnChunk): Promise<void>;
  /** Ends one statement (DONE / DONEINPROC). `rows` is null where no count is reported (SET NOCOUNT ON, DDL). */
  done(
    rows: number | bigint | null,
    command: 'select' | 'insert' | 'update' | 'delete' | 'merge' | 'other',
  ): Promise<void>;
  /** PRINT, and RAISERROR of severity 10 and below (INFO). */
  info(number: number, message: string, severity: number, state: number): void;
  /** An error that does not end the request, such as a failed statement in a batch that goes on. Thrown SqlErrors end it. */
  error(error: Error): void;
  /** An OUTPUT parameter's final value (RETURNVALUE). */
  output(name: string, type: SqlType, value: SqlValue): void;
  /** A procedure's return code (RETURNSTATUS). */
  returnStatus(status: number): void;
  /** The current database or language changed (ENVCHANGE). */
  databaseChanged(name: string): void;
}

export interface Session {
  /** A language batch: zero or more statements. Throws SqlError when the request fails. */
  batch(sql: string, sink: ResultSink): Promise<void>;
  /** A remote procedure call, by name as sent (`sp_executesql`, `sp_prepexec`, `dbo.my_proc`, ...). */
  procedure(name: string, parameters: readonly Parameter[], sink: ResultSink): Promise<void>;
  /**
   * The rows that follow an `INSERT BULK` batch. The target table is that of the batch.
   * @returns rows loaded.
   */
  bulkLoad(columns: readonly Column[], chunks: AsyncIterable<ColumnChunk>): Promise<number>;
  /** Transaction-manager requests of the wire (the same as BEGIN / COMMIT / ROLLBACK / SAVE TRANSACTION in a batch). */
  begin(name: string, isolation: number): Promise<void>;
  commit(name: string): Promise<void>;
  rollback(name: string): Promise<void>;
  save(name: string): Promise<void>;
  /** @@TRANCOUNT; the wire keeps the client's transaction descriptor by it. */
  readonly transactionCount: number;
  /** How the outermost transaction ended last. Without it the wire takes a failed request as a rollback, others as a commit. */
  readonly transactionOutcome?: 'commit' | 'rollback';
  /** The current database; without it the wire takes the login's, then what databaseChanged said. */
  readonly database?: string;
  /** The attention signal: stop the request that runs now, as soon as possible. */
  cancel(): void;
  /** sp_reset_connection, asked for by the RESETCONNECTION bit of a pooled connection's next request. */
  reset(keepTransaction: boolean): Promise<void>;
  /** The connection ended: roll back and free. */
  close(): Promise<void>;
}

/**
 * Thrown by a ResultSink, and by the chunks of a bulk load, once the client has cancelled the request or gone away. A session
 * lets it pass: no CATCH block of T-SQL may see it, and open transactions stay as they are.
 */
export class RequestCancelled extends Error {
  override readonly name = 'RequestCancelled';

  constructor() {
    super('the client cancelled the request');
  }
}
