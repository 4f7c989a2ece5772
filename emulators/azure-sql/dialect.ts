import type { Database, Dialect } from '../sql-server/index.ts';
import { SqlError } from '../tsql/sql-error.ts';
import { capture } from './cdc/capture.ts';
import { dynamicViews } from './cdc/dynamic-views.ts';
import { scalarFunction, tableFunction } from './cdc/functions.ts';
import { instancesOf } from './cdc/instance.ts';
import { LsnClock } from './cdc/lsn-clock.ts';
import { tableChanged } from './cdc/manage.ts';
import { procedures } from './cdc/procedures.ts';

/** What makes the common engine an Azure SQL Database: change data capture. */
export async function azureSqlDialect(database: Database): Promise<Dialect> {
  const clock = await LsnClock.open(database);
  return {
    engineEdition: 5,
    version: 'Microsoft SQL Azure (RTM) - 12.0.2000.8 \n\tlocal emulator on DuckDB',
    procedures: procedures(clock),
    systemViews: new Map(dynamicViews()),
    tableFunction: (engine, name, args) => tableFunction(engine, name, args),
    scalarFunction: (engine, name, args) => scalarFunction(engine, name, args),
    captured: (engine, table) => instancesOf(engine.catalog, table).length > 0,
    capture: (engine, change) => capture(engine, clock, change),
    tableChanged: (engine, before, after, command) => tableChanged(engine, clock, before, after, command),
    beforeCommit: (transaction) => clock.beforeCommit(transaction),
    truncate(engine, table) {
      if (instancesOf(engine.catalog, table).length === 0) return;
      throw new SqlError(
        4711,
        `Cannot truncate table '${table.schema}.${table.name}' because it is published for replication or enabled for Change Data Capture.`,
      );
    },
  };
}
