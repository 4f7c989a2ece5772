import type { ResultSink } from '../tds/session.ts';
import {
  bindDelete,
  bindInsert,
  bindMerge,
  bindQuery,
  bindUpdate,
  type Insert,
  type QueryStatement,
  resolveType,
  type SetOption,
  type Statement,
  type VariableRef,
} from '../tsql/index.ts';
import { notImplemented, SqlError } from '../tsql/sql-error.ts';
import { catalogTable, resolve } from './bind-catalog.ts';
import { declareCursor, fetchRow, moveCursor } from './cursors.ts';
import { buildTable } from './ddl/build-table.ts';
import { createModule, createPrincipal, createSchema, drop } from './ddl/module.ts';
import { alterTable, createFromColumns, createIndex, createTable, dropIndex, store, truncate } from './ddl/table.ts';
import { execute } from './dml/execute.ts';
import { capture } from './dml/staging.ts';
import { type Engine, LOCK_TIMEOUT } from './engine.ts';
import { endsBatch, raised, raisedByRaiserror } from './errors.ts';
import { formatMessage } from './format-message.ts';
import { executeProcedure, executeText } from './procedures/execute.ts';
import { rows, run } from './run.ts';
import { rollback, save } from './savepoints.ts';
import { beginsImplicitly, limited, locks } from './session-options.ts';

/** Why a list of statements stopped before its end. */
export type Signal = 'next' | 'break' | 'continue' | 'return';

/** Runs statements one after the other, with SQL Server's rules on what an error ends. */
export async function runStatements(
  engine: Engine,
  statements: readonly Statement[],
  sink: ResultSink,
  source: string,
): Promise<Signal> {
  for (const statement of statements) {
    const signal = await runOne(engine, statement, sink, source);
    if (signal !== 'next') return signal;
  }
  return 'next';
}

const CONTROL = new Set<Statement['kind']>(['if', 'while', 'block', 'try']);

async function runOne(engine: Engine, statement: Statement, sink: ResultSink, source: string): Promise<Signal> {
  try {
    const signal = await runStatement(engine, statement, sink, source);
    if (!CONTROL.has(statement.kind) && statement.kind !== 'raiserror') engine.lastError = 0;
    return signal;
  } catch (caught) {
    await engine.transaction.afterReadError();
    const error = raisedByRaiserror(caught as SqlError) ? (caught as SqlError) : engine.error(caught, statement.line);
    engine.lastError = error.number;
    if (engine.cancelled) throw error;
    // XACT_ABORT does not apply to RAISERROR.
    const aborts = engine.options.xactAbort && !raisedByRaiserror(error);
    if (engine.tries > 0) {
      if (aborts) await engine.transaction.doom();
      throw error;
    }
    if (aborts && engine.transaction.count > 0) await engine.transaction.abandon();
    if (aborts || endsBatch(error)) throw error;
    sink.error(error);
    if (!raisedByRaiserror(error)) sink.info(3621, 'The statement has been terminated.', 0, 0);
    engine.rowCount = 0n;
    await sink.done(null, 'other');
    return 'next';
  }
}

