import { runAction, setOutputs } from '../../src/github/action.ts';
import { instant, integer, requiredText } from '../../src/github/inputs.ts';
import { markdownTable, writeSummary } from '../../src/github/summary.ts';
import { loadShop, totals } from '../../src/run/operations.ts';
import { withShop } from '../../src/run/platform.ts';

await runAction(async (platform, progress) => {
  const shop = {
    ordersPerDay: integer('orders-per-day', { minimum: 1, maximum: 1_000_000 }),
    backfillDays: integer('days', { minimum: 1, maximum: 3660 }),
  };
  const result = await loadShop(
    withShop(platform, shop),
    { batchId: requiredText('batch-id'), to: instant('to') },
    progress,
  );
  const { inserted, updated, deleted } = totals(result);
  setOutputs({
    'batch-id': result.batchId,
    'window-from': result.from,
    'window-to': result.to,
    'rows-inserted': inserted,
    'rows-updated': updated,
    'rows-deleted': deleted,
  });
  const rows = Object.entries(result.rows).map(([table, counts]) => [
    table,
    counts.inserted,
    counts.updated,
    counts.deleted,
  ]);
  await writeSummary(
    `### Ingested ${result.batchId}\n\nWindow (${result.from}, ${result.to}]${result.alreadyLoaded ? ', loaded before' : ''}\n\n${markdownTable(['table', 'inserted', 'updated', 'deleted'], rows)}`,
  );
});
