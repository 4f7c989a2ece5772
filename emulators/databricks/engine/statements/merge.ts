import { type Action, type DataFile, duckDbType, quoteName } from '../../../delta/index.ts';
import {
  Binding,
  type Bound,
  bindCondition,
  bindExpression,
  bindFrom,
  type Expression,
  emptyScope,
  literal,
  type Merge,
  type MergeClause,
  notImplemented,
  type Place,
  relationOf,
  type ScopeRelation,
  SparkError,
  type Statement,
  storeAssign,
} from '../../../spark-sql/index.ts';
import { scanSql } from '../scan.ts';
import type { Result, Session, Target } from '../session.ts';
import { affected, recordsOf } from './affected.ts';
import { commitChange, refuseAppendOnly } from './change.ts';
import { fieldNamed } from './insert.ts';
import { mergeCandidates } from './merge-candidates.ts';

/**
 * MERGE by copy on write, as Delta does it without deletion vectors: join to find the rows that change, write the files that hold them anew, add the
 * inserts, commit removes and adds at once. A MERGE that changes no row commits nothing.
 * https://docs.databricks.com/sql/language-manual/delta-merge-into.html
 */
export async function merge(session: Session, parsed: Statement, statement: Merge): Promise<Result> {
  const target = await session.target(statement.target);
  const clauses = statement.clauses.map((clause, index) => ({ ...clause, number: index + 1 }));
  if (clauses.some((clause) => clause.when !== 'NOT MATCHED')) refuseAppendOnly(target);
  checkOrder(clauses);
  const sourceTable = session.temporaryName('source');
  const changesTable = session.temporaryName('changes');
  try {
    const names = await materialise(session, parsed, statement, target, sourceTable);
    const nowhere: Plan = { session, target, clauses, ...names, sourceTable, changesTable, files: [] };
    bindAll(nowhere, statement.on);
    const ofSource = clauses.every((clause) => clause.when !== 'NOT MATCHED BY SOURCE');
    if (ofSource && (await countRows(session, sourceTable)) === 0) return nothing;
    const files = ofSource ? await mergeCandidates(nowhere, statement.on) : target.snapshot.files;
    const plan: Plan = { ...nowhere, files };
    await findChanges(plan, statement.on);
    return await apply(plan, statement);
  } finally {
    for (const table of [changesTable, sourceTable]) await session.connection.run(`DROP TABLE IF EXISTS ${table}`);
  }
}

const nothing = affected({ num_affected_rows: 0, num_updated_rows: 0, num_deleted_rows: 0, num_inserted_rows: 0 });

/** What cannot be resolved is an error, whether or not a row would come to it. */
function bindAll(plan: Plan, on: Expression): void {
  bindCondition(plan.both, on);
  for (const clause of plan.clauses) {
    const place = { MATCHED: plan.both, 'NOT MATCHED': plan.sourceOnly, 'NOT MATCHED BY SOURCE': plan.targetOnly };
    if (clause.condition !== undefined) bindCondition(place[clause.when], clause.condition);
  }
  rewriteSql(plan, []);
  const inserts = plan.clauses.filter((clause) => clause.when === 'NOT MATCHED');
  if (inserts.length > 0) insertSql(plan, inserts);
}

type NumberedClause = MergeClause & { readonly number: number };

interface Names {
  readonly both: Place;
  readonly targetOnly: Place;
  readonly sourceOnly: Place;
  readonly source: readonly ScopeRelation[];
}

export interface Plan extends Names {
  readonly session: Session;
  readonly target: Target;
  readonly clauses: readonly NumberedClause[];
  readonly sourceTable: string;
  readonly changesTable: string;
  /** Files that may hold a matching row. */
  readonly files: readonly DataFile[];
}

/** Only the last clause of a kind may have no condition. */
function checkOrder(clauses: readonly NumberedClause[]): void {
  for (const when of ['MATCHED', 'NOT MATCHED', 'NOT MATCHED BY SOURCE'] as const) {
    const kind = clauses.filter((clause) => clause.when === when);
    if (kind.slice(0, -1).some((clause) => clause.condition === undefined))
      throw new SparkError(
        `NON_LAST_${when.replaceAll(' ', '_')}_CLAUSE_OMIT_CONDITION`,
        `When there are more than one ${when} clauses in a MERGE statement, only the last ${when} clause can omit the condition.`,
        { sqlState: '42613' },
      );
  }
}

