import type { ResultSink } from '../../tds/session.ts';
import type { Statement } from '../../tsql/index.ts';
import { SqlError } from '../../tsql/sql-error.ts';
import type { Engine } from '../engine.ts';
import { raised } from '../errors.ts';
import { formatMessage } from '../format-message.ts';

export async function thrown(engine: Engine, statement: Extract<Statement, { kind: 'throw' }>): Promise<SqlError> {
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

export async function raiserror(
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
