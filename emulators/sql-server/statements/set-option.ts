import type { SetOption } from '../../tsql/index.ts';
import { notImplemented, SqlError } from '../../tsql/sql-error.ts';
import { resolve } from '../bind-catalog.ts';
import { type Engine, LOCK_TIMEOUT } from '../engine.ts';

const ISOLATION: Readonly<Record<string, number>> = {
  'READ UNCOMMITTED': 1,
  'READ COMMITTED': 2,
  'REPEATABLE READ': 3,
  SERIALIZABLE: 4,
  SNAPSHOT: 5,
};

/** Options whose other value would change results, and which only take the value that the engine implements. */
const ONLY: Readonly<Record<string, string>> = {
  ANSI_NULLS: 'ON',
  CONCAT_NULL_YIELDS_NULL: 'ON',
  NOEXEC: 'OFF',
  PARSEONLY: 'OFF',
  SHOWPLAN_ALL: 'OFF',
  SHOWPLAN_TEXT: 'OFF',
  SHOWPLAN_XML: 'OFF',
};

export function setOption(engine: Engine, statement: SetOption): void {
  const on = statement.value === 'ON';
  switch (statement.option) {
    case 'NOCOUNT':
      engine.options.nocount = on;
      return;
    case 'XACT_ABORT':
      engine.options.xactAbort = on;
      return;
    case 'IMPLICIT_TRANSACTIONS':
      engine.options.implicitTransactions = on;
      return;
    case 'FMTONLY':
      engine.options.formatOnly = on;
      return;
    case 'ROWCOUNT':
      engine.options.rowLimit = Number(statement.value);
      return;
    case 'LOCK_TIMEOUT':
      engine.transaction.lockTimeout = Number(statement.value) < 0 ? LOCK_TIMEOUT : Number(statement.value);
      return;
    case 'TRANSACTION ISOLATION LEVEL':
      engine.options.isolation = ISOLATION[statement.value] ?? 2;
      return;
    case 'IDENTITY_INSERT':
      identityInsert(engine, statement, on);
      return;
    default: {
      const only = ONLY[statement.option];
      if (only !== undefined && statement.value !== only) {
        throw notImplemented(`SET ${statement.option} ${statement.value}`, statement.line);
      }
    }
  }
}

function identityInsert(engine: Engine, statement: SetOption, on: boolean): void {
  if (!statement.table) throw notImplemented('SET IDENTITY_INSERT without a table', statement.line);
  const { schema, object, written } = resolve(engine, statement.table);
  const table = object.startsWith('#') ? engine.local(object) : engine.catalog.table(schema, object);
  if (!table) {
    throw new SqlError(
      1088,
      `Cannot find the object "${written}" because it does not exist or you do not have permissions.`,
    );
  }
  if (!table.columns.some((each) => each.identity)) {
    throw new SqlError(8106, `Table '${written}' does not have the identity property. Cannot perform SET operation.`);
  }
  const key = `${table.schema}.${table.name}`.toLowerCase();
  const current = engine.options.identityInsert;
  if (on && current !== undefined && current !== key) {
    throw new SqlError(
      8107,
      `IDENTITY_INSERT is already ON for table '${engine.database.name}.${current}'. Cannot perform SET operation for table '${written}'.`,
    );
  }
  if (on) engine.options.identityInsert = key;
  else if (current === key) engine.options.identityInsert = undefined;
}