/** The source is computed once, into a temporary table with a number for each row. */
async function materialise(
  session: Session,
  parsed: Statement,
  statement: Merge,
  target: Target,
  table: string,
): Promise<Names> {
  const binding = new Binding(await session.environment(parsed));
  const from = bindFrom(binding, emptyScope(), statement.source);
  let count = 0;
  const items: string[] = [];
  const source = from.relations.map((relation): ScopeRelation => {
    const columns = relation.columns.map((column) => {
      const name = `c${++count}`;
      items.push(`${column.sql} AS ${quoteName(name)}`);
      return { name: column.name, type: column.type, sql: `s.${quoteName(name)}` };
    });
    return { name: relation.name, columns, merged: relation.merged };
  });
  await session.connection.run(
    `CREATE TEMP TABLE ${table} AS SELECT row_number() OVER () AS "__id", ${items.join(', ')} FROM ${from.sql()}`,
  );
  const { alias } = statement.target;
  const own = relationOf('t', alias === undefined ? target.name : [alias.name], target.snapshot.schema);
  const place = (relations: readonly ScopeRelation[]): Place => ({
    binding,
    scope: { ...emptyScope(), relations },
    windows: new Map(),
  });
  return { both: place([own, ...source]), targetOnly: place([own]), sourceOnly: place(source), source };
}

/** One row per target row to change: its file and number, the source row, the clause that applies. */
async function findChanges(
  { session, target, clauses, both, targetOnly, sourceTable, changesTable, files }: Plan,
  on: Expression,
): Promise<void> {
  const matched = clauses.filter((clause) => clause.when === 'MATCHED');
  const orphaned = clauses.filter((clause) => clause.when === 'NOT MATCHED BY SOURCE');
  const scan = scanSql(target.snapshot, files, { placeAmong: files });
  const condition = bindCondition(both, on).sql;
  await session.connection.run(
    `CREATE TEMP TABLE ${changesTable} AS SELECT t."__file", t."__row", s."__id", ${clauseNumber(both, matched)} AS "__clause" FROM ${scan} AS t JOIN ${sourceTable} AS s ON ${condition}`,
  );
  if (matched.length > 0) await refuseSeveralMatches(session, changesTable, clauses, matched);
  if (orphaned.length === 0) return;
  await session.connection.run(
    `INSERT INTO ${changesTable} SELECT t."__file", t."__row", NULL, ${clauseNumber(targetOnly, orphaned)} FROM ${scan} AS t ` +
      `WHERE NOT EXISTS (SELECT 1 FROM ${changesTable} AS m WHERE m."__file" = t."__file" AND m."__row" = t."__row")`,
  );
}

function clauseNumber(place: Place, clauses: readonly NumberedClause[]): string {
  if (clauses.length === 0) return '0';
  const whens = clauses.map(
    (clause) =>
      `WHEN ${clause.condition === undefined ? 'TRUE' : bindCondition(place, clause.condition).sql} THEN ${clause.number}`,
  );
  return `CASE ${whens.join(' ')} ELSE 0 END`;
}

/** A single unconditional DELETE may meet a row twice: it is deleted all the same. */
function mayMeetTwice(clauses: readonly NumberedClause[]): boolean {
  const matched = clauses.filter((clause) => clause.when === 'MATCHED');
  return matched.length === 1 && matched[0]!.effect.action === 'DELETE' && matched[0]!.condition === undefined;
}

/**
 * Two source rows for one target row are an error, as in Delta: with MATCHED clauses only, rows to which no clause applies do not count; a single
 * unconditional DELETE may meet a row twice.
 */
