import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { DEFAULT_PACKET_BYTES, frame, HEADER_BYTES, PacketType } from './packet.ts';

export interface TlsCredentials {
  /** PEM */
  readonly key: string | Buffer;
  /** PEM: the certificate and its chain. */
  readonly cert: string | Buffer;
}

/** The first byte of a TLS record that holds a handshake: how TDS 8.0 begins. */
export const TLS_HANDSHAKE = 0x16;

/** TDS 8.0 (`strict`): TLS first, TDS inside, told apart by ALPN. */
export function acceptStrictTls(socket: Socket, credentials: TlsCredentials): TLSSocket {
  return new TLSSocket(socket, {
    isServer: true,
    secureContext: createSecureContext(credentials),
    ALPNProtocols: ['tds/8.0'],
  });
}

/**
 * TDS 7.x: the handshake's records travel inside PRELOGIN packets, everything after it as they are. TLS 1.2 at most, because
 * TLS 1.3 goes on sending handshake messages (session tickets) when the client takes the tunnel to have ended.
 * @param unread what has been read from the socket already.
 */
export function acceptTunnelledTls(socket: Socket, unread: Buffer, credentials: TlsCredentials): TLSSocket {
  const tunnel = new HandshakeTunnel(socket, unread);
  const stream = new TLSSocket(tunnel, {
    isServer: true,
    secureContext: createSecureContext({ ...credentials, maxVersion: 'TLSv1.2' }),
  });
  tunnel.on('error', (error) => stream.destroy(error));
  return stream;
}

class HandshakeTunnel extends Duplex {
  readonly #socket: Socket;
  #wrapped = true;
  #incoming: Buffer = Buffer.alloc(0);
  #flight: Buffer[] = [];

  constructor(socket: Socket, unread: Buffer) {
    super();
    this.#socket = socket;
    socket.on('data', (data) => this.#receive(data));
    socket.on('end', () => this.push(null));
    socket.on('close', () => this.destroy());
    if (unread.length > 0) this.#receive(unread);
    socket.resume();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (!this.#wrapped) {
      this.#socket.write(chunk, callback);
      return;
    }
    this.#flight.push(chunk);
    // Clients expect the records of one flight in one message.
    if (this.#flight.length === 1) setImmediate(() => this.#sendFlight());
    callback();
  }

  override _final(callback: () => void): void {
    this.#sendFlight();
    this.#socket.end(callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#socket.destroy();
    callback(error);
  }

  #sendFlight(): void {
    if (this.#flight.length === 0 || this.#socket.destroyed) return;
    const flight = Buffer.concat(this.#flight);
    this.#flight = [];
    this.#socket.write(frame(PacketType.prelogin, flight, DEFAULT_PACKET_BYTES, true, 0, 0).bytes);
  }

  #receive(data: Buffer): void {
    if (!this.#wrapped) {
      if (!this.push(data)) this.#socket.pause();
      return;
    }
    let bytes = this.#incoming.length === 0 ? data : Buffer.concat([this.#incoming, data]);
    while (bytes.length >= HEADER_BYTES && bytes[0] === PacketType.prelogin) {
      const length = bytes.readUInt16BE(2);
      if (length < HEADER_BYTES) {
        this.destroy(new Error(`PRELOGIN packet says its length is ${length}`));
        return;
      }
      if (bytes.length < length) break;
      this.push(bytes.subarray(HEADER_BYTES, length));
      bytes = bytes.subarray(length);
    }
    if (bytes.length > 0 && bytes[0] !== PacketType.prelogin) {
      this.#wrapped = false;
      this.push(bytes);
      bytes = Buffer.alloc(0);
    }
    this.#incoming = bytes;
  }
}
