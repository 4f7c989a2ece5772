import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../src/environments/load.ts';
import { ConfigurationError } from '../../../src/errors.ts';
import { substitute } from '../../../src/synapse/substitute.ts';

const values = { lake_url: 'https://st.dfs.core.windows.net', other: '$(lake_url) $& $1' };

test.each([
  ["LOCATION = '$(lake_url)/gold'", "LOCATION = 'https://st.dfs.core.windows.net/gold'"],
  ['$(lake_url)$(lake_url)', 'https://st.dfs.core.windows.nethttps://st.dfs.core.windows.net'],
  ['no variables: $ ( ) $lake_url ${ lake_url', 'no variables: $ ( ) $lake_url ${ lake_url'],
  ['a value is not looked into: $(other)', 'a value is not looked into: $(lake_url) $& $1'],
])('%s', (script, result) => {
  expect(substitute('database.sql', script, values)).toBe(result);
});

test('an unknown variable is refused by name, with those that are known', () => {
  expect(() => substitute('database.sql', 'x $(lake) y', values)).toThrow(
    new ConfigurationError('synapse/database.sql: $(lake) is not a variable; known: lake_url, other.'),
  );
});

test('a value that would end the string it stands in is refused', () => {
  expect(() => substitute('database.sql', '$(lake_url)', { lake_url: "x'; DROP DATABASE shop;--" })).toThrow(
    ConfigurationError,
  );
});

test("the repository's scripts use no other variable", () => {
  for (const file of globSync('synapse/*.sql', { cwd: repositoryRoot }))
    expect(() => substitute(file, readFileSync(join(repositoryRoot, file), 'utf8'), { lake_url: 'x' })).not.toThrow();
});