async function refuseSeveralMatches(
  session: Session,
  changesTable: string,
  clauses: readonly NumberedClause[],
  matched: readonly NumberedClause[],
): Promise<void> {
  if (mayMeetTwice(matched)) return;
  const counted = clauses.length === matched.length ? 'WHERE "__clause" > 0' : '';
  const several = await session.rows(
    `SELECT 1 FROM ${changesTable} ${counted} GROUP BY "__file", "__row" HAVING count(*) > 1 LIMIT 1`,
  );
  if (several.length > 0)
    throw new SparkError(
      'DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE',
      'Cannot perform Merge as multiple source rows matched and attempted to modify the same target row in the Delta table in possibly conflicting ways. By SQL semantics of Merge, when multiple source rows match on the same target row, the result may be ambiguous as it is unclear which source row should be used to update or delete the matching target row. You can preprocess the source table to eliminate the possibility of multiple matches.',
    );
}

async function apply(plan: Plan, statement: Merge): Promise<Result> {
  const { session, target, clauses, sourceTable, changesTable, files } = plan;
  const { tables } = session.engine;
  const { schema } = target.snapshot;
  // Only where a single DELETE may meet a row twice does a row count once and lie there more often.
  const changed = mayMeetTwice(clauses) ? 'count(DISTINCT ("__file", "__row"))' : 'count(*)';
  const counts = new Map(
    (await session.rows(`SELECT "__clause", ${changed} FROM ${changesTable} WHERE "__clause" > 0 GROUP BY 1`)).map(
      ([clause, rows]) => [Number(clause), Number(rows)],
    ),
  );
  const rowsOf = (action: string): number =>
    clauses
      .filter((clause) => clause.effect.action === action)
      .reduce((total, clause) => total + (counts.get(clause.number) ?? 0), 0);
  const [updated, deleted] = [rowsOf('UPDATE'), rowsOf('DELETE')];

  const touched = new Set(
    (await session.rows(`SELECT DISTINCT "__file" FROM ${changesTable} WHERE "__clause" > 0`)).map(([file]) =>
      Number(file),
    ),
  );
  const rewritten = files.filter((_, index) => touched.has(index + 1));
  const actions: Action[] = rewritten.map((file) => tables.removal(file));
  let copied = 0;
  if (rewritten.length > 0) {
    const adds = await tables.write(session.connection, target.folder, schema, rewriteSql(plan, rewritten));
    copied = recordsOf(adds) - updated;
    actions.push(...adds.map((add): Action => ({ add })));
  }
  const inserts = clauses.filter((clause) => clause.when === 'NOT MATCHED');
  let inserted = 0;
  if (inserts.length > 0) {
    const adds = await tables.write(session.connection, target.folder, schema, insertSql(plan, inserts));
    inserted = recordsOf(adds);
    actions.push(...adds.map((add): Action => ({ add })));
  }
  await commitChange(
    session,
    target,
    actions,
    'MERGE',
    { predicate: JSON.stringify([statement.on.text]) },
    {
      numTargetRowsInserted: inserted,
      numTargetRowsUpdated: updated,
      numTargetRowsDeleted: deleted,
      numTargetRowsCopied: copied,
      numSourceRows: await countRows(session, sourceTable),
    },
  );
  return affected({
    num_affected_rows: updated + deleted + inserted,
    num_updated_rows: updated,
    num_deleted_rows: deleted,
    num_inserted_rows: inserted,
  });
}

async function countRows(session: Session, table: string): Promise<number> {
  return Number((await session.rows(`SELECT count(*) FROM ${table}`))[0]![0]);
}

