import fc from 'fast-check';
import {
  ExpressionError,
  evaluateDeep,
  functionNames,
  stringifyJson,
  type Value,
} from '../../../../src/data-factory/expression/index.ts';
import { context, run } from './context.ts';

test('every documented function is there', () => {
  const documented = `concat endsWith guid indexOf lastIndexOf replace split startsWith substring toLower toUpper trim contains empty first
    intersection join last length skip take union and equals greater greaterOrEquals if less lessOrEquals not or array base64
    base64ToBinary base64ToString binary bool coalesce createArray dataUri dataUriToBinary dataUriToString decodeBase64 decodeDataUri
    decodeUriComponent encodeUriComponent float int json string uriComponent uriComponentToBinary uriComponentToString xml xpath add div
    max min mod mul rand range sub addDays addHours addMinutes addSeconds addToTime convertFromUtc convertTimeZone convertToUtc dayOfMonth
    dayOfWeek dayOfYear formatDateTime getFutureTime getPastTime startOfDay startOfHour startOfMonth subtractFromTime ticks utcNow`;
  expect(functionNames).toEqual(expect.arrayContaining(documented.split(/\s+/)));
});

test.each<[string, Value]>([
  // Text: some comparisons look at case, others do not.
  ["@endsWith('hello WORLD', 'world')", true],
  ["@startsWith('Ünder', 'üN')", true],
  ["@indexOf('Hello', 'L')", 2],
  ["@indexOf('abc', 'x')", -1],
  ["@indexOf('abc', '')", 0],
  ["@lastIndexOf('hello hello', 'HELLO')", 6],
  ["@contains('Hello', 'hello')", false],
  ["@replace('aAa', 'a', '$&')", '$&A$&'],
  ["@split('a--b--c', '--')", ['a', 'b', 'c']],
  ["@concat('n=', 1, ' ', 1.5, ' ', true, ' ', null, ' ', createArray('x', 2))", 'n=1 1.5 True  ["x",2]'],
  ["@substring('abc', 3, 0)", ''],
  // Conversions.
  ['@string(true)', 'True'],
  ['@string(null)', ''],
  ['@string(json(\'{"a": [1, 2.50, "x"]}\'))', '{"a":[1,2.5,"x"]}'],
  ["@string(float('1e20'))", '1E+20'],
  ["@string(float('0.00001'))", '1E-05'],
  ["@int('-12')", -12],
  ['@int(2.5)', 2],
  ["@bool('TRUE')", true],
  ['@bool(0)', false],
  ['@array(createArray(1))', [1]],
  ["@json('true')", true],
  ['@base64(json(\'{"a":1}\'))', 'eyJhIjoxfQ=='],
  // Numbers: Integers stay exact and divide towards zero, Floats do not mix up with them.
  ["@div(float('10'), 4)", 2.5],
  ['@div(10, 4)', 2],
  ['@div(-7, 2)', -3],
  ['@mod(-7, 2)', -1],
  ['@add(9007199254740992, 1)', 9007199254740993n],
  ["@sub(ticks('2018-01-01T00:00:00.0000001Z'), ticks('2018-01-01'))", 1],
  ['@equals(1, 1.0)', true],
  ['@max(1, 2.5, -3)', 2.5],
  ['@range(5, 0)', []],
  // Collections.
  ["@contains(json('{\"a\":null}'), 'a')", true],
  ['@contains(createArray(1, 2), 2.0)', true],
  ["@empty(json('{}'))", true],
  ['@empty(null)', true],
  ['@first(skip(createArray(1), 1))', null],
  ['@union(json(\'{"a":1,"b":1}\'), json(\'{"b":2}\'))', { a: 1, b: 2 }],
  ['@intersection(json(\'{"a":1,"b":1}\'), json(\'{"b":2}\'))', { b: 2 }],
  ["@union(createArray(1, '1', true, 'True'), createArray(1.0, null))", [1, '1', true, 'True', null]],
  ["@length('añ')", 2],
  // What is not needed is not evaluated.
  ["@if(true, 'yes', div(1, 0))", 'yes'],
  ['@and(false, div(1, 0))', false],
  ['@or(true, missing())', true],
  // The run.
  [
    "@concat(pipeline().Pipeline, '/', pipeline().globalParameters.region, '/', item().table_name)",
    'pl_orders/we/payments',
  ],
  ["@activity('Look up').output.value[1].n", 2],
  ["@length(variables('rows'))", 3],
  ['@trigger().startTime', '2026-01-31T10:00:00Z'],
  ['@triggerBody().fileName', 'a.csv'],
  // Dates.
  ["@formatDateTime(pipeline().TriggerTime, 'yyyy/MM/dd HH:mm:ss.fffffff')", '2026/01/31 10:00:00.1234567'],
  ["@addToTime('2024-01-31T00:00:00Z', 1, 'month', 'd')", '2/29/2024'],
  ["@formatDateTime('2018-03-15T13:05:00+02:00')", '2018-03-15T11:05:00.0000000Z'],
  ["@formatDateTime('2018-03-15T13:05:00Z', 't')", '1:05 PM'],
  ["@convertToUtc('2018-11-04T01:30:00', 'Pacific Standard Time')", '2018-11-04T09:30:00.0000000Z'],
  ["@convertFromUtc('2018-07-01T00:00:00Z', 'W Europe Standard Time', 'HH:mm')", '02:00'],
  // XML.
  ['@xpath(xml(\'<a><b c="1"/><b c="2"/></a>\'), \'//b/@c\')', ['1', '2']],
  ["@string(xpath(xml('<a><b>1</b></a>'), '/a/b'))", '<b>1</b>'],
  ["@xpath(xml('<a/>'), '/a/b')", []],
  ['@string(xml(json(\'{"a b":{"@id":"<","#text":"x"}}\')))', '<a_x0020_b id="&lt;">x</a_x0020_b>'],
])('%s', (expression, value) => {
  expect(run(expression)).toEqual(value);
});

