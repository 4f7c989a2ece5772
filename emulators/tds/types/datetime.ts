import { ProtocolError } from '../protocol-error.ts';
import { type Decoder, type Encoder, misfit } from './codec.ts';
import { daysOf, microsFrom, microsOfDay } from './temporal.ts';
import { TypeId } from './type-id.ts';

/** datetime and smalldatetime (MS-TDS 2.2.5.5.1.8), both counted from 1900-01-01. */
const EPOCH_DAYS = 25_567;
const TICKS_PER_DAY = 300 * 86_400;
const MINUTE_MICROS = 60_000_000;
const MINUTES_PER_DAY = 1440;
/** 1753-01-01 and 9999-12-31 */
const FIRST_DAY = -53_690;
const LAST_DAY = 2_958_463;

/** Three-hundredths of a second since midnight. */
export const datetimeEncoder: Encoder = {
  typeInfo: (writer) => {
    writer.uint8(TypeId.datetimeN);
    writer.uint8(8);
  },
  write: (writer, value) => {
    if (value === null) return writer.uint8(0);
    if (typeof value !== 'bigint') throw misfit(value, 'datetime');
    const sinceEpoch = daysOf(value);
    let days = sinceEpoch + EPOCH_DAYS;
    let ticks = Math.round((microsOfDay(value, sinceEpoch) * 3) / 10_000);
    if (ticks === TICKS_PER_DAY) {
      days += 1;
      ticks = 0;
    }
    if (days < FIRST_DAY || days > LAST_DAY) throw misfit(value, 'datetime');
    const offset = writer.claim(9);
    writer.bytes[offset] = 8;
    writer.view.setInt32(offset + 1, days, true);
    writer.view.setUint32(offset + 5, ticks, true);
  },
};

export const smalldatetimeEncoder: Encoder = {
  typeInfo: (writer) => {
    writer.uint8(TypeId.datetimeN);
    writer.uint8(4);
  },
  write: (writer, value) => {
    if (value === null) return writer.uint8(0);
    if (typeof value !== 'bigint') throw misfit(value, 'smalldatetime');
    const sinceEpoch = daysOf(value);
    let days = sinceEpoch + EPOCH_DAYS;
    let minutes = Math.round(microsOfDay(value, sinceEpoch) / MINUTE_MICROS);
    if (minutes === MINUTES_PER_DAY) {
      days += 1;
      minutes = 0;
    }
    if (days < 0 || days > 0xffff) throw misfit(value, 'smalldatetime');
    const offset = writer.claim(5);
    writer.bytes[offset] = 4;
    writer.view.setUint16(offset + 1, days, true);
    writer.view.setUint16(offset + 3, minutes, true);
  },
};

/** SQL Server shows the ticks in milliseconds (.000, .003, .007), and so do its conversions. */
export const datetimeDecoder: Decoder = {
  type: { name: 'datetime' },
  read: (reader) => {
    const offset = reader.take(8);
    const days = reader.view.getInt32(offset, true) - EPOCH_DAYS;
    return microsFrom(days, Math.round((reader.view.getUint32(offset + 4, true) * 10) / 3) * 1000);
  },
};

export const smalldatetimeDecoder: Decoder = {
  type: { name: 'smalldatetime' },
  read: (reader) => {
    const offset = reader.take(4);
    const days = reader.view.getUint16(offset, true) - EPOCH_DAYS;
    return microsFrom(days, reader.view.getUint16(offset + 2, true) * MINUTE_MICROS);
  },
};

export function datetimeDecoderOf(bytes: number): Decoder {
  if (bytes === 4) return smalldatetimeDecoder;
  if (bytes === 8) return datetimeDecoder;
  throw new ProtocolError(`DATETIMN of ${bytes} bytes`);
}