/** The rewritten files' rows: deletes left out, updates computed, the others as they were. */
function rewriteSql(plan: Plan, files: readonly DataFile[]): string {
  const { target, clauses, sourceTable, changesTable } = plan;
  const updates = clauses.filter((clause) => clause.effect.action === 'UPDATE');
  const values = updates.map((clause) => ({ number: clause.number, columns: updateValues(plan, clause) }));
  const items = target.snapshot.schema.map((field) => {
    const own = `t.${quoteName(field.name)}`;
    const whens = values.flatMap(({ number, columns }) => {
      const value = columns.get(field.name);
      return value === undefined ? [] : [`WHEN m."__clause" = ${number} THEN ${value}`];
    });
    return `${whens.length === 0 ? own : `CASE ${whens.join(' ')} ELSE ${own} END`} AS ${quoteName(field.name)}`;
  });
  const deletes = clauses.filter((clause) => clause.effect.action === 'DELETE').map((clause) => clause.number);
  const where = deletes.length === 0 ? '' : ` WHERE coalesce(m."__clause", 0) NOT IN (${deletes.join(', ')})`;
  const scan = scanSql(target.snapshot, files, { placeAmong: plan.files });
  return (
    `SELECT ${items.join(', ')} FROM ${scan} AS t ` +
    `LEFT JOIN (SELECT * FROM ${changesTable} WHERE "__clause" > 0) AS m ON m."__file" = t."__file" AND m."__row" = t."__row" ` +
    `LEFT JOIN ${sourceTable} AS s ON s."__id" = m."__id"${where}`
  );
}

function updateValues(plan: Plan, clause: NumberedClause): Map<string, string> {
  const { schema } = plan.target.snapshot;
  const place = clause.when === 'MATCHED' ? plan.both : plan.targetOnly;
  const { effect } = clause;
  if (effect.action !== 'UPDATE') return new Map();
  const at = { line: 1, column: 1 };
  if (effect.assignments === '*')
    return new Map(
      schema.map((field) => [field.name, storeAssign(sourceColumn(plan, field.name), field.type, field.name, at).sql]),
    );
  return new Map(
    effect.assignments.map(({ column, value, at: position }) => {
      const field = fieldNamed(schema, column.at(-1)!);
      return [field.name, storeAssign(bindExpression(place, value), field.type, field.name, position).sql];
    }),
  );
}

/** UPDATE SET * and INSERT * take each of the table's columns from the source's of the same name. */
function sourceColumn({ source }: Plan, name: string): Bound {
  const found = source
    .flatMap((relation) => relation.columns)
    .filter((column) => column.name.toLowerCase() === name.toLowerCase());
  if (found.length !== 1)
    throw new SparkError(
      'DELTA_MERGE_UNRESOLVED_EXPRESSION',
      `Cannot resolve ${name} in ${found.length === 0 ? 'the source: it has no such column' : 'the source: it has several such columns'}.`,
      { sqlState: '42601' },
    );
  return { sql: found[0]!.sql, type: found[0]!.type };
}

function insertSql(plan: Plan, inserts: readonly NumberedClause[]): string {
  const { schema } = plan.target.snapshot;
  const at = { line: 1, column: 1 };
  const values = inserts.map(({ number, effect }) => {
    if (effect.action !== 'INSERT') throw notImplemented('this action of WHEN NOT MATCHED');
    if (effect.values === '*') return { number, of: (name: string): Bound => sourceColumn(plan, name) };
    if (effect.columns.length !== effect.values.length)
      throw new SparkError(
        'MERGE_INSERT_VALUE_COUNT_MISMATCH',
        `INSERT names ${effect.columns.length} columns and gives ${effect.values.length} values.`,
        { sqlState: '21S01' },
      );
    const named = new Map(
      effect.columns.map((column, index) => [
        fieldNamed(schema, column).name,
        bindExpression(plan.sourceOnly, (effect.values as readonly Expression[])[index]!),
      ]),
    );
    return { number, of: (name: string): Bound => named.get(name) ?? literal(fieldNamed(schema, name).type, null) };
  });
  const items = schema.map((field) => {
    const whens = values.map(
      ({ number, of }) =>
        `WHEN "__clause" = ${number} THEN ${storeAssign(of(field.name), field.type, field.name, at).sql}`,
    );
    return `CAST(CASE ${whens.join(' ')} END AS ${duckDbType(field.type)}) AS ${quoteName(field.name)}`;
  });
  const unmatched = `SELECT s.*, ${clauseNumber(plan.sourceOnly, inserts)} AS "__clause" FROM ${plan.sourceTable} AS s WHERE s."__id" NOT IN (SELECT "__id" FROM ${plan.changesTable} WHERE "__id" IS NOT NULL)`;
  return `SELECT ${items.join(', ')} FROM (${unmatched}) AS s WHERE "__clause" > 0`;
}
