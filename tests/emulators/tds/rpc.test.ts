import { ByteWriter } from '../../../emulators/tds/byte-writer.ts';
import { SQL_LATIN1 } from '../../../emulators/tds/collation.ts';
import { type Call, parseRpc } from '../../../emulators/tds/rpc.ts';
import { encoderOf } from '../../../emulators/tds/types/encoder.ts';
import type { SqlType, SqlValue } from '../../../emulators/tsql/sql-type.ts';

interface Sent {
  readonly name?: string;
  readonly status?: number;
  readonly type: SqlType;
  readonly value: SqlValue;
}

function message(...calls: (readonly [procedure: string | number, parameters: readonly Sent[]])[]): Buffer {
  const writer = new ByteWriter();
  writer.uint32(4); // ALL_HEADERS, empty
  calls.forEach(([procedure, parameters], i) => {
    if (i > 0) writer.uint8(0xff);
    if (typeof procedure === 'string') writer.longText(procedure);
    else {
      writer.uint16(0xffff);
      writer.uint16(procedure);
    }
    writer.uint16(0);
    for (const parameter of parameters) {
      writer.shortText(parameter.name ?? '');
      writer.uint8(parameter.status ?? 0);
      const encoder = encoderOf(parameter.type, SQL_LATIN1);
      encoder.typeInfo(writer);
      encoder.write(writer, parameter.value);
    }
  });
  return writer.bytes.subarray(0, writer.length);
}

const read = (body: Buffer): Call[] => Array.from(parseRpc(body, SQL_LATIN1));
const int: SqlType = { name: 'int' };

test('several calls in a message', () => {
  expect(
    read(
      message(
        [
          'dbo.p',
          [
            { name: '@a', type: int, value: 1 },
            { name: '@b', status: 1, type: int, value: null },
          ],
        ],
        [10, [{ type: { name: 'nvarchar', length: 20 }, value: 'select 1' }]],
        ['q', []],
      ),
    ),
  ).toEqual([
    {
      procedure: 'dbo.p',
      noMetadata: false,
      more: true,
      parameters: [
        { name: '@a', type: int, value: 1, output: false },
        { name: '@b', type: int, value: null, output: true },
      ],
    },
    {
      procedure: 'sp_executesql',
      noMetadata: false,
      more: true,
      parameters: [{ name: '', type: { name: 'nvarchar', length: 20 }, value: 'select 1', output: false }],
    },
    { procedure: 'q', noMetadata: false, more: false, parameters: [] },
  ]);
});

test.each([
  [1, 'sp_cursor'],
  [2, 'sp_cursoropen'],
  [7, 'sp_cursorfetch'],
  [9, 'sp_cursorclose'],
  [11, 'sp_prepare'],
  [12, 'sp_execute'],
  [13, 'sp_prepexec'],
  [15, 'sp_unprepare'],
])('procedure id %i is %s', (id, name) => {
  expect(read(message([id, []]))[0]!.procedure).toBe(name);
});

test('a parameter whose default is asked for is left out', () => {
  const [call] = read(
    message([
      'p',
      [
        { name: '@a', status: 2, type: int, value: null },
        { name: '@b', type: int, value: 2 },
      ],
    ]),
  );
  expect(call!.parameters).toEqual([{ name: '@b', type: int, value: 2, output: false }]);
  expect(() => read(message(['p', [{ status: 2, type: int, value: null }]]))).toThrow(/does not implement DEFAULT/);
});

test('decimals as short as drivers make them', () => {
  // @d, no flags, decimal(38,3), a value of three bytes: the sign and 0x3039
  const parameter = Buffer.from('0240006400006a11260303013930', 'hex');
  expect(read(Buffer.concat([message(['p', []]), parameter]))[0]!.parameters).toEqual([
    { name: '@d', type: { name: 'decimal', precision: 38, scale: 3 }, value: 12_345n, output: false },
  ]);
});

test.each([
  ['an unknown procedure id', message([99, []]), 'procedure id 99'],
  ['headers longer than the message', Buffer.from([255, 0, 0, 0]), 'ALL_HEADERS'],
])('%s is malformed', (_, body, text) => {
  expect(() => read(body)).toThrow(text);
});
