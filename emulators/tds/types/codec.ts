import type { SqlType, SqlValue } from '../../tsql/sql-type.ts';
import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';

/** A column's or parameter's way out: one closure per column, so that the row loop has no switch on types. */
export interface Encoder {
  /** TYPE_INFO */
  readonly typeInfo: (writer: ByteWriter) => void;
  /** TYPE_VARBYTE. Throws RangeError or TypeError for a value that its type cannot hold. */
  readonly write: (writer: ByteWriter, value: SqlValue) => void;
}

/** A column's or parameter's way in, made from its TYPE_INFO. */
export interface Decoder {
  readonly type: SqlType;
  /** Throws Shortfall when the bytes have not arrived, ProtocolError when they cannot be. */
  readonly read: (reader: ByteReader) => SqlValue;
}

/** Text and image values carry a text pointer and a timestamp in rows, and only a length in parameters. */
export type Placement = 'row' | 'parameter';

export function misfit(value: SqlValue, type: string): Error {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : describe(value);
  return new RangeError(`TDS: value ${shown} does not fit type ${type}`);
}

function describe(value: SqlValue): string {
  if (typeof value !== 'object' || value === null) return `${String(value)} (${typeof value})`;
  return value instanceof Uint8Array ? `of ${value.length} bytes` : `with offset ${value.offset}`;
}
