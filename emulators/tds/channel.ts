import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { ByteWriter } from './byte-writer.ts';
import { DEFAULT_PACKET_BYTES, frame, type Packet, PacketReader, PacketStatus, PacketType } from './packet.ts';
import { ProtocolError } from './protocol-error.ts';
import { RequestCancelled } from './session.ts';

/** Sockets that take everything at once never let the event loop turn, and attention would go unseen. */
const YIELD_BYTES = 512 * 1024;
/** How long a client that was sent away may take to read why. */
const LINGER_MS = 1000;

/** A message, or what the client did instead of finishing one: it set the ignore bit, or sent attention. */
export type Message =
  | { readonly kind: 'whole'; readonly type: number; readonly status: number; readonly body: Buffer }
  | { readonly kind: 'ignored' | 'attention' };

/** A connection's wire: messages in, tokens out, over a stream that may become a TLS one on the way. */
export class Channel {
  readonly writer = new ByteWriter();
  readonly socket: Socket;
  /** The server process id (@@SPID) that packets carry. */
  readonly id: number;
  packetBytes = DEFAULT_PACKET_BYTES;
  /** Asked for every attention packet as it arrives; true when it has been dealt with. */
  onAttention: () => boolean = () => false;
  onClose: () => void = () => {};
  #stream: Duplex;
  #reader: PacketReader | null = null;
  #packetId = 0;
  #unyielded = 0;

  constructor(socket: Socket, id: number) {
    this.socket = socket;
    this.id = id;
    this.#stream = socket;
    socket.on('error', () => {}); // 'close' follows, and says all there is to know
  }

  /** The client has gone. */
  get closed(): boolean {
    return this.#stream.destroyed || (this.#reader?.ended ?? false);
  }

  /** Begins to read packets from the socket, or from the TLS stream that takes its place. */
  read(stream: Duplex = this.socket): PacketReader {
    this.#stream = stream;
    this.#reader = new PacketReader(stream, () => this.onAttention());
    stream.once('close', () => this.onClose());
    return this.#reader;
  }

  /** Stops reading. @returns what has been received and not been read. */
  detach(): Buffer {
    return this.#reader?.detach() ?? Buffer.alloc(0);
  }

  /** The first packet of the next message, null when the client has gone. */
  next(): Promise<Packet | null> {
    if (this.#reader === null) throw new Error('TDS: the channel is not being read');
    return this.#reader.next();
  }

  /** Takes an attention packet that came along with what has been read. */
  takeAttention(): boolean {
    return this.#reader?.takeAttention() ?? false;
  }

  /** The whole message that `first` begins. Throws ProtocolError; RequestCancelled when the client goes. */
  async message(first: Packet, maxBytes: number): Promise<Message> {
    const { type, status } = first;
    const parts = [first.body];
    let total = first.body.length;
    let packet = first;
    while ((packet.status & PacketStatus.endOfMessage) === 0) {
      const next = await this.next();
      if (next === null) throw new RequestCancelled();
      if (next.type === PacketType.attention) return { kind: 'attention' };
      if (next.type !== type) throw unexpected(next.type, `the rest of a message of type 0x${type.toString(16)}`);
      packet = next;
      total += packet.body.length;
      if (total > maxBytes) {
        throw new ProtocolError(`message of type 0x${type.toString(16)} is larger than ${maxBytes} bytes`);
      }
      parts.push(packet.body);
    }
    if ((packet.status & PacketStatus.ignore) !== 0) return { kind: 'ignored' };
    return { kind: 'whole', type, status, body: parts.length === 1 ? parts[0]! : Buffer.concat(parts, total) };
  }

  /** Sends the full packets that are pending or, at the message's end, all. Resolves when the client keeps up. */
  async send(last: boolean): Promise<void> {
    const { writer } = this;
    const payload = writer.bytes.subarray(0, writer.length);
    const frames = frame(PacketType.response, payload, this.packetBytes, last, this.#packetId, this.id);
    writer.discard(frames.used);
    this.#packetId = last ? 0 : frames.nextPacketId;
    if (frames.bytes.length === 0 || this.#stream.destroyed) return;
    if (!this.#stream.write(frames.bytes)) await drained(this.#stream);
    this.#unyielded += frames.bytes.length;
    if (this.#unyielded >= YIELD_BYTES) {
      this.#unyielded = 0;
      await setImmediate();
    }
  }

  /** Ends the stream and waits until the client has hung up too, so that what was sent last is not lost in a reset. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LINGER_MS);
      this.#stream.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.#stream.end();
    });
  }

  destroy(): void {
    this.#stream.destroy();
    this.socket.destroy();
  }
}

export function unexpected(type: number, awaited: string): ProtocolError {
  return new ProtocolError(`packet of type 0x${type.toString(16)} where ${awaited} belongs`);
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
