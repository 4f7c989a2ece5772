import { ByteWriter } from '../../../../emulators/tds/byte-writer.ts';
import { SQL_LATIN1 } from '../../../../emulators/tds/collation.ts';
import { writeColMetadata, writeNoMetadata } from '../../../../emulators/tds/tokens/col-metadata.ts';
import { encoderOf } from '../../../../emulators/tds/types/encoder.ts';
import type { Column } from '../../../../emulators/tsql/sql-type.ts';

const column = (given: Partial<Column> = {}): Column => ({
  name: 'c',
  type: { name: 'int' },
  nullable: false,
  ...given,
});

function bytes(write: (writer: ByteWriter) => void): Buffer {
  const writer = new ByteWriter();
  write(writer);
  return Buffer.from(writer.bytes.subarray(0, writer.length));
}

function metadata(columns: readonly Column[]): Buffer {
  const encoders = columns.map((each) => encoderOf(each.type, SQL_LATIN1));
  return bytes((writer) => writeColMetadata(writer, columns, encoders));
}

/** MS-TDS 2.2.7.4: fNullable 0x01, usUpdateable 0x04 (read and write) or 0x08 (unknown), fIdentity 0x10. */
test.each<[string, Partial<Column>, number]>([
  ['a column', {}, 0x08],
  ['a nullable one', { nullable: true }, 0x09],
  ['an identity, which nobody may write', { identity: true }, 0x10],
])('flags of %s', (_, given, flags) => {
  // Token, count, user type, flags.
  expect(metadata([column(given)]).readUInt16LE(1 + 2 + 4)).toBe(flags);
});

test('a hidden column is told in TABNAME and COLINFO after the columns', () => {
  expect(metadata([column(), column({ hidden: true })]).toString('hex')).toMatch(/a40000a50600010004020010$/);
});

test('without one there is neither', () => {
  expect(metadata([column()]).toString('hex')).not.toContain('a40000a5');
});

test('no metadata', () => {
  expect(bytes(writeNoMetadata).toString('hex')).toBe('81ffff');
});
