import fc from 'fast-check';
import { azureSqlDialect } from '../../../emulators/azure-sql/dialect.ts';
import { start } from '../sql-server/harness.ts';

/** A consumer that applies change rows in order must end with the table. */

const key = fc.integer({ min: 1, max: 8 });
const value = fc.option(fc.integer({ min: 0, max: 3 }));
const literal = (each: number | null): string => (each === null ? 'NULL' : String(each));

const statement = fc.oneof(
  fc.tuple(key, value).map(([id, v]) => `INSERT INTO dbo.t VALUES (${id}, ${literal(v)})`),
  fc.tuple(key, value).map(([id, v]) => `UPDATE dbo.t SET v = ${literal(v)} WHERE id >= ${id}`),
  key.map((id) => `UPDATE dbo.t SET id = id + 1 WHERE id >= ${id}`),
  key.map((id) => `DELETE FROM dbo.t WHERE id = ${id}`),
  fc.tuple(key, key, value).map(
    ([
      a,
      b,
      v,
    ]) => `MERGE dbo.t AS t USING (SELECT DISTINCT id FROM (VALUES (${a}), (${b})) AS x (id)) AS s ON t.id = s.id
      WHEN MATCHED AND t.v IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET v = ${literal(v)}
      WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, ${literal(v)});`,
  ),
);
const transaction = fc.tuple(fc.array(statement, { minLength: 1, maxLength: 4 }), fc.boolean());

it('the changes, replayed in order, give the table', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(transaction, { minLength: 1, maxLength: 6 }), async (transactions) => {
      const server = await start({ dialect: azureSqlDialect });
      try {
        const client = await server.connect();
        await client.ok(`CREATE TABLE dbo.t (id int NOT NULL PRIMARY KEY, v int NULL); EXEC sys.sp_cdc_enable_db;
          EXEC sys.sp_cdc_enable_table N'dbo', N't', @role_name = NULL`);
        for (const [statements, commits] of transactions) {
          await client.run(`BEGIN TRAN; ${statements.join('; ')}; ${commits ? 'COMMIT' : 'ROLLBACK'}`);
        }
        const changes =
          await client.rows(`DECLARE @from binary(10) = sys.fn_cdc_get_min_lsn('dbo_t'), @to binary(10) = sys.fn_cdc_get_max_lsn();
          SELECT __$operation, id, v FROM cdc.fn_cdc_get_all_changes_dbo_t(@from, @to, 'all') ORDER BY __$start_lsn, __$seqval, __$operation`);
        const replayed = new Map<string, string>();
        for (const each of changes) {
          const [operation = '', id = '', v = ''] = each.split('|');
          if (operation === '1') expect(replayed.delete(id)).toBe(true);
          else {
            expect(replayed.has(id)).toBe(operation === '4');
            replayed.set(id, v);
          }
        }
        const table = await client.rows('SELECT id, v FROM dbo.t ORDER BY id');
        expect([...replayed].map((entry) => entry.join('|')).sort()).toEqual(table.sort());
        const net =
          await client.rows(`DECLARE @from binary(10) = sys.fn_cdc_get_min_lsn('dbo_t'), @to binary(10) = sys.fn_cdc_get_max_lsn();
          SELECT id, v FROM cdc.fn_cdc_get_net_changes_dbo_t(@from, @to, 'all') WHERE __$operation <> 1`);
        expect(net.sort()).toEqual(table);
      } finally {
        await server.close();
      }
    }),
    { numRuns: 10 },
  );
});
