import type { ResultSink } from '../../tds/session.ts';
import {
  type BoundDelete,
  type BoundDml,
  type BoundInsert,
  type BoundMerge,
  type BoundUpdate,
  bindInsertRows,
  type CatalogTable,
  type Relation,
} from '../../tsql/index.ts';
import { SqlError } from '../../tsql/sql-error.ts';
import { BindCatalog, catalogTable } from '../bind-catalog.ts';
import type { TableDefinition } from '../catalog.ts';
import { duckTypeName, quoteName } from '../duck-type.ts';
import type { Engine } from '../engine.ts';
import { noSuchObject } from '../errors.ts';
import { rows, run } from '../run.ts';
import { checkAndApply } from './apply.ts';
import { type ChangeSet, ROWID } from './change-set.ts';

export type Bound = BoundInsert | BoundUpdate | BoundDelete | BoundMerge;

/**
 * Runs a bound INSERT, UPDATE, DELETE or MERGE: materialise, check, apply, capture, output.
 * @param sink takes the rows of an OUTPUT clause; undefined where none can occur (bulk load).
 * @returns rows affected.
 */
export async function execute(engine: Engine, bound: Bound, sink?: ResultSink): Promise<bigint> {
  const table = tableOf(engine, bound.target);
  const local = table.storage !== undefined && bound.output?.into === undefined;
  return engine.transaction.write(
    async () => {
      const change = await materialise(engine, bound, table);
      if (bound.kind === 'merge') await refuseTwice(engine, change);
      await checkAndApply(engine, change);
      await engine.transaction.apply(async () => {
        if (bound.assign && change.rows > 0n) await assign(engine, bound.assign, change);
        if (bound.output) await output(engine, bound.output, change, sink);
      });
      await run(engine.connection, `DROP TABLE ${change.relation}`);
      return change.rows;
    },
    { local },
  );
}

