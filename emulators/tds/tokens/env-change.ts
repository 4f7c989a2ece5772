import type { ByteWriter } from '../byte-writer.ts';
import type { Collation } from '../collation.ts';

/** ENVCHANGE (MS-TDS 2.2.7.9): what the client has to know about its session. */
const TOKEN = 0xe3;
const Type = {
  database: 1,
  language: 2,
  packetSize: 4,
  collation: 7,
  beginTransaction: 8,
  commitTransaction: 9,
  rollbackTransaction: 10,
  resetAcknowledged: 18,
} as const;

export const LANGUAGE = 'us_english';

export function writeDatabaseChange(writer: ByteWriter, name: string, previous: string): void {
  envChange(writer, Type.database, () => {
    writer.shortText(name);
    writer.shortText(previous);
  });
}

export function writeLanguageChange(writer: ByteWriter): void {
  envChange(writer, Type.language, () => {
    writer.shortText(LANGUAGE);
    writer.shortText('');
  });
}

export function writePacketSizeChange(writer: ByteWriter, bytes: number, previous: number): void {
  envChange(writer, Type.packetSize, () => {
    writer.shortText(String(bytes));
    writer.shortText(String(previous));
  });
}

/** tedious takes a connection that was told no collation as having none, and then refuses varchar parameters. */
export function writeCollationChange(writer: ByteWriter, collation: Collation): void {
  envChange(writer, Type.collation, () => {
    writer.uint8(collation.bytes.length);
    writer.raw(collation.bytes);
    writer.uint8(0);
  });
}

export function writeTransactionBegun(writer: ByteWriter, descriptor: bigint): void {
  envChange(writer, Type.beginTransaction, () => {
    writer.uint8(8);
    writer.uint64(descriptor);
    writer.uint8(0);
  });
}

export function writeTransactionEnded(writer: ByteWriter, outcome: 'commit' | 'rollback', descriptor: bigint): void {
  envChange(writer, outcome === 'commit' ? Type.commitTransaction : Type.rollbackTransaction, () => {
    writer.uint8(0);
    writer.uint8(8);
    writer.uint64(descriptor);
  });
}

export function writeResetAcknowledged(writer: ByteWriter): void {
  envChange(writer, Type.resetAcknowledged, () => {
    writer.uint8(0);
    writer.uint8(0);
  });
}

function envChange(writer: ByteWriter, type: number, values: () => void): void {
  writer.uint8(TOKEN);
  writer.prefixed(() => {
    writer.uint8(type);
    values();
  });
}