async function runStatement(engine: Engine, statement: Statement, sink: ResultSink, source: string): Promise<Signal> {
  if (engine.cancelled) throw new SqlError(0, 'Operation cancelled by user.', { severity: 11 });
  engine.dialect.allow?.(statement);
  if (await engine.dialect.statement?.(engine, statement)) {
    await sink.done(null, 'other');
    return 'next';
  }
  if (engine.options.formatOnly && statement.kind !== 'set option')
    return describeOnly(engine, statement, sink, source);
  if (engine.options.implicitTransactions && engine.transaction.count === 0 && beginsImplicitly(statement)) {
    engine.transaction.begin();
  }
  // Hints of a transaction that keep other writers out: the one writer lock stands for all of them.
  if (engine.transaction.count > 0 && locks(statement)) await engine.transaction.write(async () => undefined);
  const command = source.slice(statement.start, statement.end);
  switch (statement.kind) {
    case 'block':
      return runStatements(engine, statement.body, sink, source);
    case 'if':
      if (await engine.condition(statement.condition)) return runOne(engine, statement.then, sink, source);
      return statement.otherwise ? runOne(engine, statement.otherwise, sink, source) : 'next';
    case 'while':
      while (await engine.condition(statement.condition)) {
        const signal = await runOne(engine, statement.body, sink, source);
        if (signal === 'break') break;
        if (signal === 'return') return signal;
      }
      return 'next';
    case 'break':
      return 'break';
    case 'continue':
      return 'continue';
    case 'try':
      return tryCatch(engine, statement, sink, source);
    case 'return':
      if (statement.value)
        engine.frame.returnStatus = Number((await engine.evaluate(statement.value, { name: 'int' })) ?? 0);
      return 'return';
    case 'throw':
      throw await thrown(engine, statement);
    case 'raiserror':
      await raiserror(engine, statement, sink);
      return 'next';
    case 'print': {
      const text = await engine.evaluate(statement.value, { name: 'nvarchar', length: 4000 });
      sink.info(0, text === null ? ' ' : String(text), 0, 1);
      return 'next';
    }
    case 'declare':
      for (const each of statement.variables) {
        const type = resolveType(each.type);
        engine.frame.declare(each.name, type);
        if (each.value) engine.frame.variable(each.name).value = await engine.evaluate(each.value, type);
      }
      return 'next';
    case 'declare table':
      await declareTable(engine, statement);
      return 'next';
    case 'declare cursor':
      declareCursor(engine, statement);
      return 'next';
    case 'cursor':
      await moveCursor(engine, statement);
      return 'next';
    case 'fetch':
      await fetchRow(engine, statement, sink);
      return 'next';
    case 'set variable': {
      const variable = engine.frame.variable(statement.name);
      const { operator, value, line } = statement;
      const self: VariableRef = { kind: 'variable', name: statement.name, line };
      variable.value = await engine.evaluate(
        operator === '='
          ? value
          : { kind: 'binary', operator: operator.slice(0, -1) as '+', left: self, right: value, line },
        variable.type,
      );
      engine.rowCount = 1n;
      return 'next';
    }
    case 'set option':
      setOption(engine, statement);
      return 'next';
    case 'select statement':
      await select(engine, statement, sink);
      return 'next';
    case 'insert':
      await finish(engine, sink, 'insert', await insert(engine, statement, sink));
      return 'next';
    case 'update':
      await finish(
        engine,
        sink,
        'update',
        await execute(engine, bindUpdate(limited(engine, statement), engine.context()), sink),
      );
      return 'next';
    case 'delete':
      await finish(
        engine,
        sink,
        'delete',
        await execute(engine, bindDelete(limited(engine, statement), engine.context()), sink),
      );
      return 'next';
    case 'merge':
      await finish(
        engine,
        sink,
        'merge',
        await execute(engine, bindMerge(limited(engine, statement), engine.context()), sink),
      );
      return 'next';
    case 'insert bulk':
      engine.bulk = statement;
      return 'next';
    case 'execute':
      await executeProcedure(engine, statement, sink);
      return 'next';
    case 'execute string':
      await executeText(engine, String((await engine.evaluate(statement.text)) ?? ''), [], sink);
      return 'next';
    case 'transaction':
      await transact(engine, statement);
      await sink.done(null, 'other');
      return 'next';
    default:
      await define(engine, statement, command, sink);
      engine.rowCount = 0n;
      await sink.done(null, 'other');
      return 'next';
  }
}

/** SET FMTONLY ON: every branch is walked, nothing changes, and a query gives its columns without a row. */
async function describeOnly(engine: Engine, statement: Statement, sink: ResultSink, source: string): Promise<Signal> {
  switch (statement.kind) {
    case 'block':
      return runStatements(engine, statement.body, sink, source);
    case 'try':
      return runStatements(engine, statement.body, sink, source);
    case 'if':
      await runOne(engine, statement.then, sink, source);
      return statement.otherwise ? runOne(engine, statement.otherwise, sink, source) : 'next';
    case 'while':
      await runOne(engine, statement.body, sink, source);
      return 'next';
    case 'declare':
      for (const each of statement.variables) engine.frame.declare(each.name, resolveType(each.type));
      return 'next';
    case 'declare table':
      await declareTable(engine, statement);
      return 'next';
    case 'execute':
      await executeProcedure(engine, statement, sink);
      return 'next';
    case 'execute string':
      await executeText(engine, String((await engine.evaluate(statement.text)) ?? ''), [], sink);
      return 'next';
    case 'select statement': {
      const bound = bindQuery(statement.query, engine.context());
      if (bound.into || bound.assign) return 'next';
      await sink.columns(bound.columns);
      await sink.done(0, 'select');
      return 'next';
    }
    default:
      return 'next';
  }
}

