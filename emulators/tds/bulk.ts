import type { Column, ColumnChunk, SqlValue } from '../tsql/sql-type.ts';
import { ByteReader, Shortfall } from './byte-reader.ts';
import type { Collation } from './collation.ts';
import { type Packet, PacketStatus, PacketType } from './packet.ts';
import { ProtocolError } from './protocol-error.ts';
import { RequestCancelled } from './session.ts';
import { COL_METADATA, ColumnFlag } from './tokens/col-metadata.ts';
import { DoneToken } from './tokens/done.ts';
import { NBC_ROW, ROW } from './tokens/row.ts';
import type { Decoder } from './types/codec.ts';
import { hasTableName, readTypeInfo } from './types/decoder.ts';

interface PacketSource {
  next(): Promise<Packet | null>;
}

/** Rows handed over at once. */
const CHUNK_ROWS = 2048;
/** Bytes gathered from packets before rows are read from them. */
const GATHER_BYTES = 64 * 1024;

/**
 * A bulk load (MS-TDS 2.2.6.1): COLMETADATA, ROWs, DONE, in one message of any length. It is read as it arrives and as fast as
 * the session takes it: while the session works, packets queue up to the reader's limit and the socket waits.
 */
export class BulkLoad {
  /** The whole message has been received. */
  ended = false;
  /** The message was broken off by an attention packet, which still has to be acknowledged. */
  attention = false;
  /** What went wrong with the message itself, however the session has taken it. */
  failure: Error | null = null;
  readonly #source: PacketSource;
  readonly #collation: Collation;
  readonly #maxRowBytes: number;
  #reader = new ByteReader(Buffer.alloc(0));
  #decoders: Decoder[] = [];

  constructor(source: PacketSource, options: { readonly collation: Collation; readonly maxRowBytes: number }) {
    this.#source = source;
    this.#collation = options.collation;
    this.#maxRowBytes = options.maxRowBytes;
  }

  /**
   * @param first the message's first packet.
   * @returns none when the client sends no rows.
   * Throws SqlError for column types that are not implemented, ProtocolError, RequestCancelled.
   */
  async columns(first: Packet): Promise<Column[]> {
    try {
      this.#append([this.#accept(first)]);
      for (;;) {
        try {
          return this.#readColumns();
        } catch (error) {
          if (!(error instanceof Shortfall)) throw error;
          this.#reader.offset = 0;
          await this.#more();
        }
      }
    } catch (error) {
      this.failure = error as Error;
      throw error;
    }
  }

  async *chunks(): AsyncGenerator<ColumnChunk> {
    try {
      yield* this.#chunks();
    } catch (error) {
      this.failure = error as Error;
      throw error;
    }
  }

  async *#chunks(): AsyncGenerator<ColumnChunk> {
    const width = this.#decoders.length;
    for (;;) {
      const values: SqlValue[][] = Array.from({ length: width }, () => []);
      const { rows, done, short } = this.#readRows(values);
      if (rows > 0) {
        // A row that was cut short has left values behind.
        for (const column of values) column.length = rows;
        yield { rows, values };
      }
      if (done) return;
      if (!short) continue;
      if (this.ended) {
        if (this.#reader.left === 0) return; // some clients leave the DONE out
        throw new ProtocolError('bulk load ends inside a row');
      }
      await this.#more();
    }
  }

  /** Takes the rest of the message off the wire, unread; nothing of one that is malformed, since its connection ends. */
  async drain(): Promise<void> {
    while (!this.ended && !(this.failure instanceof ProtocolError)) {
      try {
        await this.#packet();
      } catch (error) {
        if (!(error instanceof RequestCancelled)) throw error;
      }
    }
  }

  #readColumns(): Column[] {
    const reader = this.#reader;
    // tedious sends a load without rows as a DONE alone.
    if (this.ended && reader.left === 0) return [];
    if (reader.peek() === DoneToken.done) return [];
    const token = reader.uint8();
    if (token !== COL_METADATA) throw new ProtocolError(`bulk load begins with token 0x${token.toString(16)}`);
    const decoders: Decoder[] = [];
    const columns: Column[] = [];
    for (let count = reader.uint16(); count > 0; count--) {
      reader.uint32(); // user type
      const flags = reader.uint16();
      const typeId = reader.peek();
      const decoder = readTypeInfo(reader, 'row', this.#collation);
      if (hasTableName(typeId)) reader.longText();
      decoders.push(decoder);
      columns.push({ name: reader.shortText(), type: decoder.type, nullable: (flags & ColumnFlag.nullable) !== 0 });
    }
    this.#decoders = decoders;
    return columns;
  }

  #readRows(values: SqlValue[][]): { rows: number; done: boolean; short: boolean } {
    const reader = this.#reader;
    const decoders = this.#decoders;
    const width = decoders.length;
    let rows = 0;
    let start = reader.offset;
    try {
      while (rows < CHUNK_ROWS) {
        start = reader.offset;
        const token = reader.uint8();
        if (token === ROW) {
          for (let i = 0; i < width; i++) values[i]![rows] = decoders[i]!.read(reader);
        } else if (token === NBC_ROW) {
          const nulls = reader.raw((width + 7) >> 3);
          for (let i = 0; i < width; i++) {
            const isNull = (nulls[i >> 3]! & (1 << (i & 7))) !== 0;
            values[i]![rows] = isNull ? null : decoders[i]!.read(reader);
          }
        } else if (token === DoneToken.done) {
          reader.take(12);
          return { rows, done: true, short: false };
        } else throw new ProtocolError(`bulk load holds token 0x${token.toString(16)} where a row belongs`);
        rows++;
      }
    } catch (error) {
      if (!(error instanceof Shortfall)) throw error;
      reader.offset = start;
      return { rows, done: false, short: true };
    }
    return { rows, done: false, short: false };
  }

  /** Gathers packets, at least as many bytes as are left over, so that one huge value is not read from its start too often. */
  async #more(): Promise<void> {
    if (this.ended) throw new ProtocolError('bulk load ends early');
    const reader = this.#reader;
    if (reader.left > this.#maxRowBytes) {
      throw new ProtocolError(`a row of the bulk load takes more than ${this.#maxRowBytes} bytes`);
    }
    const parts = [reader.bytes.subarray(reader.offset, reader.end)];
    const wanted = Math.max(GATHER_BYTES, reader.left);
    let gathered = 0;
    do {
      const body = await this.#packet();
      parts.push(body);
      gathered += body.length;
    } while (!this.ended && gathered < wanted);
    this.#append(parts);
  }

  async #packet(): Promise<Buffer> {
    const packet = await this.#source.next();
    if (packet === null) {
      this.ended = true;
      throw new RequestCancelled();
    }
    return this.#accept(packet);
  }

  #accept(packet: Packet): Buffer {
    if (packet.type === PacketType.attention) {
      this.ended = true;
      this.attention = true;
      throw new RequestCancelled();
    }
    if (packet.type !== PacketType.bulkLoad) {
      throw new ProtocolError(`packet of type 0x${packet.type.toString(16)} in the middle of a bulk load`);
    }
    if ((packet.status & PacketStatus.endOfMessage) !== 0) this.ended = true;
    if ((packet.status & PacketStatus.ignore) !== 0) throw new RequestCancelled();
    return packet.body;
  }

  #append(parts: readonly Buffer[]): void {
    this.#reader = new ByteReader(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
  }
}
