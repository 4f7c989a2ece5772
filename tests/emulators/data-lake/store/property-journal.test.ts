import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPropertyJournal } from '../../../../emulators/data-lake/store/property-journal.ts';

let folder: string;
const file = () => join(folder, 'properties.jsonl');
const open = (...present: string[]) => openPropertyJournal(file(), async () => new Set(present));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the last word counts, also after a kill in the middle of a line', async () => {
  const journal = await open();
  await journal.set('a', { contentType: 'text/plain' });
  await journal.set('a', { contentType: 'text/csv' });
  await journal.set('b', { metadata: { k: 'v' } });
  await journal.delete('b');
  await appendFile(file(), '{"identity":"a","properties":{"conte');
  const again = await open('a', 'b');
  expect(again.get('a')).toEqual({ contentType: 'text/csv' });
  expect(again.get('b')).toBeUndefined();
});

test('what belongs to nothing any more is dropped at start, and changes are folded together', async () => {
  const journal = await open();
  for (let i = 0; i < 5; i++) await journal.set('kept', { contentType: `${i}` });
  await journal.set('gone', { contentType: 'x' });
  await journal.set('defaults', { contentType: undefined });
  await open('kept');
  expect(await readFile(file(), 'utf8')).toBe('{"identity":"kept","properties":{"contentType":"4"}}\n');
});
