import { Interruption } from '../errors.ts';

/** npm hands on to its script the Ctrl-C that the terminal has sent the script already: what follows this closely is the same one. */
const sameInterrupt = 1_000;

/** Aborts on the first Ctrl-C, so that what runs can end cleanly; the second ends the process at once. */
export function abortOnInterrupt(now: () => number = () => performance.now()): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const interrupt = (): void => {
    if (first !== undefined && now() - first > sameInterrupt) process.exit(130);
    first ??= now();
    controller.abort(new Interruption('Stopped. Run the same command again to carry on.'));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  return controller.signal;
}
