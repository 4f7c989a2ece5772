import { connect } from '../environments/connect.ts';
import { type LoadOptions, loadEnvironment } from '../environments/load.ts';
import type { Progress } from '../progress.ts';
import { type Platform, withShop } from '../run/platform.ts';
import type { ShopValues } from './options.ts';

/** The environment of a command, with what its options say of the shop. */
export function openPlatform(name: string, values: ShopValues = {}, options: LoadOptions = {}): Platform {
  const environment = loadEnvironment(name, options);
  return withShop(
    { environment, credential: connect(environment) },
    {
      ordersPerDay: values.ordersPerDay,
      backfillDays: values.days,
      seed: values.seed,
      defectRate: values.defectRate,
    },
  );
}

/** Progress as plain lines: what the commands that do one thing show. */
export const printProgress: Progress = ({ message }) => console.log(message);

/** A batch id when none is given: the workflow run's, or one made of the moment. */
export function defaultBatchId(
  now: Date,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return variables['GITHUB_RUN_ID'] ?? `manual-${now.toISOString().replace(/[:.]/g, '-')}`;
}
