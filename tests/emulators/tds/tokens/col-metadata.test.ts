import { ByteWriter } from '../../../../emulators/tds/byte-writer.ts';
import { SQL_LATIN1 } from '../../../../emulators/tds/collation.ts';
import { writeColMetadata } from '../../../../emulators/tds/tokens/col-metadata.ts';
import { encoderOf } from '../../../../emulators/tds/types/encoder.ts';
import type { Column } from '../../../../emulators/tsql/sql-type.ts';

/** MS-TDS 2.2.7.4: fNullable 0x01, usUpdateable 0x04 (read and write) or 0x08 (unknown), fIdentity 0x10. */
test.each<[string, Partial<Column>, number]>([
  ['a column', {}, 0x08],
  ['a nullable one', { nullable: true }, 0x09],
  ['an identity, which nobody may write', { identity: true }, 0x10],
])('flags of %s', (_, given, flags) => {
  const column: Column = { name: 'c', type: { name: 'int' }, nullable: false, ...given };
  const writer = new ByteWriter();
  writeColMetadata(writer, [column], [encoderOf(column.type, SQL_LATIN1)]);
  // Token, count, user type, flags.
  expect(Buffer.from(writer.bytes).readUInt16LE(1 + 2 + 4)).toBe(flags);
});
