import { notImplemented } from '../tsql/sql-error.ts';
import { skipAllHeaders } from './all-headers.ts';
import { ByteReader } from './byte-reader.ts';

/** A transaction-manager request (MS-TDS 2.2.7.17). `isolation` 0 keeps the session's; 1 to 5 as in the spec. */
export type TransactionRequest =
  | { readonly kind: 'begin'; readonly name: string; readonly isolation: number }
  | {
      readonly kind: 'commit' | 'rollback';
      readonly name: string;
      readonly next: { name: string; isolation: number } | null;
    }
  | { readonly kind: 'save'; readonly name: string };

const BEGIN = 5;
const COMMIT = 7;
const ROLLBACK = 8;
const SAVE = 9;
const FLAG_BEGIN_NEXT = 0x01;

/** Throws SqlError for what belongs to distributed transactions, Shortfall when cut short. */
export function parseTransactionRequest(body: Buffer): TransactionRequest {
  const reader = new ByteReader(body);
  skipAllHeaders(reader);
  const type = reader.uint16();
  switch (type) {
    case BEGIN: {
      const isolation = reader.uint8();
      return { kind: 'begin', isolation, name: readName(reader) };
    }
    case COMMIT:
    case ROLLBACK: {
      const name = readName(reader);
      const flags = reader.left > 0 ? reader.uint8() : 0;
      const next = (flags & FLAG_BEGIN_NEXT) === 0 ? null : { isolation: reader.uint8(), name: readName(reader) };
      return { kind: type === COMMIT ? 'commit' : 'rollback', name, next };
    }
    case SAVE:
      return { kind: 'save', name: readName(reader) };
    default:
      throw notImplemented(`transaction-manager request ${type} (distributed transactions)`);
  }
}

function readName(reader: ByteReader): string {
  const bytes = reader.uint8();
  return reader.utf16(bytes >> 1);
}
