import { countAll } from '../../../src/medallion/count.ts';
import { scripted } from './scripted-query.ts';

test('several counts are one round trip, exact beyond doubles', async () => {
  const database = scripted(() => [
    { name: 'a', total: '9007199254740993' },
    { name: "b's", total: 2 },
  ]);
  expect(await countAll(database.query, { a: 'SELECT 1', "b's": 'SELECT 2' })).toEqual({
    a: 9007199254740993n,
    "b's": 2n,
  });
  expect(database.asked.map(({ sql }) => sql)).toEqual([
    "SELECT N'a' AS name, (SELECT 1) AS total\nUNION ALL\nSELECT N'b''s' AS name, (SELECT 2) AS total",
  ]);
});

test('NULL counts as none', async () => {
  expect(await countAll(scripted(() => [{ name: 'a', total: null }]).query, { a: 'SELECT NULL' })).toEqual({ a: 0n });
});

test('no counts, no round trip', async () => {
  const database = scripted(() => []);
  expect(await countAll(database.query, {})).toEqual({});
  expect(database.asked).toEqual([]);
});
