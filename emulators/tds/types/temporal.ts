import { ProtocolError } from '../protocol-error.ts';
import { type Decoder, type Encoder, misfit } from './codec.ts';
import { TypeId } from './type-id.ts';

/**
 * date, time, datetime2 and datetimeoffset (MS-TDS 2.2.5.5.1.9): days since 0001-01-01 in three bytes, and fractions of a
 * second since midnight in units of the scale in three, four or five.
 */

const DAY_MICROS = 86_400_000_000;
const DAY_MICROS_BIG = 86_400_000_000n;
/** Days from 0001-01-01 to 1970-01-01, and to 9999-12-31. */
const EPOCH_DAYS = 719_162;
const LAST_DAY = 3_652_058;
/** Up to here a bigint of microseconds is exact as a number: years -285 to 2255 around 1970, so nearly always. */
const EXACT = BigInt(Number.MAX_SAFE_INTEGER);
const EXACT_DAYS = Math.floor(Number.MAX_SAFE_INTEGER / DAY_MICROS) - 1;

/** Whole days since 1970-01-01, rounded down. */
export function daysOf(micros: bigint): number {
  if (micros <= EXACT && micros >= -EXACT) return Math.floor(Number(micros) / DAY_MICROS);
  const days = micros / DAY_MICROS_BIG;
  return Number(days * DAY_MICROS_BIG > micros ? days - 1n : days);
}

/** Microseconds since midnight of the day that daysOf gave. */
export function microsOfDay(micros: bigint, days: number): number {
  if (micros <= EXACT && micros >= -EXACT) return Number(micros) - days * DAY_MICROS;
  return Number(micros - BigInt(days) * DAY_MICROS_BIG);
}

export function microsFrom(days: number, microsOfDay: number): bigint {
  if (days <= EXACT_DAYS && days >= -EXACT_DAYS) return BigInt(days * DAY_MICROS + microsOfDay);
  return BigInt(days) * DAY_MICROS_BIG + BigInt(microsOfDay);
}

function timeBytes(scale: number): number {
  if (scale <= 2) return 3;
  return scale <= 4 ? 4 : 5;
}

/** Microseconds to units of the scale, rounded down: values come from the engine rounded to their type already. */
function toUnits(scale: number): (micros: number) => number {
  if (scale === 7) return (micros) => micros * 10;
  const divisor = 10 ** (6 - scale);
  return scale === 6 ? (micros) => micros : (micros) => Math.floor(micros / divisor);
}

/** Units of the scale to microseconds; the hundred nanoseconds of scale 7 are cut, since no store behind holds them. */
function fromUnits(scale: number): (units: number) => number {
  if (scale === 7) return (units) => Math.floor(units / 10);
  const factor = 10 ** (6 - scale);
  return (units) => units * factor;
}

function putUnsigned(bytes: Buffer, offset: number, value: number, count: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value >>> 16;
  if (count > 3) bytes[offset + 3] = value >>> 24;
  if (count > 4) bytes[offset + 4] = Math.floor(value / 0x1_0000_0000);
}

function getUnsigned(bytes: Buffer, offset: number, count: number): number {
  let value = bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16);
  if (count > 3) value += bytes[offset + 3]! * 0x100_0000;
  if (count > 4) value += bytes[offset + 4]! * 0x1_0000_0000;
  return value;
}

export const dateEncoder: Encoder = {
  typeInfo: (writer) => writer.uint8(TypeId.dateN),
  write: (writer, value) => {
    if (value === null) return writer.uint8(0);
    if (typeof value !== 'number') throw misfit(value, 'date');
    const days = value + EPOCH_DAYS;
    if (!Number.isInteger(days) || days < 0 || days > LAST_DAY) throw misfit(value, 'date');
    const offset = writer.claim(4);
    writer.bytes[offset] = 3;
    putUnsigned(writer.bytes, offset + 1, days, 3);
  },
};

export function timeEncoder(scale: number): Encoder {
  const size = timeBytes(scale);
  const units = toUnits(scale);
  return {
    typeInfo: (writer) => {
      writer.uint8(TypeId.timeN);
      writer.uint8(scale);
    },
    write: (writer, value) => {
      if (value === null) return writer.uint8(0);
      if (typeof value !== 'bigint' || value < 0n || value >= DAY_MICROS_BIG) throw misfit(value, `time(${scale})`);
      const offset = writer.claim(size + 1);
      writer.bytes[offset] = size;
      putUnsigned(writer.bytes, offset + 1, units(Number(value)), size);
    },
  };
}

