import type { ResultSink } from '../../tds/session.ts';
import type { Statement } from '../../tsql/index.ts';
import { notImplemented, SqlError } from '../../tsql/sql-error.ts';
import { alterTable } from '../ddl/alter-table.ts';
import { buildTable } from '../ddl/build-table.ts';
import { createModule, createPrincipal, createSchema, drop } from '../ddl/module.ts';
import { createTable, store, truncate } from '../ddl/table.ts';
import { createIndex, dropIndex } from '../ddl/table-index.ts';
import type { Engine } from '../engine.ts';

export async function define(engine: Engine, statement: Statement, command: string, sink: ResultSink): Promise<void> {
  switch (statement.kind) {
    case 'create table':
      return createTable(engine, statement);
    case 'alter table':
      return alterTable(engine, statement, command);
    case 'drop':
      return drop(engine, statement, command);
    case 'truncate':
      return truncate(engine, statement);
    case 'create index':
      return createIndex(engine, statement);
    case 'drop index':
      return dropIndex(engine, statement);
    case 'create schema':
      return createSchema(engine, statement);
    case 'create view':
    case 'create procedure':
      return createModule(engine, statement);
    case 'create user':
      return createPrincipal(
        engine,
        statement.name,
        statement.from === 'external provider' ? 'E' : 'S',
        statement.mode === 'alter',
      );
    case 'create role':
      return createPrincipal(engine, statement.name, 'R', false);
    case 'use':
      return use(engine, statement.database, sink);
    case 'waitfor': {
      if (statement.type !== 'delay') throw notImplemented('WAITFOR TIME', statement.line);
      const text = String(await engine.evaluate(statement.value, { name: 'varchar', length: 30 }));
      const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
      await engine.pause((hours * 3600 + minutes * 60 + seconds) * 1000);
      return;
    }
    // Recorded nowhere and enforced nowhere: every login owns the database; indexes and statistics are DuckDB's own affair.
    case 'permission':
    case 'alter role':
    case 'alter index':
    case 'statistics':
    case 'checkpoint':
      return;
    default:
      throw notImplemented(statement.kind.toUpperCase(), statement.line);
  }
}

async function use(engine: Engine, database: string, sink: ResultSink): Promise<void> {
  if (database.toLowerCase() !== engine.database.name.toLowerCase()) {
    throw new SqlError(
      40508,
      'USE statement is not supported to switch between databases. Use a new connection to connect to a different database.',
    );
  }
  sink.databaseChanged(engine.database.name);
}

export async function declareTable(
  engine: Engine,
  statement: Extract<Statement, { kind: 'declare table' }>,
): Promise<void> {
  const name = statement.name.startsWith('@') ? statement.name : `@${statement.name}`;
  await engine.transaction.write(
    async () => {
      const table = buildTable(
        engine,
        {
          id: engine.temporaryId(),
          schema: 'dbo',
          name,
          created: engine.now,
          storage: { catalog: 'temp', schema: 'main', name: engine.name('variable') },
        },
        statement.definition,
        () => engine.temporaryId(),
      );
      await store(engine, table);
      engine.frame.tables.set(name.toLowerCase(), table);
    },
    { local: true },
  );
}
