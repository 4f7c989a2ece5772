import type { ResultSink } from '../../tds/session.ts';
import { type CreateProcedure, type Execute, type ObjectName, parseBatch, resolveType } from '../../tsql/index.ts';
import { SqlError } from '../../tsql/sql-error.ts';
import type { SqlType, SqlValue } from '../../tsql/sql-type.ts';
import { resolve } from '../bind-catalog.ts';
import type { ModuleDefinition } from '../catalog.ts';
import { convert } from '../convert.ts';
import type { SystemProcedure } from '../dialect.ts';
import type { Engine } from '../engine.ts';
import { noProcedure } from '../errors.ts';
import { Frame } from '../frame.ts';
import { type Argument, run } from '../run.ts';
import { runStatements } from '../statements.ts';
import { catalogProcedure } from './catalog-procedures.ts';
import { type Formal, type Given, match } from './invocation.ts';
import { executeSql } from './sp-executesql.ts';
import { SYSTEM_PROCEDURES } from './system.ts';

/** What a call gave back: OUTPUT parameters by lower-case name with the @, and the return code. */
export interface Outcome {
  readonly outputs: ReadonlyMap<string, Argument>;
  readonly status: number;
}

/** EXEC in a batch: evaluates the arguments, calls, and assigns OUTPUT parameters and the return code to the caller's variables. */
export async function executeProcedure(engine: Engine, node: Execute, sink: ResultSink): Promise<void> {
  const given: Given[] = [];
  for (const each of node.args) {
    given.push({
      name: each.name ?? '',
      argument: each.value.kind === 'default' ? undefined : await argument(engine, each.value),
      output: each.output,
    });
  }
  let name: ObjectName;
  if ('kind' in node.procedure) {
    const text = String(engine.frame.variable(node.procedure.name).value ?? '');
    name = { parts: splitName(text), line: node.line };
  } else name = node.procedure;
  const outcome = await call(engine, name, given, sink);
  node.args.forEach((each) => {
    if (!each.output || each.value.kind !== 'variable') return;
    const key = each.name?.toLowerCase() ?? positional(outcome, node.args.indexOf(each));
    const value = key === undefined ? undefined : outcome.outputs.get(key);
    const target = engine.frame.variable(each.value.name);
    if (value) target.value = value.value;
  });
  if (node.returnVariable) engine.frame.variable(node.returnVariable).value = outcome.status;
}

/** Outputs keep the position of their argument under `#n` besides their name. */
const positional = (outcome: Outcome, position: number): string | undefined =>
  outcome.outputs.has(`#${position}`) ? `#${position}` : undefined;

/** A bare word after EXEC is text: `EXEC sp_help orders`. */
async function argument(engine: Engine, value: Execute['args'][number]['value']): Promise<Argument> {
  if (value.kind === 'column') {
    return { type: { name: 'nvarchar', length: 4000 }, value: value.name.parts.join('.') };
  }
  if (value.kind === 'variable') {
    const { type, value: current } = engine.frame.variable(value.name);
    return { type, value: current };
  }
  return engine.typed(value);
}