export function datetime2Encoder(scale: number): Encoder {
  const size = timeBytes(scale);
  const units = toUnits(scale);
  return {
    typeInfo: (writer) => {
      writer.uint8(TypeId.datetime2N);
      writer.uint8(scale);
    },
    write: (writer, value) => {
      if (value === null) return writer.uint8(0);
      if (typeof value !== 'bigint') throw misfit(value, `datetime2(${scale})`);
      const days = daysOf(value);
      if (days < -EPOCH_DAYS || days > LAST_DAY - EPOCH_DAYS) throw misfit(value, `datetime2(${scale})`);
      const offset = writer.claim(size + 4);
      const { bytes } = writer;
      bytes[offset] = size + 3;
      putUnsigned(bytes, offset + 1, units(microsOfDay(value, days)), size);
      putUnsigned(bytes, offset + 1 + size, days + EPOCH_DAYS, 3);
    },
  };
}

export function datetimeoffsetEncoder(scale: number): Encoder {
  const size = timeBytes(scale);
  const units = toUnits(scale);
  const name = `datetimeoffset(${scale})`;
  return {
    typeInfo: (writer) => {
      writer.uint8(TypeId.datetimeOffsetN);
      writer.uint8(scale);
    },
    write: (writer, value) => {
      if (value === null) return writer.uint8(0);
      if (typeof value !== 'object' || value instanceof Uint8Array) throw misfit(value, name);
      const days = daysOf(value.micros);
      const inRange = days >= -EPOCH_DAYS && days <= LAST_DAY - EPOCH_DAYS && Math.abs(value.offset) <= 14 * 60;
      if (!inRange) throw misfit(value, name);
      const offset = writer.claim(size + 6);
      const { bytes, view } = writer;
      bytes[offset] = size + 5;
      putUnsigned(bytes, offset + 1, units(microsOfDay(value.micros, days)), size);
      putUnsigned(bytes, offset + 1 + size, days + EPOCH_DAYS, 3);
      view.setInt16(offset + 4 + size, value.offset, true);
    },
  };
}

export const dateDecoder: Decoder = {
  type: { name: 'date' },
  read: (reader) => getUnsigned(reader.bytes, reader.take(3), 3) - EPOCH_DAYS,
};

export function timeDecoder(scale: number): Decoder {
  const size = sizeOf(scale);
  const micros = fromUnits(scale);
  return {
    type: { name: 'time', scale },
    read: (reader) => {
      const length = reader.uint8();
      if (length === 0) return null;
      expectLength('time', length, size);
      return BigInt(micros(getUnsigned(reader.bytes, reader.take(size), size)));
    },
  };
}

export function datetime2Decoder(scale: number): Decoder {
  const size = sizeOf(scale);
  const micros = fromUnits(scale);
  return {
    type: { name: 'datetime2', scale },
    read: (reader) => {
      const length = reader.uint8();
      if (length === 0) return null;
      expectLength('datetime2', length, size + 3);
      const offset = reader.take(length);
      const days = getUnsigned(reader.bytes, offset + size, 3) - EPOCH_DAYS;
      return microsFrom(days, micros(getUnsigned(reader.bytes, offset, size)));
    },
  };
}

export function datetimeoffsetDecoder(scale: number): Decoder {
  const size = sizeOf(scale);
  const micros = fromUnits(scale);
  return {
    type: { name: 'datetimeoffset', scale },
    read: (reader) => {
      const length = reader.uint8();
      if (length === 0) return null;
      expectLength('datetimeoffset', length, size + 5);
      const offset = reader.take(length);
      const days = getUnsigned(reader.bytes, offset + size, 3) - EPOCH_DAYS;
      return {
        micros: microsFrom(days, micros(getUnsigned(reader.bytes, offset, size))),
        offset: reader.view.getInt16(offset + size + 3, true),
      };
    },
  };
}

function sizeOf(scale: number): number {
  if (scale > 7) throw new ProtocolError(`time scale ${scale}`);
  return timeBytes(scale);
}

function expectLength(type: string, length: number, expected: number): void {
  if (length !== expected) throw new ProtocolError(`${type} value of ${length} bytes, ${expected} belong`);
}
