import type { Socket } from 'node:net';
import { SqlError } from '../tsql/sql-error.ts';
import { skipAllHeaders } from './all-headers.ts';
import { BulkLoad } from './bulk.ts';
import { ByteReader, Shortfall } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { Channel, unexpected } from './channel.ts';
import type { Collation } from './collation.ts';
import { acceptLogin, type LoginLimits, type LoginOptions, welcome } from './login.ts';
import { type Packet, PacketStatus, PacketType } from './packet.ts';
import { ProtocolError } from './protocol-error.ts';
import { Response, type ResponseContext } from './response.ts';
import { parseRpc } from './rpc.ts';
import { RequestCancelled, type Session } from './session.ts';
import { Command, DoneStatus, DoneToken, writeDone } from './tokens/done.ts';
import { writeError } from './tokens/message.ts';
import { parseTransactionRequest } from './transaction-manager.ts';

export interface ConnectionOptions extends LoginOptions {
  readonly log: (line: string) => void;
  readonly limits: ConnectionLimits;
  readonly newDescriptor: () => bigint;
}

export interface ConnectionLimits extends LoginLimits {
  /** Of a request, and of one row in a bulk load. */
  readonly messageBytes: number;
}

/** A client's connection: its login, then its requests, one at a time, each with its answer. */
export class Connection implements ResponseContext {
  descriptor: bigint | null = null;
  database = '';
  readonly #channel: Channel;
  readonly #options: ConnectionOptions;
  #session: Session | null = null;
  #busy = false;
  #attention = false;
  #receivingBulk: BulkLoad | null = null;

  /** @param id the server process id (@@SPID). */
  constructor(socket: Socket, id: number, options: ConnectionOptions) {
    this.#options = options;
    this.#channel = new Channel(socket, id);
    this.#channel.onAttention = () => this.#onAttention();
    this.#channel.onClose = () => {
      if (this.#busy) this.#session?.cancel();
    };
  }

