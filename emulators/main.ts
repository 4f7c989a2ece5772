/**
 * The local environment as a process of its own, started by the command line with an IPC channel. It tells `ready` or `failed` once, and ends when
 * it is told to, or when whoever started it is gone.
 */
import { type Local, type LocalOptions, startLocal } from './local.ts';
import { LocalEnvironmentError } from './state.ts';

export type FromLocal =
  | { type: 'ready'; endpointsFile: string; setAside?: string }
  | { type: 'failed'; message: string; expected: boolean };

/** How long closing may take, in milliseconds: what is on disk is good at any moment, so being cut short loses no more than being killed does. */
const patience = 5_000;

const options = JSON.parse(process.argv[2] ?? '{}') as Omit<LocalOptions, 'log'>;
const tell = (message: FromLocal): Promise<void> =>
  new Promise((told) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => told());
    else told();
  });

let starting: Promise<Local> | undefined;
let ending = false;
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  setTimeout(() => process.exit(1), patience).unref();
  await starting?.then(
    (local) => local.close(),
    () => {},
  );
  process.exit();
}
// Ctrl-C and a closed terminal reach the whole process group; the parent decides when the environment ends.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('SIGTERM', () => void end());
process.on('disconnect', () => void end());
process.on('message', (message) => {
  if (message === 'close') void end();
});

try {
  starting = startLocal({ ...options, log: (message) => console.error(message) });
  const { endpointsFile, setAside } = await starting;
  await tell({ type: 'ready', endpointsFile, ...(setAside !== undefined && { setAside }) });
} catch (error) {
  const expected = error instanceof LocalEnvironmentError;
  await tell({ type: 'failed', message: expected ? error.message : String((error as Error).stack ?? error), expected });
  process.exitCode = 1;
  await end();
}
