import fc from 'fast-check';
import { differences } from '../../../src/data-factory/compare.ts';
import type { Json } from '../../../src/data-factory/json.ts';

const json = fc.jsonValue().map((value) => value as Json);

test('a value differs from itself nowhere, whatever the order of its members', () => {
  const reversed = (value: Json): Json =>
    Array.isArray(value)
      ? value.map(reversed)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, item]) => [key, reversed(item as Json)]),
          )
        : value;
  fc.assert(fc.property(json, (value) => expect(differences(value, reversed(value))).toEqual([])));
});

test('differences go both ways', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      const turned = differences(b, a).map(({ path }) => path);
      expect(
        differences(a, b)
          .map(({ path }) => path)
          .sort(),
      ).toEqual(turned.sort());
    }),
  );
});

test.each<[string, Json, Json, string[]]>([
  ['the order of an array matters', { a: [1, 2] }, { a: [2, 1] }, ['a[0]', 'a[1]']],
  ['no annotations are as good as none', { annotations: [] }, {}, []],
  ['text is not a number', { a: '1' }, { a: 1 }, ['a']],
  ['integers are exact', { a: 638000000000000001n }, { a: 638000000000000002n }, ['a']],
  ['the service’s own credential is its own', { t: { encryptedCredential: 'x' } }, { t: {} }, []],
  [
    'a secret can only differ as a whole',
    { p: { type: 'SecureString', value: 'a' } },
    { p: { type: 'SecureString', value: 'b' } },
    ['p'],
  ],
])('%s', (_name, before, after, paths) => {
  expect(differences(before, after).map(({ path }) => path)).toEqual(paths);
});