  /** Serves the connection to its end, its session's close included. Never rejects. */
  async run(): Promise<void> {
    try {
      const accepted = await acceptLogin(this.#channel, this.#options, (line) => this.log(line));
      if (accepted !== null) {
        this.#session = accepted.session;
        this.database = accepted.database;
        await welcome(this.#channel, accepted, this.#options);
        await this.#requests(accepted.session);
      }
    } catch (error) {
      await this.#end(error);
    }
    this.destroy();
    try {
      await this.#session?.close();
    } catch (error) {
      this.log(`session did not close: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  destroy(): void {
    this.#channel.destroy();
  }

  // ---- ResponseContext

  get writer(): ByteWriter {
    return this.#channel.writer;
  }

  get collation(): Collation {
    return this.#options.collation;
  }

  get serverName(): string {
    return this.#options.serverName;
  }

  get cancelled(): boolean {
    return this.#attention || this.#channel.closed;
  }

  get transactionCount(): number {
    return this.#session?.transactionCount ?? 0;
  }

  get transactionOutcome(): 'commit' | 'rollback' | undefined {
    return this.#session?.transactionOutcome;
  }

  newDescriptor(): bigint {
    return this.#options.newDescriptor();
  }

  log(line: string): void {
    this.#options.log(`tds: connection ${this.#channel.id}: ${line}`);
  }

  async flush(): Promise<void> {
    await this.#channel.send(false);
    if (this.cancelled) throw new RequestCancelled();
  }

  // ---- requests

  async #requests(session: Session): Promise<void> {
    for (;;) {
      const packet = await this.#channel.next();
      if (packet === null) return;
      if (packet.type === PacketType.attention) {
        await this.#acknowledgeAttention();
        continue;
      }
      if (packet.type === PacketType.bulkLoad) {
        if (!(await this.#bulkLoad(packet, session))) return;
        continue;
      }
      const message = await this.#channel.message(packet, this.#options.limits.messageBytes);
      if (message.kind === 'whole') {
        if (!(await this.#request(message, session))) return;
      } else if (message.kind === 'attention') await this.#acknowledgeAttention();
      else await this.#answerIgnored();
    }
  }

  #request(message: { type: number; status: number; body: Buffer }, session: Session): Promise<boolean> {
    const { type, status, body } = message;
    switch (type) {
      case PacketType.batch:
        return this.#answer('batch', status, session, async (response) => {
          const reader = new ByteReader(body);
          skipAllHeaders(reader);
          await session.batch(reader.utf16(reader.left >> 1), response);
        });
      case PacketType.rpc:
        return this.#answer('procedure', status, session, (response) => this.#calls(body, session, response));
      case PacketType.transactionManager:
        return this.#answer('batch', status, session, async (response) => {
          response.command = await transactionRequest(body, session);
        });
      default:
        throw unexpected(type, 'a request');
    }
  }

  /** Each call of the message ends for itself; a failed one does not keep the next from running. */
  async #calls(body: Buffer, session: Session, response: Response): Promise<void> {
    const calls = parseRpc(body, this.collation);
    for (;;) {
      response.beginProcedure([]);
      let more = false;
      try {
        const { value: call } = calls.next();
        if (call === undefined) return;
        more = call.more;
        response.beginProcedure(call.parameters, call.noMetadata);
        await session.procedure(call.procedure, call.parameters, response);
      } catch (error) {
        if (isEnd(error) || this.cancelled) throw error;
        response.fail(error);
      }
      response.endProcedure(more);
    }
  }

  async #bulkLoad(first: Packet, session: Session): Promise<boolean> {
    const load = new BulkLoad(this.#channel, {
      collation: this.collation,
      maxRowBytes: this.#options.limits.messageBytes,
    });
    this.#receivingBulk = load;
    const goOn = await this.#answer('batch', first.status, session, async (response) => {
      try {
        const columns = await load.columns(first);
        const rows = await session.bulkLoad(columns, load.chunks());
        await response.done(rows, 'bulkInsert');
      } finally {
        await load.drain();
        if (load.attention) this.#attention = true;
      }
    });
    this.#receivingBulk = null;
    if (load.failure instanceof ProtocolError) throw load.failure;
    return goOn;
  }

  /** Runs a request and sends its answer, whatever becomes of it. @returns false when the connection has to end. */
  async #answer(
    kind: 'batch' | 'procedure',
    status: number,
    session: Session,
    work: (response: Response) => Promise<void>,
  ): Promise<boolean> {
    const response = new Response(this, kind);
    let cancelled = false;
    this.#busy = true;
    try {
      await this.#reset(status, session, response);
      // Attention may come in one piece with its request, or while the session is reset: there is nothing to cancel then, and nothing to run.
      if (this.#receivingBulk === null && this.#channel.takeAttention()) this.#attention = true;
      if (this.#attention) throw new RequestCancelled();
      await work(response);
    } catch (error) {
      if (error instanceof ProtocolError || error instanceof Shortfall) throw error;
      cancelled = error instanceof RequestCancelled || this.cancelled;
      if (!cancelled) {
        response.fail(error);
        if (kind === 'procedure') response.endProcedure(false);
      }
    } finally {
      this.#busy = false;
    }
    // From here on an attention signal finds no request: it is queued and acknowledged after this answer.
    if (cancelled) response.endCancelled();
    else if (kind === 'batch') response.endBatch();
    await this.#channel.send(true);
    if (this.#attention) await this.#acknowledgeAttention();
    return !response.fatal;
  }

  async #reset(status: number, session: Session, response: Response): Promise<void> {
    const all = (status & PacketStatus.resetConnection) !== 0;
    const keepTransaction = (status & PacketStatus.resetConnectionKeepTransaction) !== 0;
    if (!all && !keepTransaction) return;
    await session.reset(keepTransaction);
    response.resetAcknowledged();
    if (session.database !== undefined && session.database !== this.database)
      response.databaseChanged(session.database);
  }

  /** DONE_ATTN in a message of its own (MS-TDS 2.2.1.7); tedious waits for exactly that. */
  async #acknowledgeAttention(): Promise<void> {
    this.#attention = false;
    const inTransaction = this.descriptor === null ? 0 : DoneStatus.inTransaction;
    const status = DoneStatus.attention | inTransaction;
    writeDone(this.writer, DoneToken.done, { status, command: Command.other, rows: 0 });
    await this.#channel.send(true);
  }

  async #answerIgnored(): Promise<void> {
    writeDone(this.writer, DoneToken.done, { status: DoneStatus.error, command: Command.other, rows: 0 });
    await this.#channel.send(true);
  }

  #onAttention(): boolean {
    if (!this.#busy) return false;
    if (this.#receivingBulk !== null && !this.#receivingBulk.ended) return false;
    this.#attention = true;
    this.#session?.cancel();
    return true;
  }

  /** What made the connection end, in the log and, for a client that is logged in, on the wire. */
  async #end(error: unknown): Promise<void> {
    if (error instanceof RequestCancelled) return;
    if (!(error instanceof ProtocolError || error instanceof Shortfall)) {
      this.log(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return;
    }
    this.log(`malformed request: ${error.message}; closing the connection`);
    if (this.#session === null || this.#channel.closed) return;
    // What has been written of an answer so far are whole tokens: this follows on.
    const message = `A fatal error occurred while reading the input stream from the network. The session will be terminated (${error.message}).`;
    writeError(this.writer, new SqlError(4014, message, { severity: 20 }), this.serverName);
    writeDone(this.writer, DoneToken.done, { status: DoneStatus.error, command: Command.other, rows: 0 });
    await this.#channel.send(true);
    await this.#channel.end();
  }
}

/** @returns the command its DONE names. */
async function transactionRequest(body: Buffer, session: Session): Promise<number> {
  const request = parseTransactionRequest(body);
  switch (request.kind) {
    case 'begin':
      await session.begin(request.name, request.isolation);
      return Command.begin;
    case 'save':
      await session.save(request.name);
      return Command.save;
    case 'commit':
      await session.commit(request.name);
      break;
    case 'rollback':
      await session.rollback(request.name);
      break;
  }
  if (request.next !== null) await session.begin(request.next.name, request.next.isolation);
  return request.kind === 'commit' ? Command.commit : Command.rollback;
}

function isEnd(error: unknown): boolean {
  return error instanceof ProtocolError || error instanceof Shortfall || error instanceof RequestCancelled;
}
