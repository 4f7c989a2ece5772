import { connect } from '../environments/connect.ts';
import { type LoadOptions, loadEnvironment } from '../environments/load.ts';
import { ConfigurationError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import { withShop } from '../run/operations.ts';
import type { Platform } from '../run/platform.ts';
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

/** npm hands on to its script the Ctrl-C that the terminal has sent the script already: what follows this closely is the same one. */
const sameInterrupt = 1_000;

/** Aborts on the first Ctrl-C, so that what runs can end cleanly; the second ends the process at once. */
export function abortOnInterrupt(now: () => number = () => performance.now()): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const interrupt = (): void => {
    if (first !== undefined && now() - first > sameInterrupt) process.exit(130);
    first ??= now();
    controller.abort(new ConfigurationError('Stopped. Run the same command again to carry on.'));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  return controller.signal;
}
