import fc from 'fast-check';
import { ByteReader, Shortfall } from '../../../../emulators/tds/byte-reader.ts';
import { ByteWriter } from '../../../../emulators/tds/byte-writer.ts';
import { LATIN1_UTF8, SQL_LATIN1 } from '../../../../emulators/tds/collation.ts';
import { readTypeInfo } from '../../../../emulators/tds/types/decoder.ts';
import { encoderOf } from '../../../../emulators/tds/types/encoder.ts';
import type { SqlType, SqlValue } from '../../../../emulators/tsql/sql-type.ts';
import { nameOf, TYPES } from './arbitrary.ts';

function write(type: SqlType, values: readonly SqlValue[], collation = SQL_LATIN1): Buffer {
  const writer = new ByteWriter(16);
  const encoder = encoderOf(type, collation);
  encoder.typeInfo(writer);
  for (const value of values) encoder.write(writer, value);
  return writer.bytes.subarray(0, writer.length);
}

function read(bytes: Buffer, count: number, collation = SQL_LATIN1): { type: SqlType; values: SqlValue[] } {
  const reader = new ByteReader(bytes);
  const decoder = readTypeInfo(reader, 'row', collation);
  const values = Array.from({ length: count }, () => decoder.read(reader));
  expect(reader.left).toBe(0);
  return { type: decoder.type, values };
}

test.each(TYPES.map(([type, arbitrary]) => [nameOf(type), type, arbitrary] as const))(
  '%s: what is written is what is read, at any position, NULL too',
  (_, type, arbitrary) => {
    fc.assert(
      fc.property(fc.array(fc.option(arbitrary), { maxLength: 5 }), (values) => {
        expect(read(write(type, values), values.length)).toEqual({ type, values });
      }),
      { numRuns: 30 },
    );
  },
);

test.each(TYPES.map(([type, arbitrary]) => [nameOf(type), type, arbitrary] as const))(
  '%s: bytes that are cut short are a shortfall, never a wrong value',
  (_, type, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (value, part) => {
        const bytes = write(type, [value]);
        const cut = bytes.subarray(0, Math.floor(bytes.length * part));
        expect(() => read(Buffer.from(cut), 1)).toThrow(Shortfall);
      }),
      { numRuns: 10 },
    );
  },
);

test('varchar in a UTF-8 collation holds everything', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const type: SqlType = { name: 'varchar', length: 8000 };
      expect(read(write(type, [text], LATIN1_UTF8), 1, LATIN1_UTF8).values).toEqual([text]);
    }),
  );
});

test('varchar in Windows-1252 turns what it lacks into question marks', () => {
  expect(read(write({ name: 'varchar', length: 20 }, ['Łódź 日本 €']), 1).values).toEqual(['?ód? ?? €']);
});

test('values finer than their type are rounded as the server stores them', () => {
  const second = 1_000_000n;
  expect(read(write({ name: 'datetime' }, [5000n]), 1).values).toEqual([7000n]);
  expect(read(write({ name: 'datetime' }, [24n * 3600n * second - 1n]), 1).values).toEqual([24n * 3600n * second]);
  expect(read(write({ name: 'smalldatetime' }, [90n * second]), 1).values).toEqual([120n * second]);
  expect(read(write({ name: 'datetime2', scale: 3 }, [1_234_567n]), 1).values).toEqual([1_234_000n]);
});

test.each<[SqlType, SqlValue]>([
  [{ name: 'bit' }, 1],
  [{ name: 'tinyint' }, 256],
  [{ name: 'smallint' }, 32_768],
  [{ name: 'int' }, 1.5],
  [{ name: 'int' }, '1'],
  [{ name: 'bigint' }, 2n ** 63n],
  [{ name: 'decimal', precision: 4, scale: 2 }, 10_000n],
  [{ name: 'smallmoney' }, 2n ** 31n],
  [{ name: 'float' }, Number.NaN],
  [{ name: 'real' }, 1e300],
  [{ name: 'varchar', length: 10 }, 'x'.repeat(8001)],
  [{ name: 'nvarchar', length: 10 }, 1],
  [{ name: 'varbinary', length: 10 }, new Uint8Array(8001)],
  [{ name: 'date' }, 3_000_000],
  [{ name: 'time', scale: 7 }, 86_400_000_000n],
  [{ name: 'datetime2', scale: 7 }, 2n ** 62n],
  [{ name: 'datetime' }, -(2n ** 53n)],
  [
    { name: 'datetimeoffset', scale: 7 },
    { micros: 0n, offset: 841 },
  ],
  [{ name: 'uniqueidentifier' }, 'not one'],
])('%j does not hold %p', (type, value) => {
  expect(() => write(type, [value])).toThrow(/^TDS: value .* does not fit type/);
});
