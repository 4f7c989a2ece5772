import { notImplemented } from '../tsql/sql-error.ts';
import type { ByteWriter } from './byte-writer.ts';

/** What char, varchar and text are encoded in on the wire (MS-TDS 2.2.5.1.2). */
export interface Collation {
  readonly name: string;
  /** LCID (20 bits), flags (8), version (4), sort id (8). */
  readonly bytes: Uint8Array;
  readonly encoding: 'windows-1252' | 'utf-8';
}

/** Azure SQL Database's default. */
export const SQL_LATIN1: Collation = {
  name: 'SQL_Latin1_General_CP1_CI_AS',
  bytes: Uint8Array.of(0x09, 0x04, 0xd0, 0x00, 0x34),
  encoding: 'windows-1252',
};

/** What Synapse serverless recommends for files, whose text is UTF-8. */
export const LATIN1_UTF8: Collation = {
  name: 'Latin1_General_100_CI_AS_SC_UTF8',
  bytes: Uint8Array.of(0x09, 0x04, 0xd0, 0x24, 0x00),
  encoding: 'utf-8',
};

const FLAG_UTF8 = 0x04;

/** Code pages by the low 16 bits of the LCID; 1252 is the rule. */
// biome-ignore format: a table
const ENCODING_BY_LCID: Readonly<Record<number, string>> = {
  1025: 'windows-1256', 1056: 'windows-1256', 1065: 'windows-1256',
  1028: 'big5', 3076: 'big5', 5124: 'big5',
  1029: 'windows-1250', 1038: 'windows-1250', 1045: 'windows-1250', 1048: 'windows-1250', 1050: 'windows-1250',
  1051: 'windows-1250', 1052: 'windows-1250', 1060: 'windows-1250',
  1032: 'windows-1253', 1037: 'windows-1255', 1041: 'shift_jis', 1042: 'euc-kr',
  1049: 'windows-1251', 1058: 'windows-1251', 1071: 'windows-1251', 1087: 'windows-1251', 2074: 'windows-1250',
  1054: 'windows-874', 1055: 'windows-1254', 1061: 'windows-1257', 1062: 'windows-1257', 1063: 'windows-1257',
  1066: 'windows-1258', 2052: 'gbk', 4100: 'gbk',
};

/** Ranges of sort ids [from, to, encoding] of the SQL_ collations; those below 50 are the DOS code pages 437 and 850. */
const ENCODING_BY_SORT_ID: readonly (readonly [number, number, string | null])[] = [
  [1, 49, null],
  [50, 75, 'windows-1252'],
  [80, 98, 'windows-1250'],
  [104, 108, 'windows-1251'],
  [112, 124, 'windows-1253'],
  [128, 130, 'windows-1254'],
  [136, 138, 'windows-1255'],
  [144, 146, 'windows-1256'],
  [152, 160, 'windows-1257'],
  [183, 186, 'windows-1252'],
  [192, 193, 'shift_jis'],
  [194, 195, 'euc-kr'],
  [196, 197, 'big5'],
  [198, 199, 'gbk'],
];

/** The reader of text in the collation a client names for its parameter or bulk column. All zero means the server's own. */
export function textDecoder(bytes: Uint8Array, server: Collation): (data: Buffer) => string {
  if (bytes.every((byte) => byte === 0)) return DECODERS[server.encoding];
  if ((bytes[3]! & FLAG_UTF8) !== 0) return DECODERS['utf-8'];
  const encoding = encodingOf(bytes);
  if (encoding === 'windows-1252') return DECODERS['windows-1252'];
  const decoder = new TextDecoder(encoding);
  return (data) => decoder.decode(data);
}

function encodingOf(bytes: Uint8Array): string {
  const sortId = bytes[4]!;
  if (sortId === 0) return ENCODING_BY_LCID[bytes[0]! | (bytes[1]! << 8)] ?? 'windows-1252';
  const range = ENCODING_BY_SORT_ID.find(([from, to]) => sortId >= from && sortId <= to);
  if (range?.[2] == null) throw notImplemented(`text in the code page of sort id ${sortId}`);
  return range[2];
}

/** The 32 code points where Windows-1252 is not Latin-1: bytes 0x80 to 0x9F. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
const BYTE_OF = new Map(Array.from(WINDOWS_1252, (character, i) => [character.charCodeAt(0), 0x80 + i]));
const QUESTION_MARK = 0x3f;

const DECODERS: Readonly<Record<Collation['encoding'], (data: Buffer) => string>> = {
  'utf-8': (data) => data.toString('utf8'),
  'windows-1252': (data) => {
    const text = data.toString('latin1');
    return /[\x80-\x9f]/.test(text)
      ? text.replace(/[\x80-\x9f]/g, (control) => WINDOWS_1252[control.charCodeAt(0) - 0x80]!)
      : text;
  },
};

/** Bytes that `text` takes in the collation. */
export function encodedLength(text: string, collation: Collation): number {
  return collation.encoding === 'utf-8' ? Buffer.byteLength(text) : text.length;
}

/** Writes text of `length` encoded bytes. Characters the code page lacks become question marks, as on the server. */
export function writeEncoded(writer: ByteWriter, text: string, length: number, collation: Collation): void {
  let offset = writer.claim(length);
  const bytes = writer.bytes;
  if (collation.encoding === 'utf-8') {
    bytes.write(text, offset, length, 'utf8');
    return;
  }
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    bytes[offset++] = unit < 0x80 || (unit >= 0xa0 && unit <= 0xff) ? unit : (BYTE_OF.get(unit) ?? QUESTION_MARK);
  }
}
