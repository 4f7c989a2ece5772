import fc from 'fast-check';
import { flag, instant, jsonObject, ratio, wholeNumber } from '../../src/parse.ts';

test.each([
  ['1', 1],
  ['007', 7],
  ['10', 10],
  ['0', undefined],
  ['11', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['1e1', undefined],
  ['', undefined],
  [' 1', undefined],
  ['ten', undefined],
])("'%s' as a whole number from 1 to 10", (text, value) => {
  expect(wholeNumber(1, 10).parse(text)).toBe(value);
});

test.each([
  ['0', 0],
  ['.5', 0.5],
  ['0.25', 0.25],
  ['0.51', undefined],
  ['1e-2', undefined],
  ['-0.1', undefined],
  ['0.', undefined],
])("'%s' as a ratio up to a half", (text, value) => {
  expect(ratio(0, 0.5).parse(text)).toBe(value);
});

test.each([
  ['true', true],
  ['false', false],
  ['True', undefined],
  ['yes', undefined],
])("'%s' as a flag", (text, value) => {
  expect(flag.parse(text)).toBe(value);
});

test.each([
  ['2026-02-01T00:00:00Z', '2026-02-01T00:00:00.000Z'],
  ['2026-02-01T00:00Z', '2026-02-01T00:00:00.000Z'],
  ['2026-02-01T23:59:59.9Z', '2026-02-01T23:59:59.900Z'],
  ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['2026-02-29T00:00:00Z', undefined],
  ['2026-02-30T00:00:00Z', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026-02-01T24:00:00Z', undefined],
  ['2026-02-01T00:00:00', undefined],
  ['2026-02-01T00:00:00+01:00', undefined],
  ['2026-02-01', undefined],
  ['yesterday', undefined],
])("'%s' as an instant", (text, value) => {
  expect(instant.parse(text)?.toISOString()).toBe(value);
});

test('every instant is read back as it was written', () => {
  const dates = fc.date({
    min: new Date('1900-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  fc.assert(fc.property(dates, (date) => expect(instant.parse(date.toISOString())).toEqual(date)));
});

test.each([
  ['{"a": [1, null]}', { a: [1, null] }],
  ['{}', {}],
  ['[]', undefined],
  ['null', undefined],
  ['"a"', undefined],
  ["{'a': 1}", undefined],
  ['', undefined],
])("'%s' as a JSON object", (text, value) => {
  expect(jsonObject.parse(text)).toEqual(value);
});
