import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { localDirectory } from '../environments/folders.ts';
import type { Environment } from '../environments/schema.ts';
import { consoleListener } from './console.ts';
import { abortOnInterrupt } from './interrupt.ts';
import { defaultPortBase, howToConnect, keepUp, localDirectoryHelp } from './local.ts';
import { startLocalProcess } from './local-process.ts';
import { type ShopValues, shopOptions, wholeNumber } from './options.ts';
import { recordRun } from './record.ts';
import { shownPath } from './shown-path.ts';

interface StartValues extends ShopValues {
  readonly keep?: boolean;
  readonly fresh?: boolean;
  readonly portBase?: number;
}

export function startCommand(): Command {
  const command = new Command('start')
    .description('the whole platform on this machine: backfill the shop, carry it to gold, then one more day')
    .option('--keep', 'stay up afterwards')
    .option('--fresh', 'start from nothing, without what .local/ holds')
    .option(
      '--port-base <n>',
      `first of six ports in a row, 0 for any that are free (default: ${defaultPortBase} with --keep, otherwise 0)`,
      wholeNumber(0, 65530),
    )
    .addHelpText('after', `\n${localDirectoryHelp}\n\nExample:\n  npm start -- --orders-per-day 2000 --days 60 --keep`);
  for (const option of shopOptions()) command.addOption(option);
  return command.action(start);
}

async function start(values: StartValues): Promise<void> {
  const interrupted = abortOnInterrupt();
  const shop = shopOf(values);
  const directory = localDirectory();
  console.log(`The platform, from Faker to gold, on 127.0.0.1: ${describe(shop)}\n`);
  const starting = startLocalProcess({
    directory,
    portBase: values.portBase ?? (values.keep ? defaultPortBase : 0),
    contents: `${JSON.stringify(shop)}\n`,
    fresh: values.fresh ?? false,
    signal: interrupted,
  });
  // What the run needs is loaded while the environment starts.
  const [local, { openPlatform }, { setUpPipelines, setUpServing, setUpSource }, { holdGates, loadAndRefine }] =
    await Promise.all([
      starting,
      import('./environment.ts'),
      import('../run/set-up.ts'),
      import('../run/scheduled-run.ts'),
    ]);
  const signal = AbortSignal.any([interrupted, local.lost]);
  if (local.setAside) console.log(`${shownPath(directory)} held another shop: it is now ${shownPath(local.setAside)}.`);
  try {
    const platform = openPlatform('local', values, { endpointsFile: local.endpointsFile });
    await recordRun(
      'local',
      join(directory, 'report.json'),
      { lake: join(directory, 'lake'), state: directory },
      consoleListener(process.stdout),
      signal,
      (steps, runs) =>
        local.use(async () => {
          const backfill = `${platform.environment.shop.backfillDays} days`;
          await setUpSource(platform, steps);
          await setUpPipelines(platform, steps);
          runs.push(await loadAndRefine(platform, steps, { batchId: 'start-backfill', label: backfill, signal }));
          await setUpServing(platform, steps);
          const first = await holdGates(platform, steps, backfill);
          if (!first.passed) return first;
          runs.push(await loadAndRefine(platform, steps, { batchId: 'start-next-day', label: 'next day', signal }));
          return holdGates(platform, steps, 'next day');
        }),
    );
    if (values.keep) {
      console.log(howToConnect(platform.environment, local.endpointsFile));
      await keepUp(local, interrupted);
    }
  } finally {
    await local.close();
  }
}

type Shop = Pick<Environment['shop'], 'seed' | 'ordersPerDay' | 'backfillDays' | 'defectRate'>;

/** The shop as the environment file and the options have it, before anything runs. */
function shopOf(values: ShopValues): Shop {
  const file = join(import.meta.dirname, '../../environments/local.json');
  const { shop } = JSON.parse(readFileSync(file, 'utf8')) as { shop: Shop };
  return {
    seed: values.seed ?? shop.seed,
    ordersPerDay: values.ordersPerDay ?? shop.ordersPerDay,
    backfillDays: values.days ?? shop.backfillDays,
    defectRate: values.defectRate ?? shop.defectRate,
  };
}

function describe({ seed, ordersPerDay, backfillDays, defectRate }: Shop): string {
  return `${backfillDays} days of ${ordersPerDay.toLocaleString('en-US')} orders, then one more (seed ${seed}, defects ${defectRate * 100} %).`;
}
