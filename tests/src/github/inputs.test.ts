import { ConfigurationError } from '../../../src/errors.ts';
import { flag, instant, integer, json, requiredText, text } from '../../../src/github/inputs.ts';

/** As the runner hands an input over. */
const given = (value: string): void => {
  process.env['INPUT_BATCH-ID'] = value;
};
afterEach(() => {
  delete process.env['INPUT_BATCH-ID'];
});

test.each(['', '   '])("an input that is '%s' is empty", (value) => {
  given(value);
  expect(text('batch-id')).toBeUndefined();
  expect(integer('batch-id', { minimum: 1, maximum: 9 })).toBeUndefined();
  expect(instant('batch-id')).toBeUndefined();
  expect(flag('batch-id')).toBe(false);
  expect(json('batch-id')).toEqual({});
  expect(() => requiredText('batch-id')).toThrow("input 'batch-id' is required and is empty.");
});

test('an input that is not there is empty', () => {
  expect(text('batch-id')).toBeUndefined();
});

test.each([
  [() => text('batch-id'), ' monday ', 'monday'],
  [() => requiredText('batch-id'), 'monday', 'monday'],
  [() => integer('batch-id', { minimum: 1, maximum: 9 }), '9', 9],
  [() => flag('batch-id'), 'true', true],
  [() => json('batch-id'), '{"a": 1}', { a: 1 }],
  [() => instant('batch-id'), '2026-02-01T00:00:00Z', new Date('2026-02-01T00:00:00Z')],
])('%p of %p', (read, value, result) => {
  given(value);
  expect(read()).toEqual(result);
});

test.each([
  [
    () => integer('batch-id', { minimum: 1, maximum: 9 }),
    '10',
    "input 'batch-id' is '10'; expected a whole number from 1 to 9.",
  ],
  [() => flag('batch-id'), 'yes', "input 'batch-id' is 'yes'; expected true or false."],
  [() => json('batch-id'), '[1]', 'input \'batch-id\' is \'[1]\'; expected a JSON object such as {"name": "value"}.'],
  [
    () => instant('batch-id'),
    'today',
    "input 'batch-id' is 'today'; expected an instant in UTC such as 2026-02-01T00:00:00Z.",
  ],
])('%p of %p is refused by name, with the value and what was expected', (read, value, message) => {
  given(value);
  expect(read).toThrow(new ConfigurationError(message));
});
