import { SqlError } from '../tsql/sql-error.ts';
import type { Column, ColumnChunk, SqlType, SqlValue } from '../tsql/sql-type.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Collation } from './collation.ts';
import { type Parameter, RequestCancelled, type ResultSink } from './session.ts';
import { writeColMetadata, writeNoMetadata } from './tokens/col-metadata.ts';
import { Command, DoneStatus, DoneToken, writeDone } from './tokens/done.ts';
import {
  writeDatabaseChange,
  writeResetAcknowledged,
  writeTransactionBegun,
  writeTransactionEnded,
} from './tokens/env-change.ts';
import { writeError, writeInfo } from './tokens/message.ts';
import { writeReturnStatus, writeReturnValue } from './tokens/return.ts';
import { writeRows } from './tokens/row.ts';
import type { Encoder } from './types/codec.ts';
import { encoderOf } from './types/encoder.ts';

/** Tokens pending before packets are sent: what a connection holds at most, besides one row. */
const FLUSH_BYTES = 64 * 1024;

/** What of the connection its responses need. */
export interface ResponseContext {
  readonly writer: ByteWriter;
  readonly collation: Collation;
  readonly serverName: string;
  /** The client cancelled or left. */
  readonly cancelled: boolean;
  readonly transactionCount: number;
  readonly transactionOutcome: 'commit' | 'rollback' | undefined;
  /** The client's transaction descriptor, null outside a transaction. */
  descriptor: bigint | null;
  database: string;
  newDescriptor(): bigint;
  /** Sends the full packets that are pending and resolves when the client keeps up. */
  flush(): Promise<void>;
  log(line: string): void;
}

/**
 * The answer to one request, as tokens. Whether a DONE is the last is known only when the request ends, so that of a batch is
 * held back until something follows it.
 */
export class Response implements ResultSink {
  /** An error of severity 20 or more was reported: the server ends the connection. */
  fatal = false;
  /** What the DONE of a request without statements names. */
  command: number = Command.other;
  readonly #context: ResponseContext;
  readonly #kind: 'batch' | 'procedure';
  #parameters: readonly Parameter[] = [];
  #noMetadata = false;
  #encoders: readonly Encoder[] | null = null;
  #pending: { status: number; command: number; rows: number | bigint } | null = null;
  #failed = false;
  #returnStatus = 0;
  #outputs: { ordinal: number; name: string; type: SqlType; value: SqlValue }[] = [];

  constructor(context: ResponseContext, kind: 'batch' | 'procedure') {
    this.#context = context;
    this.#kind = kind;
  }

  // ---- ResultSink

