/**
 * The local environment as a process of its own, started by the command line with an IPC channel. It tells `ready` or `failed` once, and ends when
 * it is told to, or when whoever started it is gone.
 */
import { type Local, type LocalOptions, startLocal } from './local.ts';
import { LocalEnvironmentError } from './state.ts';

export type FromLocal =
  | { type: 'ready'; endpointsFile: string }
  | { type: 'failed'; message: string; expected: boolean };

const options = JSON.parse(process.argv[2] ?? '{}') as Pick<LocalOptions, 'directory' | 'ports'>;
const tell = (message: FromLocal): void => {
  process.send?.(message);
};

let local: Local | undefined;
let ending = false;
async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  await local?.close();
  process.exit(code);
}
// Ctrl-C reaches the whole process group; the parent decides when the environment ends.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => void end(0));
process.on('disconnect', () => void end(0));
process.on('message', (message) => {
  if (message === 'close') void end(0);
});

try {
  local = await startLocal({ ...options, log: (message) => console.error(message) });
  tell({ type: 'ready', endpointsFile: local.endpointsFile });
} catch (error) {
  const expected = error instanceof LocalEnvironmentError;
  tell({ type: 'failed', message: expected ? error.message : String((error as Error).stack ?? error), expected });
  await end(1);
}
