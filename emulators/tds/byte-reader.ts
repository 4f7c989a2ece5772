/** Thrown when a reader runs past its bytes: a malformed message, or a stream whose next packet has not arrived. */
export class Shortfall extends Error {
  override readonly name = 'Shortfall';
}

// One instance: streams that are read incrementally throw it at the end of every packet.
const SHORTFALL = new Shortfall('unexpected end of data');

/** A little-endian cursor. Hot paths `take` once and read by offset. */
export class ByteReader {
  bytes: Buffer;
  view: DataView;
  offset: number;
  end: number;

  constructor(bytes: Buffer, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.offset = offset;
    this.end = end;
  }

  get left(): number {
    return this.end - this.offset;
  }

  /** Moves past `count` bytes and returns where they begin. Throws Shortfall. */
  take(count: number): number {
    const offset = this.offset;
    if (offset + count > this.end) throw SHORTFALL;
    this.offset = offset + count;
    return offset;
  }

  peek(): number {
    if (this.offset >= this.end) throw SHORTFALL;
    return this.bytes[this.offset]!;
  }

  uint8(): number {
    return this.bytes[this.take(1)]!;
  }

  uint16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  uint64(): bigint {
    return this.view.getBigUint64(this.take(8), true);
  }

  /** A view, valid while the underlying buffer is. */
  raw(count: number): Buffer {
    const offset = this.take(count);
    return this.bytes.subarray(offset, offset + count);
  }

  utf16(characters: number): string {
    const offset = this.take(characters * 2);
    return this.bytes.toString('utf16le', offset, offset + characters * 2);
  }

  /** B_VARCHAR */
  shortText(): string {
    return this.utf16(this.uint8());
  }

  /** US_VARCHAR */
  longText(): string {
    return this.utf16(this.uint16());
  }
}
