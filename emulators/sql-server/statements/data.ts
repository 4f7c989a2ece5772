import type { ResultSink } from '../../tds/session.ts';
import { bindInsert, bindQuery, type Insert, type QueryStatement } from '../../tsql/index.ts';
import { catalogTable } from '../bind-catalog.ts';
import { createFromColumns } from '../ddl/table.ts';
import { execute } from '../dml/execute.ts';
import { capture } from '../dml/staging.ts';
import type { Engine } from '../engine.ts';
import { executeProcedure } from '../procedures/execute.ts';
import { rows, run } from '../run.ts';
import { limited } from '../session-options.ts';

export async function finish(
  engine: Engine,
  sink: ResultSink,
  command: 'select' | 'insert' | 'update' | 'delete' | 'merge',
  count: bigint,
): Promise<void> {
  engine.rowCount = count;
  await sink.done(engine.options.nocount ? null : count, command);
}

export async function select(engine: Engine, statement: QueryStatement, sink: ResultSink): Promise<void> {
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

export async function insert(engine: Engine, statement: Insert, sink: ResultSink): Promise<bigint> {
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
