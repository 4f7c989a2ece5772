import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { SqlError } from '../tsql/sql-error.ts';
import { skipAllHeaders } from './all-headers.ts';
import { BulkLoad } from './bulk.ts';
import { ByteReader, Shortfall } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { Collation } from './collation.ts';
import { type Login7, parseFedAuthToken, parseLogin7 } from './login7.ts';
import { DEFAULT_PACKET_BYTES, frame, type Packet, PacketReader, PacketStatus, PacketType } from './packet.ts';
import { buildPrelogin, chooseEncryption, Encryption, parsePrelogin } from './prelogin.ts';
import { ProtocolError } from './protocol-error.ts';
import { Response, type ResponseContext } from './response.ts';
import { parseRpc } from './rpc.ts';
import { type OpenSession, RequestCancelled, type Session } from './session.ts';
import { acceptStrictTls, acceptTunnelledTls, TLS_HANDSHAKE, type TlsCredentials } from './tls.ts';
import { Command, DoneStatus, DoneToken, writeDone } from './tokens/done.ts';
import {
  LANGUAGE,
  writeCollationChange,
  writeDatabaseChange,
  writeLanguageChange,
  writePacketSizeChange,
} from './tokens/env-change.ts';
import { writeFeatureExtAck, writeFedAuthInfo, writeLoginAck } from './tokens/login-ack.ts';
import { writeError, writeInfo } from './tokens/message.ts';
import { parseTransactionRequest } from './transaction-manager.ts';

export interface ConnectionOptions {
  readonly tls: TlsCredentials;
  readonly open: OpenSession;
  readonly log: (line: string) => void;
  readonly serverName: string;
  readonly version: readonly [number, number, number];
  readonly collation: Collation;
  /** What FEDAUTHINFO tells clients that fetch their own token. */
  readonly federation: { readonly stsUrl: string; readonly spn: string };
  readonly limits: ConnectionLimits;
  readonly newDescriptor: () => bigint;
}

export interface ConnectionLimits {
  /** From the connection's first byte to the whole LOGIN7 message. */
  readonly loginMs: number;
  /** From FEDAUTHINFO to the token: the client asks Entra, perhaps a person, meanwhile. */
  readonly tokenMs: number;
  /** Of a request, and of one row in a bulk load. */
  readonly messageBytes: number;
  /** Of what a client sends before it has logged in. */
  readonly loginBytes: number;
}

const TDS_7_2 = 0x72090002;
const TDS_7_4 = 0x74000004;
const TDS_8_0 = 0x08000000;
const MIN_PACKET_BYTES = 512;
const MAX_PACKET_BYTES = 32_767;
/** Sockets that take everything at once never let the event loop turn, and attention would go unseen. */
const YIELD_BYTES = 512 * 1024;
/** How long a client that was refused may take to read why. */
const LINGER_MS = 1000;

export class Connection implements ResponseContext {
  readonly writer = new ByteWriter();
  readonly collation: Collation;
  readonly serverName: string;
  descriptor: bigint | null = null;
  database = 'master';

  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #id: number;
  #stream: Duplex;
  #reader!: PacketReader;
  #session: Session | null = null;
  #packetBytes = DEFAULT_PACKET_BYTES;
  #packetId = 0;
  #unyielded = 0;
  #busy = false;
  #attention = false;
  #receivingBulk: BulkLoad | null = null;
  #loginTimer: NodeJS.Timeout | null = null;

  /** @param id the server process id (@@SPID) that packets carry. */
  constructor(socket: Socket, id: number, options: ConnectionOptions) {
    this.#socket = socket;
    this.#stream = socket;
    this.#id = id;
    this.#options = options;
    this.collation = options.collation;
    this.serverName = options.serverName;
    socket.on('error', () => {}); // 'close' follows, and says all there is to know
  }

