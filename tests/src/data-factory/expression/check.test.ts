import { check, type ExpressionScope } from '../../../../src/data-factory/expression/index.ts';

const scope: ExpressionScope = {
  parameters: { table: 'string', count: 'int', list: 'array' },
  globalParameters: { jobId: 'string' },
  variables: { rows: 'Array' },
  activities: new Set(['Look up', 'Later']),
  upstream: new Set(['Look up']),
};

test.each([
  'plain @ text',
  "@concat('a', pipeline().parameters.table, pipeline().globalParameters.jobId)",
  "@activity('Look up').output.firstRow.anything[0]?.at.all",
  "@if(greater(pipeline().parameters.count, 1), first(variables('rows')), null)",
  "@pipeline()?.parameters?['table']",
  'x@{pipeline().RunId}y',
])('%s is fine', (text) => {
  expect(check(text, scope)).toEqual([]);
});

test.each([
  ["@concat('a'", "expected ')' or ','", 11],
  ['@conkat(1)', "'conkat' is not defined", 1],
  ['@not()', "'not' expects exactly 1 parameter", 1],
  ['@toUpper(1)', "'text' to be a string; it is an integer", 9],
  ['@add(1, pipeline().parameters.table)', "'summand2' to be a number; it is a string", 29],
  [
    '@pipeline().parameters.tabel',
    "The pipeline parameter 'tabel' is not declared; known are 'table', 'count', 'list'.",
    22,
  ],
  ['@pipeline().globalParameters.job', "The global parameter 'job' is not declared", 28],
  ['@pipeline().Name', "pipeline()'s property 'Name' is not declared", 11],
  ["@variables('row')", "names no variable of this pipeline; known are 'rows'", 1],
  ["@activity('Lookup').output", "names no activity of this pipeline; known are 'Look up', 'Later'", 1],
  ["@activity('Later').output", 'may not have run here', 1],
  ['@item()', "'item' is not expected at this location", 1],
  ['@dataset().folder', "'dataset' is not expected at this location", 1],
  ['@utcNow().year', 'Property selection is not supported on a string', 9],
  ["@variables('rows')['n']", 'using an integer index', 18],
  ['a @{not(1)}', 'to be a boolean; it is an integer', 8],
])('%s: %s', (text, message, position) => {
  expect(check(text, scope)).toEqual([
    { severity: 'error', message: expect.stringContaining(message), expression: text, position },
  ]);
});

test('what a place needs is compared with what the expression yields', () => {
  expect(check('@pipeline().parameters.list', scope, 'array')).toEqual([]);
  expect(check("@activity('Look up').output.value", scope, 'array')).toEqual([]);
  expect(check('@pipeline().parameters.count', scope, 'array')).toMatchObject([
    { message: 'The expression yields an integer; an array is expected here.' },
  ]);
});

test('all findings of a string are told, not just the first', () => {
  expect(check("@concat(foo(), variables('x'), item())", scope)).toHaveLength(3);
});

test('an expression is no longer than the service allows', () => {
  expect(check(`@concat('${'x'.repeat(8192)}')`, scope)).toMatchObject([
    { message: expect.stringContaining('the limit is 8192') },
  ]);
});
