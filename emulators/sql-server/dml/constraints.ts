import { bindCheck, type Condition, collationKey, parseBatch } from '../../tsql/index.ts';
import { catalogTable, storageName } from '../bind-catalog.ts';
import type { CheckDefinition, ForeignKeyDefinition, KeyDefinition, TableDefinition } from '../catalog.ts';
import { duckTypeName, quoteName } from '../duck-type.ts';
import type { Engine } from '../engine.ts';
import { conflict, duplicateInIndex, duplicateKey, nullNotAllowed, truncated } from '../errors.ts';
import { rows } from '../run.ts';
import { isBinary, isText } from '../type-info.ts';
import { after, before, type ChangeSet, can, indexOf, ROWID, verb, where } from './change-set.ts';

/**
 * Constraints are checked by queries over the change set, before it is applied and under the writer lock. DuckDB's own indexes are not
 * used: they refuse a key that was deleted and inserted again in one transaction, abort the transaction when they refuse, and keep
 * every key in memory.
 */

/** @throws SqlError 515, 2628, 2627, 2601, 547: nothing has been applied then. */
export async function check(engine: Engine, change: ChangeSet): Promise<void> {
  if (change.rows === 0n) return;
  if (change.kind !== 'delete') {
    await checkValues(engine, change);
    for (const key of change.table.keys) if (key.unique) await checkKey(engine, change, key);
    for (const each of change.table.checks) await checkCondition(engine, change, each);
    for (const each of change.table.foreignKeys) await checkForeignKey(engine, change, each);
  }
  if (change.kind !== 'insert') await checkReferences(engine, change);
}

const qualified = (engine: Engine, table: TableDefinition): string =>
  table.name.startsWith('#') ? `tempdb.dbo.${table.name}` : `${engine.database.name}.${table.schema}.${table.name}`;

/** NOT NULL and lengths of all columns in one pass. */
async function checkValues(engine: Engine, change: ChangeSet): Promise<void> {
  const tests: { sql: string; fail: () => Promise<Error | undefined> }[] = [];
  const affected = change.kind === 'merge' ? `"$action" <> 'DELETE'` : 'true';
  change.table.columns.forEach((column, index) => {
    if (change.kind === 'update' && !change.written.has(index)) return;
    const value = after(change, index);
    if (!column.nullable) {
      tests.push({
        sql: `bool_or(${value} IS NULL)`,
        fail: async () =>
          nullNotAllowed(column.name, qualified(engine, change.table), change.kind === 'update' ? 'UPDATE' : 'INSERT'),
      });
    }
    const { length } = column.type;
    if (typeof length !== 'number' || !change.written.has(index)) return;
    const measure = isText(column.type)
      ? `length(rtrim(${value}, ' ')) > ${length}`
      : isBinary(column.type)
        ? `octet_length(${value}) > ${length}`
        : undefined;
    if (measure === undefined) return;
    tests.push({
      sql: `bool_or(${measure})`,
      fail: async () => {
        const shown = isText(column.type) ? `left(${value}, ${length})` : `hex(${value})`;
        const found = await rows(
          engine.connection,
          `SELECT ${shown} FROM ${change.relation} WHERE (${affected}) AND ${measure} LIMIT 1`,
          [],
          [{ name: 'nvarchar', length: 'max' }],
        );
        return truncated(qualified(engine, change.table), column.name, String(found[0]?.[0] ?? ''));
      },
    });
  });
  if (tests.length === 0) return;
  const [result] = await rows(
    engine.connection,
    `SELECT ${tests.map((each) => `coalesce(${each.sql}, false)`).join(', ')} FROM ${change.relation} WHERE ${affected}`,
    [],
    tests.map(() => ({ name: 'bit' as const })),
  );
  for (const [index, each] of tests.entries()) {
    if (result?.[index] === true) {
      const error = await each.fail();
      if (error) throw error;
    }
  }
}

/** The expression by which two values of a key column are the same. */
function keyOf(table: TableDefinition, name: string, sql: string): string {
  const column = table.columns[indexOf(table, name)];
  return column && isText(column.type) ? collationKey(sql, column.collation) : sql;
}

/** The key's value as messages show it: `(1, a)`. */
const shown = (columns: readonly string[]): string =>
  `concat('(', ${columns.map((each) => `coalesce(CAST(${each} AS VARCHAR), '<NULL>')`).join(`, ', ', `)}, ')')`;