/** `[dbo].[name]` or `dbo.name` as sent in an RPC or held in a variable. */
export function splitName(text: string): string[] {
  const parts = [''];
  for (const found of text.matchAll(/\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|(\.)|([^.[\]"]+)/g)) {
    const part = found[1]?.replaceAll(']]', ']') ?? found[2]?.replaceAll('""', '"') ?? found[4]?.trim();
    if (part === undefined) parts.push('');
    else parts[parts.length - 1] += part;
  }
  return parts;
}

/** Calls a procedure by name. @throws SqlError 2812 when there is none. */
export async function call(
  engine: Engine,
  name: ObjectName,
  given: readonly Given[],
  sink: ResultSink,
): Promise<Outcome> {
  const system = systemProcedure(engine, name);
  if (system) return callSystem(engine, system.name, system.procedure, given, sink);
  const written = systemName(name);
  const shipped = written === undefined ? undefined : catalogProcedure(written);
  if (shipped) return callModule(engine, shipped, given, sink);
  return callOwn(engine, name, given, sink);
}

async function callOwn(engine: Engine, name: ObjectName, given: readonly Given[], sink: ResultSink): Promise<Outcome> {
  const { schema, object, written } = resolve(engine, name);
  if (object.toLowerCase() === 'sp_executesql') return executeSql(engine, given, sink);
  const found = engine.catalog.find(schema, object);
  if (found?.kind !== 'procedure') throw noProcedure(written);
  return callModule(engine, found, given, sink);
}

function systemProcedure(engine: Engine, name: ObjectName): { name: string; procedure: SystemProcedure } | undefined {
  const own = systemName(name);
  if (own === undefined) return undefined;
  const procedure = engine.dialect.procedures?.get(own) ?? SYSTEM_PROCEDURES.get(own);
  return procedure ? { name: own, procedure } : undefined;
}

/** A system procedure's name without its schema, in lower case; undefined where the schema is another. */
function systemName(name: ObjectName): string | undefined {
  const schema = name.parts.at(-2)?.toLowerCase() ?? '';
  return schema === '' || schema === 'sys' || schema === 'dbo' ? (name.parts.at(-1)?.toLowerCase() ?? '') : undefined;
}

async function callSystem(
  engine: Engine,
  name: string,
  procedure: SystemProcedure,
  given: readonly Given[],
  sink: ResultSink,
): Promise<Outcome> {
  const formals: Formal[] = procedure.parameters.map((each) => ({
    name: each.name,
    type: each.type,
    optional: each.default !== undefined,
    output: each.output === true,
  }));
  const matched = match(name, formals, given);
  const values = new Map<string, SqlValue>();
  for (const each of procedure.parameters) {
    const found = matched.get(each.name.toLowerCase());
    values.set(
      each.name.toLowerCase(),
      found ? await convert(engine, found.argument, each.type) : (each.default ?? null),
    );
  }
  const outputs = new Map<string, Argument>();
  const status = await procedure.run(engine, {
    sink,
    values,
    set(output, value) {
      const formal = formals.find((each) => each.name.toLowerCase() === output.toLowerCase());
      if (!formal) throw new Error(`${name} has no parameter ${output}`);
      outputs.set(output.toLowerCase(), { type: formal.type, value });
    },
  });
  addPositions(outputs, formals, given);
  return { outputs, status };
}

function addPositions(outputs: Map<string, Argument>, formals: readonly Formal[], given: readonly Given[]): void {
  given.forEach((each, position) => {
    const formal = each.name === '' ? formals[position] : undefined;
    const value = formal && outputs.get(formal.name.toLowerCase());
    if (value) outputs.set(`#${position}`, value);
  });
}

const PARSED = new WeakMap<ModuleDefinition, CreateProcedure>();

function parseProcedure(module: ModuleDefinition): CreateProcedure {
  const known = PARSED.get(module);
  if (known) return known;
  const statement = parseBatch(module.text).statements[0];
  if (statement?.kind !== 'create procedure') throw new Error(`procedure ${module.name} is stored as something else`);
  PARSED.set(module, statement);
  return statement;
}

async function callModule(
  engine: Engine,
  module: ModuleDefinition,
  given: readonly Given[],
  sink: ResultSink,
): Promise<Outcome> {
  const parsed = parseProcedure(module);
  const formals: Formal[] = parsed.parameters.map((each) => ({
    name: each.name,
    type: resolveType(each.type),
    optional: each.default !== undefined,
    output: each.output,
  }));
  const matched = match(module.name, formals, given);
  const frame = new Frame(module.name, module.id);
  for (const [index, formal] of formals.entries()) {
    const found = matched.get(formal.name.toLowerCase());
    const fallback = parsed.parameters[index]?.default;
    const value = found
      ? await convert(engine, found.argument, formal.type)
      : fallback
        ? await engine.evaluate(fallback, formal.type)
        : null;
    frame.declare(formal.name, formal.type, value);
  }
  await runFrame(engine, frame, () => runStatements(engine, parsed.body, sink, module.text));
  return outcome(frame, formals, matched, given);
}

export function outcome(
  frame: Frame,
  formals: readonly Formal[],
  matched: ReadonlyMap<string, Given>,
  given: readonly Given[],
): Outcome {
  const outputs = new Map<string, Argument>();
  for (const formal of formals) {
    const key = formal.name.toLowerCase();
    if (formal.output && matched.get(key)?.output) {
      outputs.set(key, { type: formal.type, value: frame.variable(formal.name).value });
    }
  }
  addPositions(outputs, formals, given);
  return { outputs, status: frame.returnStatus };
}

/** Runs a body in its frame; temporary tables made in it go with it, and so do the options it set. */
export async function runFrame(engine: Engine, frame: Frame, body: () => Promise<unknown>): Promise<void> {
  const { identityInsert: _, ...options } = engine.options;
  const { lockTimeout } = engine.transaction;
  const before = new Set(engine.transaction.temporary.keys());
  const count = engine.transaction.count;
  try {
    await engine.within(frame, body);
  } finally {
    Object.assign(engine.options, options);
    engine.transaction.lockTimeout = lockTimeout;
    await dropLocals(engine, frame, before);
  }
  if (engine.transaction.count !== count && frame.procedure !== '' && count !== 0 && engine.transaction.count !== 0) {
    throw new SqlError(
      266,
      `Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = ${count}, current count = ${engine.transaction.count}.`,
      { state: 2 },
    );
  }
}

export async function dropLocals(engine: Engine, frame: Frame, keep: ReadonlySet<string>): Promise<void> {
  const { transaction } = engine;
  const made = [...transaction.temporary].filter(([name]) => !keep.has(name));
  const locals = [...made.map(([, table]) => table), ...frame.tables.values()];
  if (locals.length === 0 || transaction.doomed) return;
  const left = new Map(transaction.temporary);
  for (const [name] of made) left.delete(name);
  transaction.temporary = left;
  frame.tables.clear();
  await transaction.write(
    async () => {
      for (const table of locals)
        await run(engine.connection, `DROP TABLE IF EXISTS temp.main."${table.storage?.name}"`);
    },
    { local: true },
  );
}

/** EXEC ('...'), sp_executesql: a batch of its own, with its own variables. */
export async function executeText(
  engine: Engine,
  text: string,
  parameters: readonly { readonly name: string; readonly type: SqlType; readonly value: SqlValue }[],
  sink: ResultSink,
): Promise<Frame> {
  const batch = parseBatch(text);
  const frame = new Frame();
  for (const each of parameters) frame.declare(each.name, each.type, each.value);
  await runFrame(engine, frame, () => runStatements(engine, batch.statements, sink, text));
  return frame;
}
