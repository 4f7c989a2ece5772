import type { ResultSink } from '../../tds/session.ts';
import { parseBatch, resolveType } from '../../tsql/index.ts';
import { SqlError } from '../../tsql/sql-error.ts';
import type { SqlType, SqlValue } from '../../tsql/sql-type.ts';
import { convert } from '../convert.ts';
import type { Engine } from '../engine.ts';
import { executeText, type Outcome, outcome } from './execute.ts';
import { type Formal, type Given, match } from './invocation.ts';

/** sp_executesql @stmt, @params, @p1 = .., @p2 = .. OUTPUT */
export async function executeSql(engine: Engine, given: readonly Given[], sink: ResultSink): Promise<Outcome> {
  const [statement, definitions, ...values] = given;
  if (statement === undefined) {
    throw new SqlError(201, "Procedure or function 'sp_executesql' expects parameter '@stmt', which was not supplied.");
  }
  const text = statement.argument?.value;
  const declared = definitions?.argument?.value;
  if (text !== null && text !== undefined && typeof text !== 'string') {
    throw new SqlError(214, "Procedure expects parameter '@statement' of type 'ntext/nchar/nvarchar'.", { state: 2 });
  }
  return runPrepared(engine, String(text ?? ''), parseDefinitions(String(declared ?? '')), values, sink);
}

/** The declared parameters of a text, each with the value that the caller gave it. */
export interface Assigned {
  readonly matched: ReturnType<typeof match>;
  readonly values: readonly { readonly name: string; readonly type: SqlType; readonly value: SqlValue }[];
}

export async function assign(engine: Engine, formals: readonly Formal[], given: readonly Given[]): Promise<Assigned> {
  const matched = match('sp_executesql', formals, given);
  const values = [];
  for (const formal of formals) {
    const found = matched.get(formal.name.toLowerCase());
    values.push({
      name: formal.name,
      type: formal.type,
      value: found ? await convert(engine, found.argument, formal.type) : null,
    });
  }
  return { matched, values };
}

/** Runs a text with declared parameters. */
export async function runPrepared(
  engine: Engine,
  text: string,
  formals: readonly Formal[],
  given: readonly Given[],
  sink: ResultSink,
): Promise<Outcome> {
  const { matched, values } = await assign(engine, formals, given);
  const frame = await executeText(engine, text, values, sink);
  return outcome(frame, formals, matched, given);
}

/** `@a int, @b nvarchar(10) OUTPUT`, read as the parameters of a procedure: it is the same grammar. */
export function parseDefinitions(text: string): Formal[] {
  if (text.trim() === '') return [];
  const statement = parseBatch(`CREATE PROCEDURE p ${text}\nAS RETURN`).statements[0];
  if (statement?.kind !== 'create procedure')
    throw new SqlError(102, `Incorrect syntax near '${text}'.`, { severity: 15 });
  return statement.parameters.map((each) => ({
    name: each.name,
    type: resolveType(each.type) as SqlType,
    optional: each.default !== undefined,
    output: each.output,
  }));
}
