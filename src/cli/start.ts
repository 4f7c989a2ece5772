import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Environment } from '../environments/schema.ts';
import { ConfigurationError } from '../errors.ts';
import { holdGates, loadAndRefine } from '../run/scheduled-run.ts';
import { setUpPipelines, setUpServing, setUpSource } from '../run/set-up.ts';
import { consoleListener } from './console.ts';
import { abortOnInterrupt, openPlatform } from './environment.ts';
import { defaultPortBase, howToConnect, keepUp, localDirectory } from './local.ts';
import { startLocalProcess } from './local-process.ts';
import { type ShopValues, shopOptions } from './options.ts';
import { recordRun } from './record.ts';

interface StartValues extends ShopValues {
  readonly keep?: boolean;
  readonly fresh?: boolean;
}

export function startCommand(): Command {
  const command = new Command('start')
    .description('the whole platform on this machine: backfill the shop, carry it to gold, then one more day')
    .option('--keep', 'stay up afterwards')
    .option('--fresh', 'start from nothing, without what .local/ holds')
    .addHelpText('after', '\nExample:\n  npm start -- --orders-per-day 2000 --days 60 --keep');
  for (const option of shopOptions()) command.addOption(option);
  return command.action(start);
}

async function start(values: StartValues): Promise<void> {
  const signal = abortOnInterrupt();
  const shop = shopOf(values);
  prepare(shop, values.fresh ?? false);
  console.log(`The platform, from Faker to gold, on 127.0.0.1: ${describe(shop)}\n`);
  const local = await startLocalProcess(localDirectory, values.keep ? defaultPortBase : 0);
  try {
    const platform = openPlatform('local', values, { endpointsFile: local.endpointsFile });
    await recordRun(
      'local',
      join(localDirectory, 'report.json'),
      { lake: join(localDirectory, 'lake'), state: localDirectory },
      consoleListener(process.stdout),
      signal,
      async (steps, runs) => {
        const backfill = `${platform.environment.shop.backfillDays} days`;
        await setUpSource(platform, steps);
        await setUpPipelines(platform, steps);
        runs.push(await loadAndRefine(platform, steps, { batchId: 'start-backfill', label: backfill, signal }));
        await setUpServing(platform, steps);
        const first = await holdGates(platform, steps, backfill);
        if (!first.passed) return first;
        runs.push(await loadAndRefine(platform, steps, { batchId: 'start-next-day', label: 'next day', signal }));
        return holdGates(platform, steps, 'next day');
      },
    );
    if (values.keep) {
      console.log(howToConnect(platform.environment, local.endpointsFile));
      await keepUp(local, signal);
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

/**
 * Leaves `.local/` as this shop can use it: what an earlier start of the same shop left is carried on; another shop's state is moved aside to
 * `.local.previous/`, never mixed; `--fresh` removes it.
 */
function prepare(shop: Shop, fresh: boolean): void {
  refuseWhileInUse();
  const marker = join(localDirectory, 'shop.json');
  const wanted = `${JSON.stringify(shop)}\n`;
  if (fresh) rmSync(localDirectory, { recursive: true, force: true });
  if (existsSync(localDirectory) && (!existsSync(marker) || readFileSync(marker, 'utf8') !== wanted)) {
    const previous = `${localDirectory}.previous`;
    rmSync(previous, { recursive: true, force: true });
    renameSync(localDirectory, previous);
    console.log(`.local/ held another shop: it is now .local.previous/.`);
  }
  mkdirSync(localDirectory, { recursive: true, mode: 0o700 });
  writeFileSync(marker, wanted);
}

function describe({ seed, ordersPerDay, backfillDays, defectRate }: Shop): string {
  return `${backfillDays} days of ${ordersPerDay.toLocaleString('en-US')} orders, then one more (seed ${seed}, defects ${defectRate * 100} %).`;
}

/** The environment's own lock holds against a second one; this holds against removing the folder under a live one. */
function refuseWhileInUse(): void {
  const lock = join(localDirectory, 'lock');
  if (!existsSync(lock)) return;
  const holder = Number(readFileSync(lock, 'utf8'));
  try {
    process.kill(holder, 0);
  } catch {
    return;
  }
  throw new ConfigurationError(
    `local: .local/ is in use by process ${holder}. Stop that one (Ctrl-C where it runs, or 'kill ${holder}'), then try again.`,
  );
}
