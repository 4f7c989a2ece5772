import { join } from 'node:path';
import { Command } from 'commander';
import { localDirectory } from '../environments/folders.ts';
import { consoleListener } from './console.ts';
import { abortOnInterrupt } from './interrupt.ts';
import { environmentOption, instant, type ShopValues, shopOptions } from './options.ts';
import { recordRun } from './record.ts';

export function runCommand(): Command {
  const command = new Command('run')
    .description('one whole scheduled run: ingest, pipeline, validate; sets the environment up first where it is not')
    .addOption(environmentOption())
    .option('--batch-id <id>', 'id of the batch (default: GITHUB_RUN_ID, or the moment)')
    .option('--to <instant>', "end of the window (default: by the environment's clock)", instant)
    .option('--report <file>', 'where to write the report', join(localDirectory(), 'report.json'))
    .addHelpText('after', '\nExample:\n  npx dataops run --env local');
  for (const option of shopOptions()) command.addOption(option);
  return command.action(async (options: ShopValues & { env: string; batchId?: string; to?: Date; report: string }) => {
    const { holdGates, loadAndRefine } = await import('../run/scheduled-run.ts');
    const { setUpPipelines, setUpServing, setUpSource } = await import('../run/set-up.ts');
    const { isServed, isSetUp } = await import('../run/state.ts');
    const { defaultBatchId, openPlatform } = await import('./environment.ts');
    const platform = openPlatform(options.env, options);
    const signal = abortOnInterrupt();
    await recordRun(
      platform.environment.name,
      options.report,
      {},
      consoleListener(process.stdout),
      signal,
      async (steps, runs) => {
        const ready = await isSetUp(platform);
        if (!ready) {
          await setUpSource(platform, steps);
          await setUpPipelines(platform, steps);
        }
        runs.push(
          await loadAndRefine(platform, steps, {
            batchId: options.batchId ?? defaultBatchId(new Date()),
            to: options.to,
            signal,
          }),
        );
        if (!(ready && (await isServed(platform)))) await setUpServing(platform, steps);
        return holdGates(platform, steps);
      },
    );
  });
}
