import type { Duplex } from 'node:stream';
import { ProtocolError } from './protocol-error.ts';

/** MS-TDS 2.2.3.1: the packet header is type, status, length (big-endian, header included), SPID, packet id, window. */
export const HEADER_BYTES = 8;
export const DEFAULT_PACKET_BYTES = 4096;

export const PacketType = {
  batch: 0x01,
  rpc: 0x03,
  response: 0x04,
  attention: 0x06,
  bulkLoad: 0x07,
  fedAuthToken: 0x08,
  transactionManager: 0x0e,
  login7: 0x10,
  sspi: 0x11,
  prelogin: 0x12,
} as const;

const KNOWN_TYPES: ReadonlySet<number> = new Set(Object.values(PacketType));

export const PacketStatus = {
  endOfMessage: 0x01,
  ignore: 0x02,
  resetConnection: 0x08,
  resetConnectionKeepTransaction: 0x10,
} as const;

export interface Packet {
  readonly type: number;
  readonly status: number;
  readonly body: Buffer;
}

/** Bytes queued before the socket is paused: enough to keep a bulk load busy, little enough for many connections. */
const QUEUE_BYTES = 256 * 1024;

/**
 * Cuts a stream into packets. It keeps reading while a request runs, because that is when attention arrives.
 * @param onAttention asked for every attention packet; true takes the packet out of the queue.
 */
export class PacketReader {
  readonly #stream: Duplex;
  readonly #onAttention: () => boolean;
  readonly #queue: Packet[] = [];
  #queued = 0;
  #unparsed: Buffer = Buffer.alloc(0);
  #failure: Error | null = null;
  #ended = false;
  #wake: (() => void) | null = null;

  constructor(stream: Duplex, onAttention: () => boolean) {
    this.#stream = stream;
    this.#onAttention = onAttention;
    stream.on('data', this.#onData);
    stream.on('end', this.#onEnd);
    stream.on('close', this.#onEnd);
    stream.resume();
  }

  /** The next packet, or null when the client has gone. Throws ProtocolError. */
  async next(): Promise<Packet | null> {
    for (;;) {
      const packet = this.#poll();
      if (packet !== null) return packet;
      if (this.#failure !== null) throw this.#failure;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #poll(): Packet | null {
    const packet = this.#queue.shift();
    if (packet === undefined) return null;
    this.#queued -= packet.body.length;
    if (this.#queued < QUEUE_BYTES && this.#stream.isPaused()) this.#stream.resume();
    return packet;
  }

  /** Takes an attention packet that has arrived already and is next; false when there is none. */
  takeAttention(): boolean {
    return this.#queue[0]?.type === PacketType.attention && this.#poll() !== null;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Lets go of the stream and returns the bytes not yet cut into packets. */
  detach(): Buffer {
    this.#stream.off('data', this.#onData);
    this.#stream.off('end', this.#onEnd);
    this.#stream.off('close', this.#onEnd);
    const rest = this.#unparsed;
    this.#unparsed = Buffer.alloc(0);
    return rest;
  }

  readonly #onData = (data: Buffer): void => {
    if (this.#failure !== null) return;
    const bytes = this.#unparsed.length === 0 ? data : Buffer.concat([this.#unparsed, data]);
    let offset = 0;
    while (bytes.length - offset >= HEADER_BYTES) {
      const length = bytes.readUInt16BE(offset + 2);
      if (!KNOWN_TYPES.has(bytes[offset]!)) {
        this.#failure = new ProtocolError(`packet type 0x${bytes[offset]!.toString(16)} is not one of TDS's`);
        break;
      }
      if (length < HEADER_BYTES) {
        this.#failure = new ProtocolError(
          `packet of type 0x${bytes[offset]!.toString(16)} says its length is ${length}`,
        );
        break;
      }
      if (bytes.length - offset < length) break;
      const type = bytes[offset]!;
      if (type !== PacketType.attention || !this.#onAttention()) {
        const body = bytes.subarray(offset + HEADER_BYTES, offset + length);
        this.#queue.push({ type, status: bytes[offset + 1]!, body });
        this.#queued += body.length;
      }
      offset += length;
    }
    this.#unparsed = bytes.subarray(offset);
    if (this.#queued >= QUEUE_BYTES) this.#stream.pause();
    this.#notify();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#notify();
  };

  #notify(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

export interface Frames {
  readonly bytes: Buffer;
  /** Bytes of the payload that went into packets. */
  readonly used: number;
  readonly nextPacketId: number;
}

/**
 * Frames a payload. Unless `last`, only full packets are made and at least one byte is kept back, so that the packet which
 * ends the message always has something to carry.
 */
export function frame(
  type: number,
  payload: Buffer,
  packetBytes: number,
  last: boolean,
  firstPacketId: number,
  processId: number,
): Frames {
  const bodyBytes = packetBytes - HEADER_BYTES;
  const count = last
    ? Math.max(1, Math.ceil(payload.length / bodyBytes))
    : Math.max(0, Math.ceil(payload.length / bodyBytes) - 1);
  const used = Math.min(payload.length, count * bodyBytes);
  const bytes = Buffer.allocUnsafe(used + count * HEADER_BYTES);
  let packetId = firstPacketId;
  for (let i = 0, from = 0, to = 0; i < count; i++) {
    const length = Math.min(bodyBytes, used - from);
    bytes[to] = type;
    bytes[to + 1] = last && i === count - 1 ? PacketStatus.endOfMessage : 0;
    bytes.writeUInt16BE(length + HEADER_BYTES, to + 2);
    bytes.writeUInt16BE(processId & 0xffff, to + 4);
    bytes[to + 6] = packetId;
    bytes[to + 7] = 0;
    payload.copy(bytes, to + HEADER_BYTES, from, from + length);
    from += length;
    to += length + HEADER_BYTES;
    packetId = (packetId + 1) & 0xff;
  }
  return { bytes, used, nextPacketId: packetId };
}
