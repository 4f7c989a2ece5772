import sql from 'mssql';
import { ConfigurationError } from '../errors.ts';
import { openingOf, type ShopConfig, type Window } from '../shop/shop.ts';
import type { TableName } from '../shop/tables.ts';
import { errorNumber } from './retry.ts';
import { holdToShop } from './shop-identity.ts';
import type { TableCounts } from './staging.ts';
import { inTransaction } from './transaction.ts';

/** A batch as etl.ingest_batch holds it. */
export interface Batch {
  readonly id: string;
  readonly window: Window;
  /** Everything up to here is committed, epoch milliseconds. */
  readonly loadedTo: number;
  readonly status: 'loading' | 'loaded';
}

export interface BatchRequest {
  readonly id: string;
  /** Where the caller believes the window begins; checked when given. */
  readonly from?: number;
  /** End of the window; by the clock when not given. */
  readonly to?: number;
}

/** How the end of a window is found when none is asked for. */
export interface Clock {
  readonly backfillDays: number;
  readonly clock: 'now' | { readonly stepHours: number };
}

interface BatchRow {
  batch_id: string;
  window_from: Date;
  window_to: Date;
  loaded_to: Date;
  status: 'loading' | 'loaded';
}

/** Violation of a primary key. */
const duplicateKey = 2627;

const columns = 'batch_id, window_from, window_to, loaded_to, status';
const dayMilliseconds = 86_400_000;
const hourMilliseconds = 3_600_000;

/**
 * Finds a batch, or begins it: its window follows the last one without gap. Batches come one after another, so another one that
 * was left half-way has to be finished first, under its own id.
 * @throws ConfigurationError when it cannot begin, naming what is in the way.
 */
export async function beginBatch(
  pool: sql.ConnectionPool,
  shop: ShopConfig & Clock,
  request: BatchRequest,
  now: number,
): Promise<Batch> {
  try {
    return await tryToBegin(pool, shop, request, now);
  } catch (error) {
    // Somebody else began the same batch between the look and the insert: now it is there to be found.
    if (errorNumber(error) === duplicateKey) return tryToBegin(pool, shop, request, now);
    throw error;
  }
}

async function tryToBegin(
  pool: sql.ConnectionPool,
  shop: ShopConfig & Clock,
  request: BatchRequest,
  now: number,
): Promise<Batch> {
  return inTransaction(pool, async (transaction) => {
    // The lock makes beginnings follow one another: two processes cannot both find nothing under way.
    const { recordset } = await new sql.Request(transaction).query<BatchRow>(
      `SELECT ${columns} FROM etl.ingest_batch WITH (TABLOCKX, HOLDLOCK) ORDER BY window_to, started_at;`,
    );
    await holdToShop(transaction, shop);
    const known = recordset.find((row) => row.batch_id === request.id);
    if (known !== undefined) return batchOf(known);
    const unfinished = recordset.find((row) => row.status === 'loading');
    if (unfinished !== undefined)
      throw new ConfigurationError(
        `azure-sql: batch '${unfinished.batch_id}' was left half-way (loaded to ${unfinished.loaded_to.toISOString()}). Finish it first: run ingest with that batch id, then '${request.id}'.`,
      );

    const last = recordset.at(-1);
    const from = last === undefined ? openingOf(shop) : last.window_to.getTime();
    if (request.from !== undefined && request.from !== from)
      throw new ConfigurationError(
        `azure-sql: batch '${request.id}' asks to begin at ${new Date(request.from).toISOString()}, but what is loaded ends at ${new Date(from).toISOString()}. Windows follow one another; leave 'from' out.`,
      );
    const to = request.to ?? endByClock(shop, last === undefined, from, now);
    if (to < from)
      throw new ConfigurationError(
        `azure-sql: batch '${request.id}' ends at ${new Date(to).toISOString()}, before ${
          last === undefined
            ? `the shop opened (${shop.openedAt})`
            : `the end of the last batch '${last.batch_id}' (${new Date(from).toISOString()})`
        }. Give a later 'to'.`,
      );
    const status = to === from ? 'loaded' : 'loading';
    await new sql.Request(transaction)
      .input('id', sql.VarChar(100), request.id)
      .input('from', sql.DateTime2(3), new Date(from))
      .input('to', sql.DateTime2(3), new Date(to))
      .input('status', sql.VarChar(10), status)
      .query(`
        INSERT INTO etl.ingest_batch (batch_id, window_from, window_to, loaded_to, status, started_at, finished_at)
        VALUES (@id, @from, @to, @from, @status, SYSUTCDATETIME(), CASE WHEN @status = 'loaded' THEN SYSUTCDATETIME() END);`);
    return { id: request.id, window: { from, to }, loadedTo: from, status };
  });
}