test.each([
  ['@foo(1)', "The template function 'foo' is not defined or not valid.", 1, 'foo'],
  ["@concat('a', foo(1))", "The template function 'foo' is not defined", 13, 'foo'],
  ["@substring('abc')", "'substring' expects exactly 3 parameters: substring(text: string", 1, 'substring'],
  [
    '@toUpper(1)',
    "'toUpper' expects its parameter to be a string. The provided value is of type 'Integer'.",
    1,
    'toUpper',
  ],
  ["@substring('abc', 2, 5)", "'length' is 5; from index 2 the text has 1 characters", 1, 'substring'],
  ["@greater('a', 1)", "values of type 'String' and 'Integer' that do not match", 1, 'greater'],
  ['@length(null)', "to be an array or a string. The provided value is of type 'Null'", 1, 'length'],
  ['@div(1, 0)', 'cannot divide by zero', 1, 'div'],
  ['@mul(9223372036854775807, 2)', 'too large or too small for an Integer', 1, 'mul'],
  ["@int('1.5')", '"1.5" of type \'String\' cannot be converted: expected an integer', 1, 'int'],
  ["@base64ToString('%')", 'expected text in Base64', 1, 'base64ToString'],
  ["@json('{')", "'json' parameter is not valid", 1, 'json'],
  ["@xml('<a>')", 'not well-formed XML: unclosed xml tag', 1, 'xml'],
  ['@xml(json(\'{"a":1,"b":2}\'))', '2 root elements', 1, 'xml'],
  ["@xpath(xml('<a/>'), '//[')", 'the XPath "//[" cannot be evaluated', 1, 'xpath'],
  ["@formatDateTime('yesterday')", "date time string 'yesterday' was not valid", 1, 'formatDateTime'],
  ["@formatDateTime('2018-03-15', 'q')", 'The date format "q" is not valid', 1, 'formatDateTime'],
  [
    "@convertFromUtc('2018-03-15', 'Mars Standard Time')",
    "The time zone 'Mars Standard Time' is not valid",
    1,
    'convertFromUtc',
  ],
  ["@convertToUtc('2018-03-11T02:30:00', 'Pacific Standard Time')", 'the clocks skip it', 1, 'convertToUtc'],
  ["@addToTime('2018-03-15', 1, 'Decade')", "The time unit 'Decade' is not valid", 1, 'addToTime'],
  ["@addDays('9999-12-31', 1)", 'years go from 1 to 9999', 1, 'addDays'],
  ["@activity('Other').output", "'Other' is not defined in the template, or has not run", 1, 'activity'],
  ["@variables('other')", "The variable 'other' is not defined", 1, 'variables'],
  ['@dataset().folder', "The template function 'dataset' is not expected at this location.", 1, 'dataset'],
  [
    "@activity('Look up').output.rows",
    "cannot be evaluated because property 'rows' doesn't exist, available properties are 'firstRow, value, count'.",
    27,
    undefined,
  ],
  ["@activity('Look up').output.value[2]", "array index '2' is outside bounds (0, 1) of array", 33, undefined],
  [
    "@activity('Look up').output.value['n']",
    'Array elements can only be selected using an integer index.',
    33,
    undefined,
  ],
  ['@pipeline().Pipeline.length', "Property selection is not supported on values of type 'String'", 20, undefined],
  [
    "@if('true', 1, 2)",
    "'if' expects its first parameter to be of type 'Boolean'. The provided value is of type 'String'",
    1,
    'if',
  ],
])('%s is refused', (expression, message, position, functionName) => {
  const fault = catchFault(expression);
  expect(fault.reason).toContain(message);
  expect(fault).toMatchObject({ expression, position, functionName });
  expect(fault.message).toContain(`(at position ${position} of ${JSON.stringify(expression)})`);
});

