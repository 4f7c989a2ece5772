import { ByteWriter } from '../../../../emulators/tds/byte-writer.ts';
import { SQL_LATIN1 } from '../../../../emulators/tds/collation.ts';
import { writeColMetadata, writeNoMetadata } from '../../../../emulators/tds/tokens/col-metadata.ts';
import { encoderOf } from '../../../../emulators/tds/types/encoder.ts';
import type { Column } from '../../../../emulators/tsql/sql-type.ts';

const column = (name: string, hidden = false): Column => ({ name, type: { name: 'int' }, nullable: false, hidden });

function bytes(write: (writer: ByteWriter) => void): string {
  const writer = new ByteWriter();
  write(writer);
  return Buffer.from(writer.bytes.subarray(0, writer.length)).toString('hex');
}

function metadata(columns: readonly Column[]): string {
  const encoders = columns.map((each) => encoderOf(each.type, SQL_LATIN1));
  return bytes((writer) => writeColMetadata(writer, columns, encoders));
}

test('a hidden column is told in TABNAME and COLINFO after the columns', () => {
  expect(metadata([column('a'), column('s', true)])).toMatch(/a40000a50600010004020010$/);
});

test('without one there is neither', () => {
  expect(metadata([column('a')])).not.toContain('a40000a5');
});

test('no metadata', () => {
  expect(bytes(writeNoMetadata)).toBe('81ffff');
});