/** The first window is a backfill of so many days from the opening; later ones end now, or a step further on the shop's own clock. */
export function endByClock({ backfillDays, clock }: Clock, isFirst: boolean, from: number, now: number): number {
  if (clock === 'now') return isFirst ? Math.min(now, from + backfillDays * dayMilliseconds) : now;
  return from + Math.round(isFirst ? backfillDays * dayMilliseconds : clock.stepHours * hourMilliseconds);
}

function batchOf(row: BatchRow): Batch {
  return {
    id: row.batch_id,
    window: { from: row.window_from.getTime(), to: row.window_to.getTime() },
    loadedTo: row.loaded_to.getTime(),
    status: row.status,
  };
}

/** A batch as it stands now. */
export async function readBatch(pool: sql.ConnectionPool, id: string): Promise<Batch | undefined> {
  const { recordset } = await pool
    .request()
    .input('id', sql.VarChar(100), id)
    .query<BatchRow>(`SELECT ${columns} FROM etl.ingest_batch WHERE batch_id = @id;`);
  return recordset[0] === undefined ? undefined : batchOf(recordset[0]);
}

/**
 * Notes within the transaction that applies a slice that it is loaded; the last slice ends the batch.
 * @throws ConfigurationError when the batch is not where the slice begins: another process works on the same batch.
 */
export async function recordSlice(
  transaction: sql.Transaction,
  batch: Batch,
  slice: Window,
  counts: TableCounts,
): Promise<void> {
  const all = Object.values(counts);
  const { rowsAffected } = await new sql.Request(transaction)
    .input('id', sql.VarChar(100), batch.id)
    .input('from', sql.DateTime2(3), new Date(slice.from))
    .input('to', sql.DateTime2(3), new Date(slice.to))
    .input(
      'inserted',
      sql.BigInt,
      all.reduce((sum, each) => sum + each.inserted, 0),
    )
    .input(
      'updated',
      sql.BigInt,
      all.reduce((sum, each) => sum + each.updated, 0),
    )
    .input(
      'deleted',
      sql.BigInt,
      all.reduce((sum, each) => sum + each.deleted, 0),
    )
    .query(`
      UPDATE etl.ingest_batch
      SET loaded_to = @to,
        rows_inserted = rows_inserted + @inserted,
        rows_updated = rows_updated + @updated,
        rows_deleted = rows_deleted + @deleted,
        status = CASE WHEN window_to = @to THEN 'loaded' ELSE status END,
        finished_at = CASE WHEN window_to = @to THEN SYSUTCDATETIME() END
      WHERE batch_id = @id AND status = 'loading' AND loaded_to = @from;`);
  if (rowsAffected[0] !== 1)
    throw new ConfigurationError(
      `azure-sql: batch '${batch.id}' is no longer at ${new Date(slice.from).toISOString()}: another process loads the same batch. Let it finish; running the batch again then changes nothing.`,
    );
  const changed = Object.entries(counts);
  if (changed.length === 0) return;
  const request = new sql.Request(transaction)
    .input('id', sql.VarChar(100), batch.id)
    .input('to', sql.DateTime2(3), new Date(slice.to));
  const rows = changed.map(([table, each], index) => {
    request
      .input(`table${index}`, sql.VarChar(128), table)
      .input(`inserted${index}`, sql.BigInt, each.inserted)
      .input(`updated${index}`, sql.BigInt, each.updated)
      .input(`deleted${index}`, sql.BigInt, each.deleted);
    return `(@id, @to, @table${index}, @inserted${index}, @updated${index}, @deleted${index})`;
  });
  await request.query(`
    INSERT INTO etl.ingest_slice (batch_id, loaded_to, table_name, rows_inserted, rows_updated, rows_deleted)
    VALUES ${rows.join(', ')};`);
}

/** The figures of everything a batch has loaded. */
export async function batchCounts(pool: sql.ConnectionPool, id: string): Promise<TableCounts> {
  type Figure = string | number;
  const { recordset } = await pool
    .request()
    .input('id', sql.VarChar(100), id)
    .query<{ table_name: TableName; rows_inserted: Figure; rows_updated: Figure; rows_deleted: Figure }>(
      `SELECT table_name, SUM(rows_inserted) AS rows_inserted, SUM(rows_updated) AS rows_updated, SUM(rows_deleted) AS rows_deleted
       FROM etl.ingest_slice WHERE batch_id = @id GROUP BY table_name;`,
    );
  return Object.fromEntries(
    recordset.map((row) => [
      row.table_name,
      { inserted: Number(row.rows_inserted), updated: Number(row.rows_updated), deleted: Number(row.rows_deleted) },
    ]),
  );
}
