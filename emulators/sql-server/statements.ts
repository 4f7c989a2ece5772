import type { ResultSink } from '../tds/session.ts';
import {
  bindDelete,
  bindMerge,
  bindQuery,
  bindUpdate,
  resolveType,
  type Statement,
  type VariableRef,
} from '../tsql/index.ts';
import { SqlError } from '../tsql/sql-error.ts';
import { declareCursor, fetchRow, moveCursor } from './cursors.ts';
import { execute } from './dml/execute.ts';
import type { Engine } from './engine.ts';
import { endsBatch, raisedByRaiserror } from './errors.ts';
import { executeProcedure, executeText } from './procedures/execute.ts';
import { beginsImplicitly, limited, locks } from './session-options.ts';
import { finish, insert, select } from './statements/data.ts';
import { declareTable, define } from './statements/define.ts';
import { raiserror, thrown } from './statements/raise.ts';
import { setOption } from './statements/set-option.ts';
import { transact } from './statements/transact.ts';

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
  await engine.dialect.prepare?.(engine, statement);
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
