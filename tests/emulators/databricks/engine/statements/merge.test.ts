import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Session } from '../../../../../emulators/databricks/engine/index.ts';
import { type EngineWorld, startEngine } from '../../harness.ts';

let world: EngineWorld;
let session: Session;
beforeAll(async () => {
  world = await startEngine();
  session = await world.engine.session();
  await session.execute('create schema silver');
});
afterAll(async () => {
  session.close();
  await world.close();
});

const at = (table: string): string => `abfss://silver@shop.dfs.core.windows.net/${table}`;
const create = (table: string): string =>
  `create or replace table silver.${table} (id bigint, v int, note string) using delta location '${at(table)}'`;
const logOf = (table: string): string[] =>
  readdirSync(join(world.folder, 'lake', 'silver', table, '_delta_log')).filter((name) => name.endsWith('.json'));

interface Row {
  readonly id: number;
  readonly v: number;
  readonly remove: boolean;
}

/** What MERGE ... WHEN MATCHED AND remove DELETE, WHEN MATCHED AND newer UPDATE, WHEN NOT MATCHED AND NOT remove INSERT means. */
function applyModel(model: Map<number, number>, source: readonly Row[]): void {
  for (const { id, v, remove } of source) {
    const present = model.get(id);
    if (present === undefined) {
      if (!remove) model.set(id, v);
    } else if (remove) model.delete(id);
    else if (v > present) model.set(id, v);
  }
}

test('any sequence of merges leaves what an in-memory model leaves', async () => {
  const row = fc.record({
    id: fc.integer({ min: 0, max: 30 }),
    v: fc.integer({ min: 0, max: 9 }),
    remove: fc.boolean(),
  });
  const batch = fc.uniqueArray(row, { minLength: 1, maxLength: 12, selector: ({ id }) => id });
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 5 }), async (batches) => {
      await session.execute(create('merged'));
      const model = new Map<number, number>();
      for (const source of batches) {
        applyModel(model, source);
        const values = source.map(({ id, v, remove }) => `(${id}, ${v}, ${remove})`).join(', ');
        await session.execute(`merge into silver.merged t using (select * from values ${values} as s(id, v, remove)) s on t.id = s.id
          when matched and s.remove then delete
          when matched and s.v > t.v then update set v = s.v, note = 'updated'
          when not matched and not s.remove then insert (id, v, note) values (s.id, s.v, 'inserted')`);
      }
      const { rows } = await session.execute('select id, v from silver.merged order by id');
      expect(rows.map(([id, v]) => [Number(id), Number(v)])).toEqual(
        [...model].sort(([left], [right]) => left - right),
      );
    }),
    { numRuns: 12 },
  );
});

test('two source rows for one target row are refused, whatever order they come in', async () => {
  await session.execute(`${create('twice')}; insert into silver.twice values (1, 1, null)`);
  const merge = session.execute(
    'merge into silver.twice t using (values (1, 2), (1, 3)) s(id, v) on t.id = s.id when matched then update set v = s.v',
  );
  await expect(merge).rejects.toMatchObject({ errorClass: 'DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE' });
});

test('only files with changed rows are written anew, and a merge that changes nothing commits nothing', async () => {
  await session.execute(
    `${create('pruned')}; insert into silver.pruned select id, 0, null from range(0, 100); insert into silver.pruned select id, 0, null from range(1000, 1100)`,
  );
  const before = readdirSync(join(world.folder, 'lake', 'silver', 'pruned')).filter((name) =>
    name.endsWith('.parquet'),
  );
  const merge =
    'merge into silver.pruned t using (values (1005, 7)) s(id, v) on t.id = s.id when matched and t.v <> s.v then update set v = s.v';
  const { rows } = await session.execute(merge);
  expect(rows[0]!.slice(0, 2)).toEqual(['1', '1']);
  const after = readdirSync(join(world.folder, 'lake', 'silver', 'pruned')).filter((name) => name.endsWith('.parquet'));
  expect(after.length - before.length).toBe(1);
  const commits = logOf('pruned');
  await session.execute(merge);
  expect(logOf('pruned')).toEqual(commits);
});

test.each([
  ['a condition', 'on t.id = s.nobody when matched then delete'],
  ['an update', 'on t.id = s.id when matched then update set v = s.nobody'],
  ['an insert', 'on t.id = s.id when not matched then insert (id) values (s.nobody)'],
  ['a clause', 'on t.id = s.id when matched and s.nobody > 1 then delete'],
])('%s that cannot be resolved is an error, also when the source is empty', async (_, clauses) => {
  await session.execute(create('unresolved'));
  await expect(
    session.execute(`merge into silver.unresolved t using (select 1 as id where false) s ${clauses}`),
  ).rejects.toThrow('nobody');
});

test('a source without rows changes nothing, except for what is not matched by it', async () => {
  await session.execute(create('unsourced'));
  await session.execute("insert into silver.unsourced values (1, 1, 'a')");
  const none = 'merge into silver.unsourced t using (select 1 as id where false) s on t.id = s.id';
  const before = logOf('unsourced');
  const { columns, rows } = await session.execute(
    `${none} when matched then delete when not matched then insert (id) values (s.id)`,
  );
  expect([columns[0]!.name, rows[0]![0], logOf('unsourced')]).toEqual(['num_affected_rows', '0', before]);
  await session.execute(`${none} when not matched by source then delete`);
  expect((await session.execute('select count(*) from silver.unsourced')).rows).toEqual([['0']]);
});

test('not matched by source, update set *, insert *', async () => {
  await session.execute(`${create('whole')}; insert into silver.whole values (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c')`);
  await session.execute(`merge into silver.whole using (values (2, 20, 'B'), (4, 40, 'D')) s(id, v, note) on silver.whole.id = s.id
    when matched then update set * when not matched then insert *
    when not matched by source and whole.v = 1 then update set note = 'orphan' when not matched by source then delete`);
  expect((await session.execute('select * from silver.whole order by id')).rows).toEqual([
    ['1', '1', 'orphan'],
    ['2', '20', 'B'],
    ['4', '40', 'D'],
  ]);
});

test('of two writers from the same version one wins, the other is told', async () => {
  await session.execute(`${create('raced')}; insert into silver.raced values (1, 1, null)`);
  const other = await world.engine.session();
  const merge = (v: number): string =>
    `merge into silver.raced t using (select 1 as id, ${v} as v, sum(sqrt(id)) as load from range(300000)) s on t.id = s.id when matched then update set v = s.v`;
  const results = await Promise.allSettled([session.execute(merge(2)), other.execute(merge(3))]);
  other.close();
  const failed = results.filter((result) => result.status === 'rejected');
  // They may also have run one after the other; what may not happen is that one is lost in silence.
  for (const failure of failed) expect(failure.reason.errorClass).toBe('DELTA_CONCURRENT_WRITE');
  expect(logOf('raced').length).toBe(4 - failed.length);
});
