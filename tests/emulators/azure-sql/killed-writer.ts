import { azureSqlDialect } from '../../../emulators/azure-sql/dialect.ts';
import { start } from '../sql-server/harness.ts';

/** The child of durability.test.ts: commits batches for ever and prints the number of each once it is acknowledged. */

const server = await start({ file: process.argv[2] ?? '', dialect: azureSqlDialect });
const client = await server.connect();
await client.ok('CREATE TABLE dbo.t (id int NOT NULL PRIMARY KEY, batch int NOT NULL)');
await client.ok("EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table N'dbo', N't', @role_name = NULL");
for (let batch = 1; ; batch += 1) {
  const id = batch * 10;
  await client.ok(`BEGIN TRAN; INSERT INTO dbo.t VALUES (${id}, ${batch}), (${id + 1}, ${batch}), (${id + 2}, ${batch});
    DELETE FROM dbo.t WHERE id = ${id}; COMMIT`);
  process.stdout.write(`${batch}\n`);
}