async function checkKey(engine: Engine, change: ChangeSet, key: KeyDefinition): Promise<void> {
  const { table } = change;
  const columns = key.columns.map((each) => ({ ...each, index: indexOf(table, each.name) }));
  const touched = columns.some((each) => change.sets.has(each.index));
  if (change.kind === 'update' && !touched) return;
  // Rows of a MERGE that update but leave the key alone cannot collide anew.
  const candidates =
    change.kind === 'merge' && !touched
      ? where(change, 'insert')
      : change.kind === 'merge'
        ? `"$action" <> 'DELETE'`
        : 'true';
  const parts = columns.map((each) => keyOf(table, each.name, after(change, each.index)));
  const text = shown(columns.map((each) => after(change, each.index)));
  const names = parts.map((_, position) => `k${position}`);
  const fresh = `SELECT ${parts.map((each, position) => `${each} AS k${position}`).join(', ')}, ${text} AS shown FROM ${change.relation} WHERE ${candidates}`;
  const replaced =
    change.kind === 'insert'
      ? ''
      : ` AND t.rowid NOT IN (SELECT ${ROWID} FROM ${change.relation} WHERE ${ROWID} IS NOT NULL${
          change.kind === 'merge' && !touched ? ` AND "$action" = 'DELETE'` : ''
        })`;
  const equal = columns.map((each, position) => {
    const stored = keyOf(table, each.name, `t.${quoteName(each.name)}`);
    const nullable = table.columns[each.index]?.nullable === true;
    return `n.k${position} ${nullable ? 'IS NOT DISTINCT FROM' : '='} ${stored}`;
  });
  const text50 = [{ name: 'nvarchar' as const, length: 'max' as const }];
  const twice = await rows(
    engine.connection,
    `SELECT min(shown) FROM (${fresh}) GROUP BY ${names.join(', ')} HAVING count(*) > 1 LIMIT 1`,
    [],
    text50,
  );
  const found =
    twice[0] ??
    (
      await rows(
        engine.connection,
        `SELECT n.shown FROM (${fresh}) n JOIN ${storageName(table)} t ON ${equal.join(' AND ')}${
          replaced === '' ? '' : ` WHERE true${replaced}`
        } LIMIT 1`,
        [],
        text50,
      )
    )[0];
  if (found) throw duplicateKey(key.kind, key.name, displayName(table), String(found[0]));
}

export const displayName = (table: TableDefinition): string =>
  table.storage ? `dbo.${table.name}` : `${table.schema}.${table.name}`;

/** A CHECK's condition, kept as text in the catalog. */
function condition(text: string): Condition {
  const statement = parseBatch(`IF ${text} RETURN`).statements[0];
  if (statement?.kind !== 'if') throw new Error(`not a condition: ${text}`);
  return statement.condition;
}

async function checkCondition(engine: Engine, change: ChangeSet, each: CheckDefinition): Promise<void> {
  const columns = change.table.columns.map(
    (column, index) => `CAST(${after(change, index)} AS ${duckTypeName(column.type)}) AS ${quoteName(column.name)}`,
  );
  const affected = change.kind === 'merge' ? `"$action" <> 'DELETE'` : 'true';
  await checkRelation(
    engine,
    change.table,
    each,
    `(SELECT ${columns.join(', ')} FROM ${change.relation} WHERE ${affected})`,
    verb(change),
  );
}

/** @throws SqlError 547 when a row of the relation (with the table's columns) breaks the condition; unknown is not broken. */
export async function checkRelation(
  engine: Engine,
  table: TableDefinition,
  each: CheckDefinition,
  relation: string,
  command: string,
): Promise<void> {
  const bound = bindCheck(condition(each.text), catalogTable(table), engine.context());
  const found = await rows(
    engine.connection,
    `SELECT 1 FROM ${relation} AS ${quoteName(table.name)} WHERE NOT (${bound.sql}) LIMIT 1`,
    engine.args(bound.parameters),
    [{ name: 'int' }],
  );
  if (found.length > 0) {
    throw conflict(command, 'CHECK', each.name, engine.database.name, displayName(table), undefined);
  }
}

async function checkForeignKey(engine: Engine, change: ChangeSet, key: ForeignKeyDefinition): Promise<void> {
  const indices = key.columns.map((name) => indexOf(change.table, name));
  if (change.kind === 'update' && !indices.some((index) => change.sets.has(index))) return;
  const affected = change.kind === 'merge' ? `"$action" <> 'DELETE'` : 'true';
  const columns = indices.map((index, position) => {
    const value = after(change, index);
    return `${keyOf(change.table, key.columns[position] ?? '', value)} AS k${position}`;
  });
  const fresh = `SELECT DISTINCT ${columns.join(', ')} FROM ${change.relation} WHERE ${affected}`;
  await checkParents(engine, change.table, key, fresh, verb(change), change);
}

/**
 * @param keys a query with columns k0, k1, ...: the foreign-key values to look up.
 * @param change for a self-reference: rows that appear at the same time count as parents.
 */