  /** Serves the connection to its end, its session's close included. Never rejects. */
  async run(): Promise<void> {
    try {
      await this.#serve();
    } catch (error) {
      if (error instanceof ProtocolError || error instanceof Shortfall) {
        this.log(`malformed request: ${error.message}; closing the connection`);
      } else if (!(error instanceof RequestCancelled)) {
        this.log(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
    }
    this.#stopLoginTimer();
    this.destroy();
    try {
      await this.#session?.close();
    } catch (error) {
      this.log(`session did not close: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  destroy(): void {
    this.#stream.destroy();
    this.#socket.destroy();
  }

  // ---- ResponseContext

  get cancelled(): boolean {
    return this.#attention || this.#reader.ended || this.#stream.destroyed;
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
    this.#options.log(`tds: connection ${this.#id}: ${line}`);
  }

  async flush(): Promise<void> {
    await this.#send(false);
    if (this.cancelled) throw new RequestCancelled();
  }

  // ---- output

  async #send(last: boolean, type: number = PacketType.response): Promise<void> {
    const { writer } = this;
    const payload = writer.bytes.subarray(0, writer.length);
    const { bytes, used, nextPacketId } = frame(type, payload, this.#packetBytes, last, this.#packetId, this.#id);
    writer.discard(used);
    this.#packetId = last ? 0 : nextPacketId;
    if (bytes.length === 0 || this.#stream.destroyed) return;
    if (!this.#stream.write(bytes)) await drained(this.#stream);
    this.#unyielded += bytes.length;
    if (this.#unyielded >= YIELD_BYTES) {
      this.#unyielded = 0;
      await setImmediate();
    }
  }

  /** DONE_ATTN in a message of its own (MS-TDS 2.2.1.7); tedious waits for exactly that. */
  async #acknowledgeAttention(): Promise<void> {
    this.#attention = false;
    const inTransaction = this.descriptor === null ? 0 : DoneStatus.inTransaction;
    const status = DoneStatus.attention | inTransaction;
    writeDone(this.writer, DoneToken.done, { status, command: Command.other, rows: 0 });
    await this.#send(true);
  }

  // ---- before the login

  async #serve(): Promise<void> {
    this.#startLoginTimer(this.#options.limits.loginMs, 'LOGIN7');
    const first = await firstByte(this.#socket);
    if (first === null) return;
    const strict = first === TLS_HANDSHAKE;
    if (strict) this.#useTls(acceptStrictTls(this.#socket, this.#options.tls));
    this.#read();

    let message = await this.#loginMessage();
    if (message?.type === PacketType.prelogin) {
      await this.#prelogin(message.body, strict);
      message = await this.#loginMessage();
    }
    if (message === null) return;
    if (message.type !== PacketType.login7) throw unexpected(message.type, 'LOGIN7');
    if (!(await this.#login(parseLogin7(message.body), strict))) return;
    await this.#requests();
  }

  async #prelogin(body: Buffer, strict: boolean): Promise<void> {
    const prelogin = parsePrelogin(body);
    const encryption = chooseEncryption(prelogin.encryption, strict);
    this.writer.raw(buildPrelogin({ version: this.#options.version, encryption, fedAuth: prelogin.fedAuth }));
    await this.#send(true);
    if (strict || encryption !== Encryption.on) return;
    const unread = this.#reader.detach();
    this.#useTls(acceptTunnelledTls(this.#socket, unread, this.#options.tls));
    this.#read();
  }

  #useTls(stream: Duplex): void {
    stream.on('error', (error) => {
      if (this.#session === null) this.log(`TLS handshake failed: ${error.message}`);
      this.#socket.destroy();
    });
    this.#stream = stream;
  }

  #read(): void {
    this.#reader = new PacketReader(this.#stream, () => this.#onAttention());
    this.#stream.once('close', () => {
      if (this.#busy) this.#session?.cancel();
    });
  }

  async #loginMessage(): Promise<{ type: number; body: Buffer } | null> {
    const packet = await this.#reader.next();
    if (packet === null) return null;
    const body = await this.#message(packet, this.#options.limits.loginBytes);
    return body === null ? null : { type: packet.type, body };
  }

  async #login(login: Login7, strict: boolean): Promise<boolean> {
    if (login.tdsVersion !== TDS_8_0 && login.tdsVersion < TDS_7_2) {
      throw new ProtocolError(`TDS version 0x${login.tdsVersion.toString(16)} is older than 7.2`);
    }
    let token: string | undefined;
    if (login.fedAuth?.library === 'securityToken') token = login.fedAuth.token;
    else if (login.fedAuth?.library === 'adal') {
      const { stsUrl, spn } = this.#options.federation;
      writeFedAuthInfo(this.writer, stsUrl, spn);
      this.#startLoginTimer(this.#options.limits.tokenMs, 'the federated-authentication token');
      await this.#send(true);
      const message = await this.#loginMessage();
      if (message === null) return false;
      if (message.type !== PacketType.fedAuthToken) throw unexpected(message.type, 'a federated-authentication token');
      token = parseFedAuthToken(message.body);
    }
    this.#stopLoginTimer();

    let session: Session;
    try {
      if (login.integratedSecurity) {
        throw new SqlError(
          18452,
          'Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.',
          { severity: 14 },
        );
      }
      session = await this.#options.open({
        user: login.user,
        ...(token === undefined ? { password: login.password } : { token }),
        database: login.database,
        application: login.application,
        host: login.host,
      });
    } catch (error) {
      await this.#refuse(login, error);
      return false;
    }
    this.#session = session;
    this.database = session.database ?? (login.database || 'master');
    await this.#welcome(login, strict);
    return true;
  }

  async #refuse(login: Login7, error: unknown): Promise<void> {
    let reported: SqlError;
    if (error instanceof SqlError) reported = error;
    else {
      this.log(`internal error at login: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      reported = new SqlError(18456, `Login failed for user '${login.user}'.`, { severity: 14 });
    }
    this.log(
      `login refused: error ${reported.number}, user ${JSON.stringify(login.user)}, database ${JSON.stringify(login.database)}`,
    );
    writeError(this.writer, reported, this.serverName);
    writeDone(this.writer, DoneToken.done, { status: DoneStatus.error, command: Command.other, rows: 0 });
    await this.#send(true);
    await ended(this.#stream, LINGER_MS);
  }

  /** The order of a real server's login response. */
  async #welcome(login: Login7, strict: boolean): Promise<void> {
    const { writer, database, serverName } = this;
    const asked = login.packetBytes === 0 ? DEFAULT_PACKET_BYTES : login.packetBytes;
    const packetBytes = Math.min(Math.max(asked, MIN_PACKET_BYTES), MAX_PACKET_BYTES);
    const tdsVersion = strict && login.tdsVersion === TDS_8_0 ? TDS_8_0 : Math.min(login.tdsVersion, TDS_7_4);
    writeDatabaseChange(writer, database, 'master');
    writeInfo(
      writer,
      { number: 5701, message: `Changed database context to '${database}'.`, severity: 0, state: 2 },
      serverName,
    );
    writeCollationChange(writer, this.collation);
    writeLanguageChange(writer);
    writeInfo(
      writer,
      { number: 5703, message: `Changed language setting to ${LANGUAGE}.`, severity: 0, state: 1 },
      serverName,
    );
    writeLoginAck(writer, tdsVersion || TDS_7_4, this.#options.version);
    writePacketSizeChange(writer, packetBytes, DEFAULT_PACKET_BYTES);
    writeFeatureExtAck(writer, { fedAuth: login.fedAuth !== null, utf8Support: login.utf8Support });
    writeDone(writer, DoneToken.done, { status: 0, command: Command.other, rows: 0 });
    await this.#send(true);
    this.#packetBytes = packetBytes;
  }

  #startLoginTimer(ms: number, awaited: string): void {
    this.#stopLoginTimer();
    this.#loginTimer = setTimeout(() => {
      this.log(`no ${awaited} within ${ms} ms; closing the connection`);
      this.destroy();
    }, ms);
  }

  #stopLoginTimer(): void {
    if (this.#loginTimer !== null) clearTimeout(this.#loginTimer);
    this.#loginTimer = null;
  }

  // ---- requests

  async #requests(): Promise<void> {
    const session = this.#session!;
    for (;;) {
      const packet = await this.#reader.next();
      if (packet === null) return;
      if (packet.type === PacketType.attention) {
        await this.#acknowledgeAttention();
        continue;
      }
      if (packet.type === PacketType.bulkLoad) {
        if (!(await this.#bulkLoad(packet, session))) return;
        continue;
      }
      const body = await this.#message(packet, this.#options.limits.messageBytes);
      if (body === null) continue;
      if (!(await this.#request(packet, body, session))) return;
    }
  }

  #request(packet: Packet, body: Buffer, session: Session): Promise<boolean> {
    switch (packet.type) {
      case PacketType.batch:
        return this.#answer('batch', packet.status, session, async (response) => {
          const reader = new ByteReader(body);
          skipAllHeaders(reader);
          await session.batch(reader.utf16(reader.left >> 1), response);
        });
      case PacketType.rpc:
        return this.#answer('procedure', packet.status, session, (response) => this.#calls(body, session, response));
      case PacketType.transactionManager:
        return this.#answer('batch', packet.status, session, async (response) => {
          response.command = await transactionRequest(body, session);
        });
      default:
        throw unexpected(packet.type, 'a request');
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
        response.beginProcedure(call.parameters);
        await session.procedure(call.procedure, call.parameters, response);
      } catch (error) {
        if (isEnd(error) || this.cancelled) throw error;
        response.fail(error);
      }
      response.endProcedure(more);
    }
  }

  async #bulkLoad(first: Packet, session: Session): Promise<boolean> {
    const load = new BulkLoad(this.#reader, {
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
    await this.#send(true);
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

  #onAttention(): boolean {
    if (!this.#busy) return false;
    if (this.#receivingBulk !== null && !this.#receivingBulk.ended) return false;
    this.#attention = true;
    this.#session?.cancel();
    return true;
  }

  /** A whole message, or null when the client took it back; then it has been answered. */
  async #message(first: Packet, maxBytes: number): Promise<Buffer | null> {
    const parts = [first.body];
    let total = first.body.length;
    let packet = first;
    while ((packet.status & PacketStatus.endOfMessage) === 0) {
      const next = await this.#reader.next();
      if (next === null) throw new RequestCancelled();
      if (next.type === PacketType.attention) {
        await this.#acknowledgeAttention();
        return null;
      }
      if (next.type !== first.type) throw unexpected(next.type, `the rest of a message of type ${first.type}`);
      packet = next;
      total += packet.body.length;
      if (total > maxBytes) throw new ProtocolError(`message of type ${first.type} is larger than ${maxBytes} bytes`);
      parts.push(packet.body);
    }
    if ((packet.status & PacketStatus.ignore) !== 0) {
      writeDone(this.writer, DoneToken.done, { status: DoneStatus.error, command: Command.other, rows: 0 });
      await this.#send(true);
      return null;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts, total);
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

function unexpected(type: number, awaited: string): ProtocolError {
  return new ProtocolError(`packet of type 0x${type.toString(16)} where ${awaited} belongs`);
}

/** Looks at the first byte a client sends, without taking it; null when it sends none. */
function firstByte(socket: Socket): Promise<number | null> {
  return new Promise((resolve) => {
    const onData = (data: Buffer): void => {
      socket.off('close', onClose);
      socket.pause();
      socket.unshift(data);
      resolve(data[0]!);
    };
    const onClose = (): void => {
      socket.off('data', onData);
      resolve(null);
    };
    socket.once('data', onData);
    socket.once('close', onClose);
  });
}

function drained(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}

/** Ends the stream and waits until the client has hung up too, so that what was sent last is not lost in a reset. */
function ended(stream: Duplex, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stream.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    stream.end();
  });
}
