import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SqlError } from '../tsql/sql-error.ts';
import { type Channel, unexpected } from './channel.ts';
import type { Collation } from './collation.ts';
import { type Login7, parseFedAuthToken, parseLogin7 } from './login7.ts';
import { DEFAULT_PACKET_BYTES, PacketType } from './packet.ts';
import { buildPrelogin, chooseEncryption, Encryption, parsePrelogin } from './prelogin.ts';
import { ProtocolError } from './protocol-error.ts';
import type { OpenSession, Session } from './session.ts';
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

export interface LoginOptions {
  readonly tls: TlsCredentials;
  readonly open: OpenSession;
  readonly serverName: string;
  readonly version: readonly [number, number, number];
  readonly collation: Collation;
  /** What FEDAUTHINFO tells clients that fetch their own token. */
  readonly federation: { readonly stsUrl: string; readonly spn: string };
  readonly limits: LoginLimits;
}

export interface LoginLimits {
  /** From the connection's first byte to the whole LOGIN7 message. */
  readonly loginMs: number;
  /** From FEDAUTHINFO to the token: the client asks Entra, perhaps a person, meanwhile. */
  readonly tokenMs: number;
  /** Of a message before the login. */
  readonly loginBytes: number;
}

const TDS_7_2 = 0x72090002;
const TDS_7_4 = 0x74000004;
const TDS_8_0 = 0x08000000;
const MIN_PACKET_BYTES = 512;
const MAX_PACKET_BYTES = 32_767;

export interface Accepted {
  readonly session: Session;
  readonly database: string;
  readonly login: Login7;
  readonly strict: boolean;
}

/**
 * A connection's way to its session: encryption, PRELOGIN, LOGIN7 and a federated-authentication token.
 * @returns null when there is no session: the client left, or was refused and has been told why. Throws ProtocolError.
 */
export async function acceptLogin(
  channel: Channel,
  options: LoginOptions,
  log: (line: string) => void,
): Promise<Accepted | null> {
  const deadline = new Deadline(channel, log);
  try {
    deadline.set(options.limits.loginMs, 'LOGIN7');
    const first = await firstByte(channel.socket);
    if (first === null) return null;
    const strict = first === TLS_HANDSHAKE;
    channel.read(strict ? guarded(acceptStrictTls(channel.socket, options.tls), channel, log) : undefined);

    let message = await nextMessage(channel, options);
    if (message?.type === PacketType.prelogin) {
      await prelogin(channel, message.body, strict, options, log);
      message = await nextMessage(channel, options);
    }
    if (message === null) return null;
    if (message.type !== PacketType.login7) throw unexpected(message.type, 'LOGIN7');
    const login = parseLogin7(message.body);
    if (login.tdsVersion !== TDS_8_0 && login.tdsVersion < TDS_7_2) {
      throw new ProtocolError(`TDS version 0x${login.tdsVersion.toString(16)} is older than 7.2`);
    }

    let token: string | undefined;
    if (login.fedAuth?.library === 'securityToken') token = login.fedAuth.token;
    else if (login.fedAuth?.library === 'adal') {
      deadline.set(options.limits.tokenMs, 'federated-authentication token');
      writeFedAuthInfo(channel.writer, options.federation.stsUrl, options.federation.spn);
      await channel.send(true);
      const answer = await nextMessage(channel, options);
      if (answer === null) return null;
      if (answer.type !== PacketType.fedAuthToken) throw unexpected(answer.type, 'a federated-authentication token');
      token = parseFedAuthToken(answer.body);
    }
    deadline.clear();

    try {
      const session = await openSession(login, token, options.open);
      return { session, database: session.database ?? (login.database || 'master'), login, strict };
    } catch (error) {
      await refuse(channel, login, error, options.serverName, log);
      return null;
    }
  } finally {
    deadline.clear();
  }
}

async function nextMessage(channel: Channel, options: LoginOptions): Promise<{ type: number; body: Buffer } | null> {
  const packet = await channel.next();
  if (packet === null) return null;
  const message = await channel.message(packet, options.limits.loginBytes);
  return message.kind === 'whole' ? message : null;
}

