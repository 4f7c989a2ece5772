import { type Dialect, sysname, view } from '../sql-server/index.ts';
import type { Statement } from '../tsql/index.ts';
import { SqlError } from '../tsql/sql-error.ts';
import type { Databases } from './databases.ts';
import { externalDataSource, externalDataSources } from './external-data-source.ts';
import type { LakeLocation } from './location.ts';
import { Rowsets } from './open-rowset.ts';

/** Statements that a serverless pool does not have: it reads the lake and keeps no rows of its own. */
const refused: ReadonlySet<Statement['kind']> = new Set([
  'update',
  'delete',
  'merge',
  'truncate',
  'insert bulk',
  'create table',
  'alter table',
  'create index',
]);

/** What makes the common engine a serverless SQL pool: OPENROWSET over the lake, external data sources, and nothing to write to. */
export function synapseDialect(lake: LakeLocation, databases: Databases): Dialect {
  const rowsets = new Rowsets(lake);
  return {
    engineEdition: 11,
    version: 'Microsoft Azure SQL Data Warehouse - 12.0.2000.8 \n\tlocal serverless pool on DuckDB',
    allow(statement) {
      const temporary = statement.kind === 'create table' && statement.name.parts.at(-1)?.startsWith('#');
      if (refused.has(statement.kind) && !temporary)
        throw new SqlError(40517, `${statement.kind.toUpperCase()} is not supported by a serverless SQL pool.`, {
          line: statement.line,
        });
    },
    async statement(engine, statement) {
      if (statement.kind === 'create database') {
        await databases.create(statement.name);
        return true;
      }
      return externalDataSource(engine, statement);
    },
    prepare: (engine, statement) => rowsets.prepare(engine, statement),
    openRowset: (engine, node) => rowsets.relation(engine, node),
    scalarFunction(_engine, name, args) {
      if (name.parts.length !== 1 || name.parts[0]?.toUpperCase() !== 'DB_ID' || args.length !== 1) return undefined;
      const cases = databases.names().map(({ name: database, id }) => `WHEN '${database.toLowerCase()}' THEN ${id}`);
      return { sql: `(CASE lower(${args[0]!.sql}) ${cases.join(' ')} END)`, type: { name: 'int' }, nullable: true };
    },
    systemViews: new Map([
      ['sys.external_data_sources', externalDataSources],
      [
        'sys.databases',
        view({ name: sysname, database_id: { name: 'int' }, state_desc: sysname, collation_name: sysname }, () =>
          databases.names().map(({ name, id }) => ({
            name,
            database_id: id,
            state_desc: 'ONLINE',
            collation_name: 'SQL_Latin1_General_CP1_CI_AS',
          })),
        ),
      ],
    ]),
  };
}
