import sql from 'mssql';
import { ConfigurationError } from '../errors.ts';
import type { Change, ChangeChunk, Operation } from '../shop/changes.ts';
import {
  type ColumnDefinition,
  type ColumnType,
  ledgerColumns,
  type TableName,
  tableOf,
  tables,
} from '../shop/tables.ts';
import { quoteName, quoteTable } from './quote.ts';

/**
 * Loads the changes of a slice into `etl.staging_*` and applies them. A key may change several times within a slice; its changes are
 * numbered from 1, and applied number by number, each with set-based statements: so capture sees every version of a row, in order.
 */

/** Rows by what was done with them. */
export interface RowCounts {
  inserted: number;
  updated: number;
  deleted: number;
}

export type TableCounts = Partial<Record<TableName, RowCounts>>;

/** What lies in staging: how many changes of each number and operation a table has. */
export interface Staged {
  readonly changes: ReadonlyMap<TableName, readonly Readonly<Record<Operation, number>>[]>;
  readonly defects: number;
  readonly rows: number;
}

const operationLetters: Readonly<Record<Operation, string>> = { insert: 'I', update: 'U', delete: 'D' };
const changeColumns: readonly ColumnDefinition[] = [
  { name: 'change_operation', type: { kind: 'char', length: 1 }, nullable: false },
  { name: 'change_number', type: { kind: 'int' }, nullable: false },
];

/** Rows per bulk load: enough to make the round trip cheap, few enough to hold. */
const bulkRows = 20_000;

/** Bulk loads under way at a time: while the server puts one away, the next is on its way there. */
const parallelLoads = 2;

const stagingTable = (name: string) => quoteTable('etl', `staging_${name}`);

async function emptyStaging(request: sql.Request): Promise<void> {
  const names = [...tables.map((table) => table.name), 'injected_defect'];
  await request.batch(names.map((name) => `TRUNCATE TABLE ${stagingTable(name)};`).join('\n'));
}

/**
 * Empties staging and loads chunks into it.
 * @param onRows told now and then how many rows have been handed over.
 */
export async function stage(
  pool: sql.ConnectionPool,
  chunks: Iterable<ChangeChunk>,
  onRows: (rows: number) => void = () => {},
): Promise<Staged> {
  await emptyStaging(pool.request());

  const changes = new Map<TableName, Record<Operation, number>[]>();
  const firstVersions = new Map<TableName, Map<number, number>>();
  const loads = new Map<string, sql.Table>();
  const loading = loadSome(pool);
  let defects = 0;
  let rows = 0;

  async function add(name: TableName | 'injected_defect', row: unknown[]): Promise<void> {
    let load = loads.get(name);
    if (load === undefined) {
      load = newLoad(name);
      loads.set(name, load);
    }
    load.rows.push(row as never);
    rows++;
    if (load.rows.length < bulkRows) return;
    loads.delete(name);
    await loading.begin(load);
    onRows(rows);
  }

  try {
    for (const { table, changes: some } of chunks) {
      if (table === 'injected_defect') {
        defects += some.length;
        for (const change of some) await add(table, [...change.values]);
        continue;
      }
      const columns = tableOf(table).columns;
      const counts = changes.get(table) ?? [];
      changes.set(table, counts);
      const seen = firstVersions.get(table) ?? new Map<number, number>();
      firstVersions.set(table, seen);
      for (const change of some) {
        const number = numberOf(seen, change);
        counts[number - 1] ??= { insert: 0, update: 0, delete: 0 };
        counts[number - 1]![change.operation]++;
        await add(table, stagingRow(columns, change, number));
      }
    }
    for (const load of loads.values()) await loading.begin(load);
  } finally {
    await loading.ended();
  }
  return { changes, defects, rows };
}

/** The how-manieth change of its key within the slice: 1 for the first the slice has, whatever came before. */
function numberOf(seen: Map<number, number>, change: Change): number {
  const key = change.values[0] as number;
  const first = seen.get(key);
  if (first === undefined) {
    seen.set(key, change.version);
    return 1;
  }
  return change.version - first + 1;
}

function stagingRow(columns: readonly ColumnDefinition[], change: Change, number: number): unknown[] {
  const row: unknown[] = [operationLetters[change.operation], number];
  for (let index = 0; index < columns.length; index++) {
    const value = change.values[index] ?? null;
    row.push(value !== null && columns[index]!.type.kind === 'datetime2' ? new Date(value as number) : value);
  }
  return row;
}

function newLoad(name: TableName | 'injected_defect'): sql.Table {
  const load = new sql.Table(`etl.staging_${name}`);
  const isLedger = name === 'injected_defect';
  const columns = isLedger ? ledgerColumns : [...changeColumns, ...tableOf(name).columns];
  columns.forEach((column, index) => {
    // A delete brings its key alone: all but the operation, the number and the key may be NULL.
    const nullable = !isLedger && index > changeColumns.length;
    load.columns.add(column.name, driverType(column.type), { nullable });
  });
  return load;
}

/** Bulk loads side by side, up to the limit. */
function loadSome(pool: sql.ConnectionPool): { begin(load: sql.Table): Promise<void>; ended(): Promise<void> } {
  const running = new Set<Promise<void>>();
  return {
    /** Resolves when there is room for the next one; rejects when one has failed. */
    async begin(load) {
      const work: Promise<void> = bulk(pool, load).then(() => {
        running.delete(work);
      });
      // Who waits next hears of a failure; until then it is no unhandled rejection.
      work.catch(() => {});
      running.add(work);
      if (running.size >= parallelLoads) await Promise.race(running);
    },
    /** Nothing is under way any more, however it ended. @throws what the first that failed threw. */
    async ended() {
      const outcomes = await Promise.allSettled(running);
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    },
  };
}