async function define(engine: Engine, statement: Statement, command: string, sink: ResultSink): Promise<void> {
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

async function finish(
  engine: Engine,
  sink: ResultSink,
  command: 'select' | 'insert' | 'update' | 'delete' | 'merge',
  count: bigint,
): Promise<void> {
  engine.rowCount = count;
  await sink.done(engine.options.nocount ? null : count, command);
}

async function select(engine: Engine, statement: QueryStatement, sink: ResultSink): Promise<void> {
  const bound = bindQuery(statement.query, engine.context());
  if (bound.into) {
    const into = bound.into;
    const local = into.parts.at(-1)?.startsWith('#') === true;
    const count = await engine.transaction.write(
      async () => {
        const staged = `temp.main."${engine.name('into')}"`;
        await run(engine.connection, `CREATE TEMP TABLE ${staged} AS ${bound.sql}`, engine.args(bound.parameters));
        const table = await createFromColumns(engine, into, bound.columns);
        await run(engine.connection, `INSERT INTO ${catalogTable(table).sql} SELECT * FROM ${staged}`);
        const [counted] = await rows(engine.connection, `SELECT count(*) FROM ${staged}`, [], [{ name: 'bigint' }]);
        await run(engine.connection, `DROP TABLE ${staged}`);
        return (counted?.[0] as bigint | undefined) ?? 0n;
      },
      { local },
    );
    return finish(engine, sink, 'select', count);
  }
  if (bound.assign) {
    const found = await engine.rows(bound);
    const last = found.at(-1);
    if (last) {
      bound.assign.forEach((name, index) => {
        engine.frame.variable(name).value = last[index] ?? null;
      });
    }
    engine.rowCount = BigInt(found.length);
    return;
  }
  await finish(engine, sink, 'select', await engine.send(bound, sink));
}

async function insert(engine: Engine, statement: Insert, sink: ResultSink): Promise<bigint> {
  if (statement.source.kind !== 'execute')
    return execute(engine, bindInsert(limited(engine, statement), engine.context()), sink);
  const called = statement.source.execute;
  return engine.transaction.write(async () => {
    const captured = capture(engine, sink);
    await executeProcedure(engine, called, captured.sink);
    const staging = captured.staging();
    if (!staging) return 0n;
    staging.finish();
    const count = await execute(engine, bindInsert(statement, engine.context(), staging.relation), sink);
    await staging.drop();
    return count;
  });
}

async function declareTable(engine: Engine, statement: Extract<Statement, { kind: 'declare table' }>): Promise<void> {
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

async function tryCatch(
  engine: Engine,
  statement: Extract<Statement, { kind: 'try' }>,
  sink: ResultSink,
  source: string,
): Promise<Signal> {
  const { frame, depth } = engine;
  engine.tries += 1;
  let error: SqlError;
  try {
    const signal = await runStatements(engine, statement.body, sink, source);
    engine.tries -= 1;
    return signal;
  } catch (caught) {
    engine.tries -= 1;
    engine.frame = frame;
    engine.depth = depth;
    if (!(caught instanceof SqlError) || engine.cancelled || caught.severity >= 20) throw caught;
    error = caught;
  }
  engine.handling.push(error);
  try {
    return await runStatements(engine, statement.handler, sink, source);
  } finally {
    engine.handling.pop();
  }
}

async function thrown(engine: Engine, statement: Extract<Statement, { kind: 'throw' }>): Promise<SqlError> {
  if (!statement.error) {
    const current = engine.handling.at(-1);
    if (current) return current;
    return new SqlError(
      10704,
      'To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.',
      {
        severity: 15,
      },
    );
  }
  const number = Number(await engine.evaluate(statement.error.number, { name: 'int' }));
  const message = String((await engine.evaluate(statement.error.message, { name: 'nvarchar', length: 2048 })) ?? '');
  const state = Number(await engine.evaluate(statement.error.state, { name: 'tinyint' }));
  if (number < 50000) {
    return new SqlError(
      35100,
      `Error number ${number} in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.`,
      { severity: 16, state: 10 },
    );
  }
  return new SqlError(number, message, { state, line: statement.line, procedure: engine.frame.procedure });
}

async function raiserror(
  engine: Engine,
  statement: Extract<Statement, { kind: 'raiserror' }>,
  sink: ResultSink,
): Promise<void> {
  const message = await engine.typed(statement.message);
  const severity = Number(await engine.evaluate(statement.severity, { name: 'int' }));
  const state = Number(await engine.evaluate(statement.state, { name: 'int' }));
  const args = [];
  for (const each of statement.args) args.push((await engine.typed(each)).value);
  const number = typeof message.value === 'string' ? 50000 : Number(message.value);
  if (number !== 50000) {
    throw new SqlError(
      18054,
      `Error ${number}, severity ${severity}, state ${state} was raised, but no message with that error number was found in sys.messages. If error is larger than 50000, make sure the user-defined message is added using sp_addmessage.`,
    );
  }
  const text = formatMessage(String(message.value ?? ''), args);
  const bounded = Math.max(0, Math.min(25, severity));
  if (bounded <= 10) {
    sink.info(number, text, bounded, state);
    if (statement.options.includes('SETERROR')) engine.lastError = number;
    return;
  }
  throw raised(
    new SqlError(number, text, {
      severity: bounded,
      state: state < 0 ? 1 : Math.min(state, 255),
      line: statement.line,
      procedure: engine.frame.procedure,
    }),
  );
}

async function transact(engine: Engine, statement: Extract<Statement, { kind: 'transaction' }>): Promise<void> {
  const { name: given } = statement;
  const name =
    given === undefined || typeof given === 'string' ? (given ?? '') : String((await engine.evaluate(given)) ?? '');
  switch (statement.action) {
    case 'begin':
      engine.transaction.begin(name);
      return;
    case 'commit':
      return engine.transaction.commit();
    case 'rollback':
      return rollback(engine, name);
    case 'save':
      return save(engine, name);
  }
}

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

function setOption(engine: Engine, statement: SetOption): void {
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