export function tableOf(engine: Engine, target: CatalogTable): TableDefinition {
  const found = /^[#@]/.test(target.name)
    ? engine.local(target.name)
    : engine.catalog.table(target.schema, target.name);
  if (!found) throw noSuchObject(`${target.schema}.${target.name}`);
  return found;
}

async function materialise(engine: Engine, bound: Bound, table: TableDefinition): Promise<ChangeSet> {
  const { connection } = engine;
  const relation = `temp.main.${quoteName(engine.name('changes'))}`;
  const generated = table.columns.findIndex((each, index) => each.identity && !bound.inserts.includes(index));
  const inserting = bound.kind === 'insert' || bound.kind === 'merge';
  const identity = inserting && generated >= 0 ? table.columns[generated] : undefined;
  let source = bound.sql;
  let first = 0n;
  if (identity?.identity) {
    first = await engine.transaction.identityRange(table, 0n);
    const number = bound.kind === 'merge' ? `row_number() OVER (PARTITION BY "$action")` : 'row_number() OVER ()';
    const value = `CAST(${first} + (${number} - 1) * ${identity.identity.increment} AS ${duckTypeName(identity.type)})`;
    const chosen =
      bound.kind === 'merge' ? `CASE WHEN "$action" = 'INSERT' THEN ${value} ELSE "old_${generated}" END` : value;
    source = `SELECT *, ${chosen} AS "new_${generated}" FROM (${bound.sql})`;
  }
  await run(connection, `CREATE TEMP TABLE ${relation} AS ${source}`, engine.args(bound.parameters));
  const count = await single(engine, `SELECT count(*) FROM ${relation}`);
  const written = new Set([...bound.inserts, ...bound.sets]);
  if (identity?.identity) {
    written.add(generated);
    const inserts =
      bound.kind === 'merge'
        ? await single(engine, `SELECT count(*) FROM ${relation} WHERE "$action" = 'INSERT'`)
        : count;
    if (inserts > 0n) {
      const last = first + (inserts - 1n) * BigInt(identity.identity.increment);
      engine.transaction.setIdentity(table, last);
      noteIdentity(engine, table, last);
    }
  } else if (inserting) {
    await noteGivenIdentity(engine, table, relation, count);
  }
  return { kind: bound.kind, table, relation, written, sets: new Set(bound.sets), rows: count };
}

const single = async (engine: Engine, sql: string): Promise<bigint> =>
  ((await rows(engine.connection, sql, [], [{ name: 'bigint' }]))[0]?.[0] as bigint | null) ?? 0n;

/** IDENTITY_INSERT: a value above the last one given becomes the last one given. */
async function noteGivenIdentity(
  engine: Engine,
  table: TableDefinition,
  relation: string,
  count: bigint,
): Promise<void> {
  const index = table.columns.findIndex((each) => each.identity);
  const identity = table.columns[index]?.identity;
  if (!identity || count === 0n) return;
  const largest = await single(
    engine,
    `SELECT ${identity.increment < 0 ? 'min' : 'max'}("new_${index}") FROM ${relation}`,
  );
  const next = await engine.transaction.identityRange(table, 0n);
  const last = next - BigInt(identity.increment);
  const further = identity.increment < 0 ? largest < last : largest > last;
  if (further) engine.transaction.setIdentity(table, largest);
  noteIdentity(engine, table, largest);
}

function noteIdentity(engine: Engine, table: TableDefinition, last: bigint): void {
  if (table.name.startsWith('@')) return;
  engine.frame.scopeIdentity = last;
  engine.lastIdentity = last;
}

async function refuseTwice(engine: Engine, change: ChangeSet): Promise<void> {
  const found = await rows(
    engine.connection,
    `SELECT 1 FROM ${change.relation} WHERE ${ROWID} IS NOT NULL GROUP BY ${ROWID} HAVING count(*) > 1 LIMIT 1`,
    [],
    [{ name: 'int' }],
  );
  if (found.length === 0) return;
  throw new SqlError(
    8672,
    'The MERGE statement attempted to UPDATE or DELETE the same row more than once. This happens when a target row matches more than one source row. A MERGE statement cannot UPDATE/DELETE the same row of the target table multiple times. Refine the ON clause to ensure a target row matches at most one source row, or use the GROUP BY clause to group the source rows.',
  );
}

async function assign(engine: Engine, targets: NonNullable<BoundDml['assign']>, change: ChangeSet): Promise<void> {
  const variables = targets.map((each) => engine.frame.variable(each.variable));
  const [last] = await rows(
    engine.connection,
    `SELECT ${targets.map((each) => quoteName(each.column)).join(', ')} FROM ${change.relation} ORDER BY rowid DESC LIMIT 1`,
    [],
    variables.map((each) => each.type),
  );
  variables.forEach((each, index) => {
    each.value = last?.[index] ?? null;
  });
}

async function output(
  engine: Engine,
  bound: NonNullable<BoundDml['output']>,
  change: ChangeSet,
  sink: ResultSink | undefined,
): Promise<void> {
  const sql = `SELECT ${bound.sql} FROM ${change.relation} AS "$changes"`;
  if (!bound.into) {
    if (sink) await engine.send({ sql, parameters: bound.parameters, columns: bound.columns }, sink);
    return;
  }
  const target = new BindCatalog(engine).object(bound.into.target.name);
  if (target?.kind !== 'table') throw noSuchObject(bound.into.target.name.parts.join('.'));
  const staged = `temp.main.${quoteName(engine.name('output'))}`;
  const columns = bound.columns.map((each, index) => ({ ...each, name: `c${index}` }));
  await run(
    engine.connection,
    `CREATE TEMP TABLE ${staged} AS SELECT * FROM (${sql}) AS o(${columns.map((each) => quoteName(each.name)).join(', ')})`,
    engine.args(bound.parameters),
  );
  await insertRows(engine, tableOf(engine, target), bound.into.columns, { sql: staged, columns });
  await run(engine.connection, `DROP TABLE ${staged}`);
}

/** Inserts the rows of a relation, column by column, as INSERT ... SELECT does. @returns rows inserted. */
export function insertRows(
  engine: Engine,
  table: TableDefinition,
  columns: readonly string[] | undefined,
  relation: Relation,
): Promise<bigint> {
  return execute(engine, bindInsertRows(catalogTable(table), columns, relation, engine.context()));
}
