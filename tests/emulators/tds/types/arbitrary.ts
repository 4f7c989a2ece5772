import fc from 'fast-check';
import type { SqlType, SqlValue } from '../../../../emulators/tsql/sql-type.ts';

const DAY = 86_400_000_000n;
const FIRST_DAY = -719_162;
const LAST_DAY = 2_932_896;

/** Text of the basic plane without lone surrogates, and astral characters. */
const unicode = (max: number) =>
  fc.string({ unit: 'grapheme', maxLength: Math.floor(max / 2) }).map((s) => s.slice(0, max).toWellFormed());
const WINDOWS_1252 = Array.from('azAZ09 \'"\t€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ ¡ÀÿñÖß');
const latin = (max: number) =>
  fc.array(fc.constantFrom(...WINDOWS_1252), { maxLength: max }).map((units) => units.join(''));
const bytes = (max: number) => fc.uint8Array({ maxLength: max }).map((array) => new Uint8Array(array));
const days = fc.integer({ min: FIRST_DAY, max: LAST_DAY });
const scaled = (scale: number, max: bigint) => {
  const unit = 10n ** BigInt(6 - Math.min(scale, 6));
  return fc.bigInt({ min: 0n, max: max / unit - 1n }).map((units) => units * unit);
};

/** Values that each type holds exactly, per type. */
export const TYPES: readonly (readonly [SqlType, fc.Arbitrary<SqlValue>])[] = [
  [{ name: 'bit' }, fc.boolean()],
  [{ name: 'tinyint' }, fc.integer({ min: 0, max: 255 })],
  [{ name: 'smallint' }, fc.integer({ min: -32_768, max: 32_767 })],
  [{ name: 'int' }, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
  [{ name: 'bigint' }, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ...[1, 9, 10, 19, 20, 28, 29, 38].map((precision): readonly [SqlType, fc.Arbitrary<SqlValue>] => [
    { name: 'decimal', precision, scale: Math.min(precision, 4) },
    fc.bigInt({ min: -(10n ** BigInt(precision)) + 1n, max: 10n ** BigInt(precision) - 1n }),
  ]),
  [{ name: 'money' }, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [{ name: 'smallmoney' }, fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n - 1n })],
  [{ name: 'real' }, fc.float({ noNaN: true, noDefaultInfinity: true })],
  [{ name: 'float' }, fc.double({ noNaN: true, noDefaultInfinity: true })],
  [{ name: 'char', length: 10 }, latin(10)],
  [{ name: 'varchar', length: 8000 }, latin(300)],
  [{ name: 'varchar', length: 'max' }, latin(300)],
  [{ name: 'nchar', length: 10 }, unicode(10)],
  [{ name: 'nvarchar', length: 4000 }, unicode(300)],
  [{ name: 'nvarchar', length: 'max' }, unicode(300)],
  [{ name: 'binary', length: 8 }, bytes(8)],
  [{ name: 'varbinary', length: 8000 }, bytes(300)],
  [{ name: 'varbinary', length: 'max' }, bytes(300)],
  [{ name: 'date' }, days],
  ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((scale): (readonly [SqlType, fc.Arbitrary<SqlValue>])[] => [
    [{ name: 'time', scale }, scaled(scale, DAY)],
    [
      { name: 'datetime2', scale },
      fc.tuple(days, scaled(scale, DAY)).map(([day, micros]) => BigInt(day) * DAY + micros),
    ],
    [
      { name: 'datetimeoffset', scale },
      fc
        .tuple(
          fc.integer({ min: FIRST_DAY + 1, max: LAST_DAY - 1 }),
          scaled(scale, DAY),
          fc.integer({ min: -840, max: 840 }),
        )
        .map(([day, micros, offset]) => ({ micros: BigInt(day) * DAY + micros, offset })),
    ],
  ]),
  [
    { name: 'datetime' },
    fc
      .tuple(fc.integer({ min: -79_257, max: LAST_DAY }), fc.integer({ min: 0, max: 300 * 86_400 - 1 }))
      .map(([day, ticks]) => BigInt(day) * DAY + BigInt(Math.round((ticks * 10) / 3)) * 1000n),
  ],
  [
    { name: 'smalldatetime' },
    fc
      .tuple(fc.integer({ min: -25_567, max: 39_968 }), fc.integer({ min: 0, max: 1439 }))
      .map(([day, minutes]) => BigInt(day) * DAY + BigInt(minutes) * 60_000_000n),
  ],
  [{ name: 'uniqueidentifier' }, fc.uuid().map((uuid) => uuid.toUpperCase())],
];

export function nameOf(type: SqlType): string {
  const facets = [type.length, type.precision, type.scale].filter((facet) => facet !== undefined);
  return facets.length === 0 ? type.name : `${type.name}(${facets.join(',')})`;
}