async function bulk(pool: sql.ConnectionPool, load: sql.Table): Promise<void> {
  // The driver below calls it lockTable; the `tableLock` of mssql's types is not handed on. On a heap it makes the load minimal in log.
  await pool.request().bulk(load, { keepNulls: true, lockTable: true } as sql.IBulkOptions);
}

/** The driver's type for a column: what a bulk load announces. */
export function driverType(type: ColumnType): sql.ISqlType {
  switch (type.kind) {
    case 'bigint':
      return sql.BigInt() as sql.ISqlType;
    case 'int':
      return sql.Int() as sql.ISqlType;
    case 'smallint':
      return sql.SmallInt() as sql.ISqlType;
    case 'bit':
      return sql.Bit() as sql.ISqlType;
    case 'decimal':
      return sql.Decimal(type.precision, type.scale);
    case 'char':
      return sql.Char(type.length);
    case 'varchar':
      return sql.VarChar(type.length);
    case 'nvarchar':
      return sql.NVarChar(type.length);
    case 'datetime2':
      return sql.DateTime2(type.scale);
  }
}

/**
 * Applies what is staged, within a transaction: per number the inserts (parents first), the updates, the deletes (children first);
 * then the ledger. Staging is left empty: it holds people's data, and must not keep what is erased in dbo later.
 * @param onRows told after each statement how many rows have been applied.
 * @throws ConfigurationError when staging no longer holds what was loaded: another process loads at the same time.
 */
export async function applyStaged(
  transaction: sql.Transaction,
  staged: Staged,
  batchId: string,
  onRows: (rows: number) => void = () => {},
): Promise<TableCounts> {
  await checkStaging(transaction, staged);
  const counts: TableCounts = {};
  let applied = 0;
  const waves = Math.max(0, ...Array.from(staged.changes.values(), (numbers) => numbers.length));
  const steps = [
    ...tables.map((table) => ({ table: table.name, operation: 'insert' as const })),
    ...tables.map((table) => ({ table: table.name, operation: 'update' as const })),
    ...[...tables].reverse().map((table) => ({ table: table.name, operation: 'delete' as const })),
  ];
  for (let number = 1; number <= waves; number++)
    for (const { table, operation } of steps) {
      if ((staged.changes.get(table)?.[number - 1]?.[operation] ?? 0) === 0) continue;
      const { rowsAffected } = await new sql.Request(transaction)
        .input('number', sql.Int, number)
        .query(applyStatement(table, operation));
      counts[table] ??= { inserted: 0, updated: 0, deleted: 0 };
      counts[table][`${operation}${operation.endsWith('e') ? 'd' : 'ed'}` as keyof RowCounts] += rowsAffected[0] ?? 0;
      applied += rowsAffected[0] ?? 0;
      onRows(applied);
    }
  if (staged.defects > 0)
    await new sql.Request(transaction).input('batch_id', sql.VarChar(100), batchId).query(`
      INSERT INTO etl.injected_defect (table_name, row_key, defect, column_name, batch_id)
      SELECT table_name, row_key, defect, column_name, @batch_id FROM ${stagingTable('injected_defect')};`);
  await emptyStaging(new sql.Request(transaction));
  return counts;
}

/** The statement that applies one table's changes of one kind with number `@number`. */
export function applyStatement(name: TableName, operation: Operation): string {
  const { key, columns } = tableOf(name);
  const target = quoteTable('dbo', name);
  const staging = stagingTable(name);
  const which = `s.[change_number] = @number AND s.[change_operation] = '${operationLetters[operation]}'`;
  const match = `JOIN ${staging} AS s ON s.${quoteName(key)} = t.${quoteName(key)}`;
  switch (operation) {
    case 'insert': {
      const names = columns.map((column) => quoteName(column.name));
      return `INSERT INTO ${target} (${names.join(', ')}) SELECT ${names.map((column) => `s.${column}`).join(', ')} FROM ${staging} AS s WHERE ${which};`;
    }
    case 'update': {
      const set = columns
        .filter((column) => column.name !== key)
        .map((column) => `${quoteName(column.name)} = s.${quoteName(column.name)}`);
      return `UPDATE t SET ${set.join(', ')} FROM ${target} AS t ${match} WHERE ${which};`;
    }
    case 'delete':
      return `DELETE t FROM ${target} AS t ${match} WHERE ${which};`;
  }
}

async function checkStaging(transaction: sql.Transaction, staged: Staged): Promise<void> {
  const expected = new Map<string, number>([['injected_defect', staged.defects]]);
  for (const table of tables)
    expected.set(
      table.name,
      (staged.changes.get(table.name) ?? []).reduce((sum, each) => sum + each.insert + each.update + each.delete, 0),
    );
  const query = [...expected.keys()]
    .map((name) => `SELECT '${name}' AS name, COUNT_BIG(*) AS held FROM ${stagingTable(name)}`)
    .join(' UNION ALL ');
  const { recordset } = await new sql.Request(transaction).query<{ name: string; held: string | number }>(`${query};`);
  for (const { name, held } of recordset)
    if (Number(held) !== expected.get(name))
      throw new ConfigurationError(
        `azure-sql: etl.staging_${name} holds ${held} rows where ${expected.get(name)} were loaded: another ingest runs on this database. Let it finish, then run this batch again.`,
      );
}