  async columns(columns: readonly Column[]): Promise<void> {
    this.#begin();
    const { writer, collation } = this.#context;
    this.#encoders = columns.map((column) => encoderOf(column.type, collation));
    if (this.#noMetadata) writeNoMetadata(writer);
    else writeColMetadata(writer, columns, this.#encoders);
  }

  async rows(chunk: ColumnChunk): Promise<void> {
    const { writer } = this.#context;
    const encoders = this.#encoders;
    if (encoders === null) throw new Error('TDS: rows before columns');
    if (chunk.rows > 0 && chunk.values.length !== encoders.length) {
      throw new Error(`TDS: a chunk of ${chunk.values.length} columns for a result set of ${encoders.length}`);
    }
    for (let row = 0; row < chunk.rows; ) {
      this.#checkCancelled();
      row = writeRows(writer, encoders, chunk, row, FLUSH_BYTES);
      if (writer.length >= FLUSH_BYTES) await this.#context.flush();
    }
  }

  async done(rows: number | bigint | null, command: keyof typeof Command): Promise<void> {
    this.#begin();
    this.#encoders = null;
    this.#syncTransaction();
    const done = { status: rows === null ? 0 : DoneStatus.count, command: Command[command], rows: rows ?? 0 };
    if (this.#kind === 'batch') this.#pending = done;
    else this.#writeDone(DoneToken.doneInProc, { ...done, status: done.status | DoneStatus.more });
    if (this.#context.writer.length >= FLUSH_BYTES) await this.#context.flush();
  }

  info(number: number, message: string, severity: number, state: number): void {
    this.#begin();
    writeInfo(this.#context.writer, { number, message, severity, state }, this.#context.serverName);
  }

  error(error: Error): void {
    this.#begin();
    this.#writeError(error);
    if (this.#kind === 'batch') this.#pending = { status: DoneStatus.error, command: 0, rows: 0 };
  }

  output(name: string, type: SqlType, value: SqlValue): void {
    const taken = new Set(this.#outputs.map((output) => output.ordinal));
    const find = (sent: string): number =>
      this.#parameters.findIndex(
        (parameter, i) => parameter.output && parameter.name.toLowerCase() === sent && !taken.has(i),
      );
    // A parameter that was sent by position has no name there, but one in the procedure.
    const named = find(name.toLowerCase());
    const ordinal = named >= 0 ? named : find('');
    this.#outputs.push({ ordinal: Math.max(0, ordinal), name, type, value });
  }

  returnStatus(status: number): void {
    this.#returnStatus = status;
  }

  databaseChanged(name: string): void {
    this.#begin();
    const { writer, database } = this.#context;
    writeDatabaseChange(writer, name, database);
    this.#context.database = name;
  }

  // ---- for the connection

  resetAcknowledged(): void {
    writeResetAcknowledged(this.#context.writer);
    if (this.#context.transactionCount === 0) this.#context.descriptor = null;
  }

  /** Begins the next call of an RPC message. */
  beginProcedure(parameters: readonly Parameter[], noMetadata = false): void {
    this.#noMetadata = noMetadata;
    this.#parameters = parameters;
    this.#outputs = [];
    this.#returnStatus = 0;
    this.#failed = false;
    this.#encoders = null;
  }

  /** RETURNSTATUS, RETURNVALUE and DONEPROC, in the order the server sends them. */
  endProcedure(more: boolean): void {
    const { writer, collation } = this.#context;
    this.#syncTransaction();
    writeReturnStatus(writer, this.#returnStatus);
    if (!this.#failed) {
      for (const output of this.#outputs) {
        const start = writer.length;
        try {
          writeReturnValue(writer, output, encoderOf(output.type, collation));
        } catch (error) {
          writer.length = start;
          this.#writeError(error);
          break;
        }
      }
    }
    const status = (this.#failed ? DoneStatus.error : 0) | (more ? DoneStatus.more : 0);
    this.#writeDone(DoneToken.doneProc, { status, command: 0, rows: 0 });
  }

  /** The error that ended the request, or the call. */
  fail(error: unknown): void {
    this.#flushPending();
    this.#writeError(error);
    if (this.#returnStatus === 0 && error instanceof SqlError) this.#returnStatus = error.number;
    if (this.#kind === 'batch') this.#pending = { status: DoneStatus.error, command: 0, rows: 0 };
  }

  /** Ends a batch. */
  endBatch(): void {
    this.#syncTransaction();
    this.#writeDone(DoneToken.done, this.#pending ?? { status: 0, command: this.command, rows: 0 });
    this.#pending = null;
  }

  /** Ends a request that was cancelled: its answer so far is kept well-formed. The acknowledgement is a message of its own. */
  endCancelled(): void {
    this.#flushPending();
    this.#syncTransaction();
    const token = this.#kind === 'batch' ? DoneToken.done : DoneToken.doneProc;
    this.#writeDone(token, { status: DoneStatus.error, command: 0, rows: 0 });
  }

  // ----

  #begin(): void {
    this.#checkCancelled();
    this.#flushPending();
  }

  #checkCancelled(): void {
    if (this.#context.cancelled) throw new RequestCancelled();
  }

  #flushPending(): void {
    if (this.#pending === null) return;
    const done = this.#pending;
    this.#pending = null;
    this.#writeDone(DoneToken.done, { ...done, status: done.status | DoneStatus.more });
  }

  #writeDone(token: number, done: { status: number; command: number; rows: number | bigint }): void {
    const inTransaction = this.#context.descriptor === null ? 0 : DoneStatus.inTransaction;
    writeDone(this.#context.writer, token, { ...done, status: done.status | inTransaction });
  }

  #writeError(error: unknown): void {
    this.#failed = true;
    let reported: SqlError;
    if (error instanceof SqlError) reported = error;
    else {
      const message = error instanceof Error ? error.message : String(error);
      this.#context.log(`internal error: ${error instanceof Error ? (error.stack ?? message) : message}`);
      reported = new SqlError(50000, `Internal error of the local emulator: ${message}`);
    }
    if (reported.severity >= 20) this.fatal = true;
    writeError(this.#context.writer, reported, this.#context.serverName);
  }

  /** Tells the client of the outermost transaction's begin and end, whichever way it came about (MS-TDS 2.2.7.9, 8 to 10). */
  #syncTransaction(): void {
    const context = this.#context;
    const open = context.transactionCount > 0;
    if (open && context.descriptor === null) {
      context.descriptor = context.newDescriptor();
      writeTransactionBegun(context.writer, context.descriptor);
    } else if (!open && context.descriptor !== null) {
      const outcome = context.transactionOutcome ?? (this.#failed ? 'rollback' : 'commit');
      writeTransactionEnded(context.writer, outcome, context.descriptor);
      context.descriptor = null;
    }
  }
}
