import type { ByteReader } from './byte-reader.ts';
import { ProtocolError } from './protocol-error.ts';

/** ALL_HEADERS (MS-TDS 2.2.5.3) precedes every request since TDS 7.2: query notifications, transaction descriptor, trace. */
export function skipAllHeaders(reader: ByteReader): void {
  const length = reader.uint32();
  if (length < 4 || length - 4 > reader.left) throw new ProtocolError(`ALL_HEADERS says its length is ${length}`);
  reader.take(length - 4);
}
