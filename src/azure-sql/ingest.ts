import type sql from 'mssql';
import { ConfigurationError } from '../errors.ts';
import { type Progress, silent } from '../progress.ts';
import { generateChanges } from '../shop/generate.ts';
import { checkShop, type ShopConfig, type Window } from '../shop/shop.ts';
import { sliceWindow } from '../shop/slices.ts';
import { type TableName, tables } from '../shop/tables.ts';
import { createVocabulary, type Vocabulary } from '../shop/vocabulary.ts';
import { type Batch, batchCounts, beginBatch, type Clock, readBatch, recordSlice } from './ingest-batch.ts';
import { defaultRetry, type RetryPolicy, withRetry } from './retry.ts';
import { applyStaged, type RowCounts, stage } from './staging.ts';
import { inTransaction } from './transaction.ts';

export interface IngestOptions {
  /** Names the batch for ever: running it again finishes it, or answers with its figures. At most 100 characters. */
  readonly batchId: string;
  /** Checked against the end of the last batch when given. */
  readonly from?: Date;
  /** End of the window; by the shop's clock when not given. */
  readonly to?: Date;
  /** The present, for a shop whose clock is `now`. */
  readonly now: () => Date;
  /** Placed orders per transaction, 50,000 by default: about ten rows each. */
  readonly ordersPerSlice?: number;
  readonly retry?: RetryPolicy;
}

export interface IngestResult {
  readonly batchId: string;
  /** The window (from, to], ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly rows: Readonly<Record<TableName, Readonly<RowCounts>>>;
  readonly seconds: number;
  /** Whether the batch had been loaded before, so that nothing was done. */
  readonly alreadyLoaded: boolean;
}

/**
 * Loads what happens in the shop since the last batch, exactly once per batch id. The window is cut into slices, each staged by
 * bulk load and applied in one transaction together with the note that it is; a run that is killed anywhere leaves whole slices,
 * and the same batch id goes on from there. What is transient is tried again.
 * @throws ConfigurationError when another batch is unfinished, or the window does not follow the last one.
 */
export async function ingest(
  pool: sql.ConnectionPool,
  shop: ShopConfig & Clock,
  options: IngestOptions,
  progress: Progress = silent,
): Promise<IngestResult> {
  checkShop(shop);
  if (!/^[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?$/.test(options.batchId))
    throw new ConfigurationError(
      `azure-sql: batch id ${JSON.stringify(options.batchId)} does not fit: expected 1 to 100 printable ASCII characters.`,
    );
  const began = options.now().getTime();
  const retry = options.retry ?? defaultRetry;
  const batch = await withRetry(
    () =>
      beginBatch(
        pool,
        shop,
        { id: options.batchId, from: options.from?.getTime(), to: options.to?.getTime() },
        options.now().getTime(),
      ),
    retry,
  );
  const alreadyLoaded = batch.status === 'loaded';
  if (!alreadyLoaded) {
    progress({ message: `ingest: batch '${batch.id}', ${describe({ from: batch.loadedTo, to: batch.window.to })}` });
    const vocabulary = createVocabulary(shop.seed);
    const left = { from: batch.loadedTo, to: batch.window.to };
    for (const slice of sliceWindow(shop, left, options.ordersPerSlice ?? 50_000))
      await withRetry(() => loadSlice(pool, shop, vocabulary, batch, slice, progress), retry);
  }
  const counts = await withRetry(() => batchCounts(pool, batch.id), retry);
  return {
    batchId: batch.id,
    from: new Date(batch.window.from).toISOString(),
    to: new Date(batch.window.to).toISOString(),
    rows: Object.fromEntries(
      tables.map(({ name }) => [name, counts[name] ?? { inserted: 0, updated: 0, deleted: 0 }]),
    ) as Record<TableName, RowCounts>,
    seconds: (options.now().getTime() - began) / 1000,
    alreadyLoaded,
  };
}

async function loadSlice(
  pool: sql.ConnectionPool,
  shop: ShopConfig,
  vocabulary: Vocabulary,
  batch: Batch,
  slice: Window,
  progress: Progress,
): Promise<void> {
  // A commit whose answer was lost has happened or not; the batch's row, written with it, tells.
  const current = await readBatch(pool, batch.id);
  if (current !== undefined && current.loadedTo >= slice.to) return;

  const done = (part: number) =>
    (slice.from - batch.window.from + part * (slice.to - slice.from)) / (batch.window.to - batch.window.from);
  const tell = (what: string, part: number) =>
    progress({ message: `ingest: ${describe(slice)}: ${what}`, fraction: done(part) });
  // How many rows a slice comes to is known when all are staged.
  const staged = await stage(pool, generateChanges(shop, slice, { vocabulary }), (rows) =>
    tell(`${grouped(rows)} rows staged so far`, 0),
  );
  tell(`${grouped(staged.rows)} rows staged`, 0.5);
  await inTransaction(pool, async (transaction) => {
    const counts = await applyStaged(transaction, staged, batch.id, (rows) =>
      tell(`${grouped(rows)} of ${grouped(staged.rows)} rows applied`, 0.5 + (0.45 * rows) / staged.rows),
    );
    await recordSlice(transaction, batch, slice, counts);
    tell('applied, committing', 0.95);
  });
  tell('committed', 1);
}

function describe({ from, to }: Window): string {
  const minute = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return `(${minute(from)}, ${minute(to)}]`;
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
