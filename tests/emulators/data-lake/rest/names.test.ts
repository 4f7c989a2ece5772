import { resolve } from 'node:path';
import fc from 'fast-check';
import { StorageError } from '../../../../emulators/data-lake/errors.ts';
import { parsePath, parseTarget } from '../../../../emulators/data-lake/rest/names.ts';
import { locate } from '../../../../emulators/data-lake/store/location.ts';

const nasty = fc.constantFrom(
  '..',
  '.',
  '%2e%2e',
  '%2f',
  '/',
  '\\',
  '%5c',
  '%00',
  '%',
  'a',
  'é',
  '%C3%A9',
  '.data-lake',
  'lake',
);

test('no path leads out of its filesystem', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { maxLength: 8 }), (parts) => {
      try {
        const { filesystem, path } = parseTarget(`/lake/bronze/${parts.join('/')}`, 'lake');
        const { file } = locate('/root', filesystem, path);
        expect(resolve(file)).toBe(file);
        expect(file === '/root/bronze' || file.startsWith('/root/bronze/')).toBe(true);
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['/lake', false, { filesystem: '', path: '' }],
  ['/lake/', false, { filesystem: '', path: '' }],
  ['/lake/bronze/', false, { filesystem: 'bronze', path: '' }],
  ['/lake/bronze/a//b/', false, { filesystem: 'bronze', path: 'a/b' }],
  ['/lake/bronze/a%2Fb%20c', false, { filesystem: 'bronze', path: 'a/b c' }],
  ['/bronze/a', true, { filesystem: 'bronze', path: 'a' }],
  ['/lake/bronze/a', true, { filesystem: 'bronze', path: 'a' }],
  ['/lake/a', true, { filesystem: 'lake', path: 'a' }],
])('%s (account optional: %s)', (rawPath, optional, target) => {
  expect(parseTarget(rawPath, 'lake', optional)).toEqual(target);
});

test.each(['/bronze/a', '/lake/Bronze', '/lake/a', '/lake/a--b', '/lake/-ab', `/lake/bronze/${'a/'.repeat(64)}`])(
  '%s is refused',
  (rawPath) => {
    expect(() => parseTarget(rawPath, 'lake')).toThrow(StorageError);
  },
);

test('a path in a query is held to the same', () => {
  expect(parsePath('/a/b/')).toBe('a/b');
  expect(() => parsePath('a/../b')).toThrow(StorageError);
});
