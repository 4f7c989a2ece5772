const INITIAL_BYTES = 96 * 1024;

/** A growing little-endian buffer, reused for a connection's whole life. Hot paths `claim` room once and write by offset. */
export class ByteWriter {
  bytes: Buffer;
  view: DataView;
  length = 0;

  constructor(size = INITIAL_BYTES) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.view = viewOf(this.bytes);
  }

  /** Makes room for `size` bytes and returns where they begin. `bytes` and `view` may be new ones afterwards. */
  claim(size: number): number {
    const offset = this.length;
    const end = offset + size;
    if (end > this.bytes.length) this.#resize(Math.max(end, this.bytes.length * 2));
    this.length = end;
    return offset;
  }

  /** Drops the first `count` bytes. A buffer that one huge value has blown up is given back. */
  discard(count: number): void {
    const rest = this.length - count;
    if (rest > 0) this.bytes.copyWithin(0, count, this.length);
    this.length = rest;
    if (this.bytes.length > 8 * INITIAL_BYTES && rest < INITIAL_BYTES) this.#resize(INITIAL_BYTES);
  }

  uint8(value: number): void {
    const offset = this.claim(1);
    this.bytes[offset] = value;
  }

  uint16(value: number): void {
    const offset = this.claim(2);
    this.view.setUint16(offset, value, true);
  }

  int32(value: number): void {
    const offset = this.claim(4);
    this.view.setInt32(offset, value, true);
  }

  uint32(value: number): void {
    const offset = this.claim(4);
    this.view.setUint32(offset, value, true);
  }

  uint32BigEndian(value: number): void {
    const offset = this.claim(4);
    this.view.setUint32(offset, value, false);
  }

  uint64(value: bigint): void {
    const offset = this.claim(8);
    this.view.setBigUint64(offset, value, true);
  }

  raw(bytes: Uint8Array): void {
    const offset = this.claim(bytes.length);
    this.bytes.set(bytes, offset);
  }

  utf16(text: string): void {
    const count = text.length;
    let offset = this.claim(count * 2);
    // Crossing into the native encoder costs more than it saves for the short strings most columns hold.
    if (count > 40) {
      this.bytes.write(text, offset, 'utf16le');
      return;
    }
    const bytes = this.bytes;
    for (let i = 0; i < count; i++) {
      const unit = text.charCodeAt(i);
      bytes[offset++] = unit;
      bytes[offset++] = unit >>> 8;
    }
  }

  /** B_VARCHAR: a byte with the count of characters, then UTF-16. Longer text is cut: the format cannot hold it. */
  shortText(text: string): void {
    const cut = text.length > 255 ? text.slice(0, 255) : text;
    this.uint8(cut.length);
    this.utf16(cut);
  }

  /** US_VARCHAR: two bytes with the count of characters, then UTF-16. */
  longText(text: string): void {
    this.uint16(text.length);
    this.utf16(text);
  }

  /** Runs `body` and writes its length in front of it, as USHORTLEN tokens want it. */
  prefixed(body: () => void): void {
    const at = this.claim(2);
    body();
    this.view.setUint16(at, this.length - at - 2, true);
  }

  #resize(size: number): void {
    const next = Buffer.allocUnsafeSlow(size);
    this.bytes.copy(next, 0, 0, this.length);
    this.bytes = next;
    this.view = viewOf(next);
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}
