import { Command } from 'commander';
import { environmentOption, instant, type ShopValues, shopOptions } from './options.ts';

export function ingestCommand(): Command {
  const command = new Command('ingest')
    .description("load the shop's changes since the last batch into Azure SQL, exactly once per batch id")
    .addOption(environmentOption())
    .option(
      '--batch-id <id>',
      'id of the batch; an id that was loaded is not loaded again (default: GITHUB_RUN_ID, or the moment)',
    )
    .option(
      '--to <instant>',
      "end of the window, such as 2026-02-01T00:00:00Z (default: by the environment's clock)",
      instant,
    )
    .addHelpText('after', '\nExample:\n  npx dataops ingest --env local --batch-id monday --to 2026-02-02T00:00:00Z');
  for (const option of shopOptions()) command.addOption(option);
  return command.action(async (options: ShopValues & { env: string; batchId?: string; to?: Date }) => {
    const { loadShop, totals } = await import('../run/operations.ts');
    const { defaultBatchId, openPlatform, printProgress } = await import('./environment.ts');
    const platform = openPlatform(options.env, options);
    const batchId = options.batchId ?? defaultBatchId(new Date());
    const result = await loadShop(platform, { batchId, to: options.to }, printProgress);
    const { inserted, updated, deleted } = totals(result);
    console.log(
      `${result.alreadyLoaded ? 'already loaded: ' : ''}batch ${result.batchId} (${result.from}, ${result.to}]: ${inserted} inserted, ${updated} updated, ${deleted} deleted in ${result.seconds.toFixed(1)} s`,
    );
  });
}
