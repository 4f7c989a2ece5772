import { STRING } from '../../../delta/index.ts';
import {
  Binding,
  type Bound,
  bindExpression,
  cast,
  emptyScope,
  literal,
  notImplemented,
  type Place,
  SparkError,
  type Statement,
} from '../../../spark-sql/index.ts';
import type { Result, Session } from '../session.ts';
import { runDelete, runUpdate } from './change.ts';
import { createTable } from './create-table.ts';
import { describe, show } from './describe.ts';
import { insert } from './insert.ts';
import { addColumns, alterProperties, optimize, vacuum } from './maintain.ts';
import { merge } from './merge.ts';
import { createCatalog, createSchema, createView, dropRelation, use } from './names.ts';

export const nothing: Result = { columns: [], rows: [] };

/** Runs one statement; each kind has its own function. */
export async function runStatement(session: Session, parsed: Statement): Promise<Result> {
  const { statement } = parsed;
  switch (statement.node) {
    case 'query':
      return session.query(parsed, statement.query);
    case 'createCatalog':
      return createCatalog(session, statement);
    case 'createSchema':
      return createSchema(session, statement);
    case 'createTable':
      return createTable(session, parsed, statement);
    case 'createView':
      return createView(session, parsed, statement);
    case 'drop':
      return dropRelation(session, statement);
    case 'insert':
      return insert(session, parsed, statement);
    case 'merge':
      return merge(session, parsed, statement);
    case 'update':
      return runUpdate(session, parsed, statement);
    case 'delete':
      return runDelete(session, parsed, statement.target, statement.where);
    case 'truncate':
      return runDelete(session, parsed, statement.target, undefined);
    case 'describe':
      return describe(session, statement);
    case 'show':
      return show(session, statement);
    case 'use':
      return use(session, statement);
    case 'setOption':
      return setOption(statement.key, statement.value);
    case 'declare': {
      const key = statement.name.toLowerCase();
      if (session.variables.has(key) && !statement.replace)
        throw new SparkError(
          'VARIABLE_ALREADY_EXISTS',
          `Cannot create the variable \`system\`.\`session\`.\`${statement.name}\` because it already exists.`,
        );
      const value = statement.value === undefined ? undefined : await evaluate(session, parsed, statement.value);
      const type = statement.type ?? value?.type ?? STRING;
      session.variables.set(
        key,
        value === undefined
          ? literal(type, null)
          : await stored(session, cast(value, type, { safe: false, at: statement.value!.at })),
      );
      return nothing;
    }
    case 'setVariable':
      return setVariables(session, parsed, statement.names, statement.value);
    case 'alterProperties':
      return alterProperties(session, statement);
    case 'addColumns':
      return addColumns(session, statement);
    case 'optimize':
      return optimize(session, statement.target);
    case 'vacuum':
      return vacuum(session, statement.target, statement.retainHours);
  }
}

type Valued = Extract<Statement['statement'], { node: 'setVariable' }>['value'];

async function evaluate(session: Session, parsed: Statement, expression: Valued): Promise<Bound> {
  const place: Place = {
    binding: new Binding(await session.environment(parsed)),
    scope: emptyScope(),
    windows: new Map(),
  };
  return bindExpression(place, expression);
}

/** Computes the value once and keeps it as a literal. */
async function stored(session: Session, bound: Bound): Promise<Bound> {
  if (['array', 'map', 'struct', 'binary', 'interval'].includes(bound.type.kind))
    throw notImplemented(`variables of the type ${bound.type.kind}`);
  const [row] = await session.rows(`SELECT CAST((${bound.sql}) AS VARCHAR)`);
  const text = row?.[0];
  return literal(bound.type, text === null || text === undefined ? null : String(text));
}

async function setVariables(
  session: Session,
  parsed: Statement,
  names: readonly string[],
  value: Valued,
): Promise<Result> {
  const keys = names.map((name) => name.toLowerCase());
  for (const [index, key] of keys.entries())
    if (!session.variables.has(key))
      throw new SparkError(
        'UNRESOLVED_VARIABLE',
        `Cannot resolve variable \`${names[index]}\` on search path [\`SYSTEM\`.\`SESSION\`].`,
      );
  if (keys.length > 1) throw notImplemented('SET VARIABLE of several variables at once');
  const key = keys[0]!;
  const bound = cast(await evaluate(session, parsed, value), session.variables.get(key)!.type, {
    safe: false,
    at: value.at,
  });
  session.variables.set(key, await stored(session, bound));
  return nothing;
}

/** Settings that hold here anyway are accepted; one that would change what SQL means is refused. */
function setOption(key: string, value: string): Result {
  const known: Readonly<Record<string, RegExp>> = {
    'spark.sql.session.timezone': /^(utc|etc\/utc|z|\+00:00)$/i,
    timezone: /^(utc|etc\/utc|z|\+00:00)$/i,
    'spark.sql.ansi.enabled': /^true$/i,
    ansi_mode: /^true$/i,
    statement_timeout: /^\d+$/,
    use_cached_result: /^(true|false)$/i,
  };
  if (!known[key.toLowerCase()]?.test(value.trim())) throw notImplemented(`SET ${key} = ${value}`);
  return nothing;
}
