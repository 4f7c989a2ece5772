import fc from 'fast-check';
import { ExpressionError, parseTemplate } from '../../../../src/data-factory/expression/index.ts';
import { run } from './context.ts';

test.each([
  ['', ''],
  ['parameters', 'parameters'],
  ['parameters[1]', 'parameters[1]'],
  ['@@', '@'],
  [' @', ' @'],
  [' @pipeline().Pipeline', ' @pipeline().Pipeline'],
  ['a@@b', 'a@@b'],
  ['@@{x}', '@{x}'],
  ['@@pipeline()', '@pipeline()'],
  ['Answer is: @@{pipeline().parameters.count}', 'Answer is: @{pipeline().parameters.count}'],
])('%j is literal', (text, value) => {
  expect(parseTemplate(text).kind).toBe('literal');
  expect(run(text)).toBe(value);
});

test.each([
  ['@pipeline().parameters.count', 42],
  ['@{pipeline().parameters.count}', '42'],
  ['Answer is: @{pipeline().parameters.count}', 'Answer is: 42'],
  ['@@@{1}', '@1'],
  ['x@{1}@@{2}@{3}y', 'x1@{2}3y'],
  ["@{concat('}', '@{')}!", '}@{!'],
  ["@ concat ( 'a' ,\n 'b' ) ", 'ab'],
  ["@CONCAT('it''s', '')", "it's"],
  ['@-3', -3],
  ['@1e3', 1000],
  ['@.5', 0.5],
  ['@True', true],
  ['@null', null],
  ["@'text'", 'text'],
  ['@9223372036854775807', 9223372036854775807n],
  ["@pipeline()['parameters']['odd name']", true],
  ["@activity('Look up').output[pipeline().parameters.key].id", 7],
  ["@activity('Look up')?.output?['missing']?.deeper", null],
  ['@json(\'{"x-ms-id":1}\').x-ms-id', 1],
])('%j reads', (text, value) => {
  expect(run(text)).toEqual(value);
});

test.each([
  ['@', 1, 'expected a function call'],
  ['@concat(', 8, 'expected a function call'],
  ["@concat('a'", 11, "expected ')' or ','"],
  ["@concat('a' 'b')", 12, "expected ')' or ','"],
  ["@concat('a)", 8, 'no closing quote'],
  ['@concat("a")', 8, "quoted with '"],
  ['@table', 1, "'table' is not a function call"],
  ['@pipeline().', 12, "a property's name"],
  ['@pipeline()[0', 13, "expected ']'"],
  ['@pipeline()}', 11, "no '@{' to close"],
  ['a @{pipeline()', 14, "expected '}'"],
  ['@equals(1,1) and 2', 13, 'the end of the expression'],
])('%j is refused at %d', (text, position, message) => {
  const fault = catchFault(() => parseTemplate(text));
  expect(fault).toMatchObject({ expression: text, position });
  expect(fault.message).toContain(message);
});

test('expressions nest to a limit, not to the end of the stack', () => {
  expect(run(`@${'not('.repeat(200)}true${')'.repeat(200)}`)).toBe(true);
  expect(catchFault(() => parseTemplate(`@${'not('.repeat(9000)}true${')'.repeat(9000)}`)).message).toContain(
    'nest at most',
  );
});

test('any text survives as a string literal, and as interpolated text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const quoted = `'${text.replaceAll("'", "''")}'`;
      expect(run(`@${quoted}`)).toBe(text);
      expect(run(`<@{${quoted}}>`)).toBe(`<${text}>`);
    }),
  );
});

test('any text either reads or is refused with a position inside of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'@{}()[].?,\'ab1 -"\n') }), (text) => {
      try {
        parseTemplate(`@${text}`);
      } catch (error) {
        expect(error).toBeInstanceOf(ExpressionError);
        expect((error as ExpressionError).position).toBeGreaterThanOrEqual(0);
        expect((error as ExpressionError).position).toBeLessThanOrEqual(text.length + 1);
      }
    }),
  );
});

function catchFault(act: () => unknown): ExpressionError {
  try {
    act();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error('expected an ExpressionError');
}