export async function checkParents(
  engine: Engine,
  table: TableDefinition,
  key: ForeignKeyDefinition,
  keys: string,
  command: string,
  change?: ChangeSet,
): Promise<void> {
  const parent = engine.catalog.table(key.referenced.schema, key.referenced.name);
  if (!parent) throw new Error(`foreign key ${key.name} refers to a table that is gone`);
  const names = key.columns.map((_, position) => `k${position}`);
  const equal = key.referenced.columns.map((_, position) => `p.k${position} = n.k${position}`);
  const parents = key.referenced.columns.map(
    (name, position) => `${keyOf(parent, name, `t.${quoteName(name)}`)} AS k${position}`,
  );
  // The semi-join first: DuckDB then builds its hash table on the few new keys, not on the whole parent.
  let known = `SELECT DISTINCT ${names.map((each) => `p.${each}`).join(', ')} FROM (SELECT ${parents.join(', ')} FROM ${storageName(parent)} t) p JOIN fresh n ON ${equal.join(' AND ')}`;
  if (change && parent.id === table.id) {
    const own = key.referenced.columns.map(
      (name, position) => `${keyOf(parent, name, after(change, indexOf(parent, name)))} AS k${position}`,
    );
    known += ` UNION SELECT ${own.join(', ')} FROM ${change.relation}`;
  }
  const missing = await rows(
    engine.connection,
    `WITH fresh AS MATERIALIZED (${keys}), known AS (${known})
     SELECT 1 FROM fresh n WHERE ${names.map((each) => `n.${each} IS NOT NULL`).join(' AND ')}
       AND NOT EXISTS (SELECT 1 FROM known p WHERE ${names.map((each) => `p.${each} = n.${each}`).join(' AND ')}) LIMIT 1`,
    [],
    [{ name: 'int' }],
  );
  if (missing.length === 0) return;
  throw conflict(
    command,
    'FOREIGN KEY',
    key.name,
    engine.database.name,
    displayName(parent),
    key.referenced.columns.length === 1 ? key.referenced.columns[0] : undefined,
  );
}

/** Rows that other tables refer to may neither go nor change their key (NO ACTION; CASCADE is carried out by `cascade`). */
async function checkReferences(engine: Engine, change: ChangeSet): Promise<void> {
  for (const { table: child, foreignKey: key } of engine.catalog.references(change.table)) {
    if (change.table.storage) return;
    const indices = key.referenced.columns.map((name) => indexOf(change.table, name));
    const moves = indices.some((index) => change.sets.has(index));
    if (!can(change, 'delete') && !moves) continue;
    const deletes = key.onDelete === 'NO ACTION' ? where(change, 'delete') : 'false';
    const changed = indices.map((index) => `${before(index)} IS DISTINCT FROM ${after(change, index)}`).join(' OR ');
    const gone = moves ? `(${deletes}) OR ((${where(change, 'update')}) AND (${changed}))` : deletes;
    const olds = indices.map(
      (index, position) =>
        `${keyOf(change.table, key.referenced.columns[position] ?? '', before(index))} AS k${position}`,
    );
    const children = key.columns.map(
      (name, position) => `${keyOf(child, name, `c.${quoteName(name)}`)} = n.k${position}`,
    );
    const self =
      child.id === change.table.id
        ? ` AND c.rowid NOT IN (SELECT ${ROWID} FROM ${change.relation} WHERE ${ROWID} IS NOT NULL)`
        : '';
    const found = await rows(
      engine.connection,
      `SELECT 1 FROM ${storageName(child)} c JOIN (SELECT DISTINCT ${olds.join(', ')} FROM ${change.relation} WHERE ${gone}) n
         ON ${children.join(' AND ')}${self === '' ? '' : ` WHERE true${self}`} LIMIT 1`,
      [],
      [{ name: 'int' }],
    );
    if (found.length > 0) {
      throw conflict(
        verb(change),
        'REFERENCE',
        key.name,
        engine.database.name,
        displayName(child),
        key.columns.length === 1 ? key.columns[0] : undefined,
      );
    }
  }
}

/** Checks a key over a whole table: CREATE UNIQUE INDEX, ADD CONSTRAINT. @throws SqlError 1505. */
export async function checkExistingKey(engine: Engine, table: TableDefinition, key: KeyDefinition): Promise<void> {
  const columns = key.columns.map((each) => keyOf(table, each.name, quoteName(each.name)));
  const found = await rows(
    engine.connection,
    `SELECT min(${shown(key.columns.map((each) => quoteName(each.name)))}) FROM ${storageName(table)} GROUP BY ${columns.join(', ')} HAVING count(*) > 1 LIMIT 1`,
    [],
    [{ name: 'nvarchar', length: 'max' }],
  );
  if (found[0]) throw duplicateInIndex(displayName(table), key.name, String(found[0][0]));
}