async function prelogin(
  channel: Channel,
  body: Buffer,
  strict: boolean,
  options: LoginOptions,
  log: (line: string) => void,
): Promise<void> {
  const asked = parsePrelogin(body);
  const encryption = chooseEncryption(asked.encryption, strict);
  channel.writer.raw(buildPrelogin({ version: options.version, encryption, fedAuth: asked.fedAuth }));
  await channel.send(true);
  if (strict || encryption !== Encryption.on) return;
  const unread = channel.detach();
  channel.read(guarded(acceptTunnelledTls(channel.socket, unread, options.tls), channel, log));
}

function guarded(stream: Duplex, channel: Channel, log: (line: string) => void): Duplex {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A client that hangs up without the closing alert is everyday life.
    if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') log(`TLS failed: ${error.message}`);
    channel.socket.destroy();
  });
  return stream;
}

async function openSession(login: Login7, token: string | undefined, open: OpenSession): Promise<Session> {
  if (login.integratedSecurity) {
    throw new SqlError(
      18452,
      'Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.',
      { severity: 14 },
    );
  }
  return open({
    user: login.user,
    ...(token === undefined ? { password: login.password } : { token }),
    database: login.database,
    application: login.application,
    host: login.host,
  });
}

async function refuse(
  channel: Channel,
  login: Login7,
  error: unknown,
  serverName: string,
  log: (line: string) => void,
): Promise<void> {
  let reported: SqlError;
  if (error instanceof SqlError) reported = error;
  else {
    log(`internal error at login: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    reported = new SqlError(18456, `Login failed for user '${login.user}'.`, { severity: 14 });
  }
  const who = `user ${JSON.stringify(login.user)}, database ${JSON.stringify(login.database)}`;
  log(`login refused: error ${reported.number}, ${who}`);
  writeError(channel.writer, reported, serverName);
  writeDone(channel.writer, DoneToken.done, { status: DoneStatus.error, command: Command.other, rows: 0 });
  await channel.send(true);
  await channel.end();
}

/** What a real server answers to a login, in its order. */
export async function welcome(
  channel: Channel,
  { login, database, strict }: Accepted,
  { serverName, collation, version }: LoginOptions,
): Promise<void> {
  const { writer } = channel;
  const asked = login.packetBytes === 0 ? DEFAULT_PACKET_BYTES : login.packetBytes;
  const packetBytes = Math.min(Math.max(asked, MIN_PACKET_BYTES), MAX_PACKET_BYTES);
  const tdsVersion = strict ? login.tdsVersion : Math.min(login.tdsVersion, TDS_7_4);
  const info = (number: number, state: number, message: string): void =>
    writeInfo(writer, { number, state, message, severity: 0 }, serverName);

  writeDatabaseChange(writer, database, 'master');
  info(5701, 2, `Changed database context to '${database}'.`);
  writeCollationChange(writer, collation);
  writeLanguageChange(writer);
  info(5703, 1, `Changed language setting to ${LANGUAGE}.`);
  writeLoginAck(writer, tdsVersion, version);
  writePacketSizeChange(writer, packetBytes, DEFAULT_PACKET_BYTES);
  writeFeatureExtAck(writer, { fedAuth: login.fedAuth !== null, utf8Support: login.utf8Support });
  writeDone(writer, DoneToken.done, { status: 0, command: Command.other, rows: 0 });
  await channel.send(true);
  channel.packetBytes = packetBytes;
}

/** Cuts off a client that takes too long to say what is awaited: no half-open connection stays. */
class Deadline {
  readonly #channel: Channel;
  readonly #log: (line: string) => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(channel: Channel, log: (line: string) => void) {
    this.#channel = channel;
    this.#log = log;
  }

  set(ms: number, awaited: string): void {
    this.clear();
    this.#timer = setTimeout(() => {
      this.#log(`no ${awaited} within ${ms} ms; closing the connection`);
      this.#channel.destroy();
    }, ms);
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
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