test('evaluateDeep replaces strings and Expression objects at any depth, and nothing else', () => {
  const body = {
    '@key': 1,
    path: "@concat('bronze/', item().table_name)",
    query: { type: 'Expression', value: '@pipeline().parameters.list' },
    text: { type: 'Expression', value: 'plain' },
    nested: [{ on: '@{pipeline().parameters.count}' }, '@@x', null, 5],
    big: 638000000000000001n,
  };
  expect(evaluateDeep(body, context)).toEqual({
    '@key': 1,
    path: 'bronze/payments',
    query: [1, 2],
    text: 'plain',
    nested: [{ on: '42' }, '@x', null, 5],
    big: 638000000000000001n,
  });
});

test('a member called __proto__ is a member', () => {
  expect(stringifyJson(run('@json(\'{"__proto__":{"a":1}}\')'))).toBe('{"__proto__":{"a":1}}');
  expect(() => run("@json('{}').constructor")).toThrow("property 'constructor' doesn't exist");
});

test('codings undo each other', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const quoted = `'${text.replaceAll("'", "''")}'`;
      for (const round of [
        `@uriComponentToString(uriComponent(${quoted}))`,
        `@base64ToString(base64(${quoted}))`,
        `@dataUriToString(dataUri(${quoted}))`,
        `@string(base64ToBinary(base64(${quoted})))`,
      ])
        expect(run(round)).toBe(text);
    }),
  );
});

test('adding and taking away the same time changes nothing', () => {
  const units = fc.constantFrom('Second', 'Minute', 'Hour', 'Day', 'Week');
  const date = fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(date, fc.integer({ min: -5000, max: 5000 }), units, (at, count, unit) => {
      const text = at.toISOString();
      expect(run(`@subtractFromTime(addToTime('${text}', ${count}, '${unit}'), ${count}, '${unit}')`)).toBe(
        text.replace('Z', '0000Z'),
      );
    }),
  );
});

test('an integer is exact whatever its size', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
      fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n - 1n }),
      (a, b) => {
        expect(BigInt(run(`@add(${a}, ${b})`) as bigint)).toBe(a + b);
      },
    ),
  );
});

function catchFault(expression: string): ExpressionError {
  try {
    run(expression);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`${expression} was accepted`);
}
