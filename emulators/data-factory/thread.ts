/**
 * The factory's thread: what `startDataFactoryThread` runs. It tells `ready` or `failed` once, asks for what only the thread that started it
 * can answer, and ends when it is told to.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { AccessToken } from '@azure/identity';
import { startDataFactory } from './index.ts';
import {
  type FromThread,
  type Question,
  type ThreadOptions,
  type ToThread,
  toError,
  toFailure,
} from './thread-messages.ts';

const tell = (message: FromThread): void => parentPort?.postMessage(message);

const asked = new Map<number, PromiseWithResolvers<unknown>>();
let questions = 0;
function ask(question: Question): Promise<unknown> {
  const answered = Promise.withResolvers<unknown>();
  questions += 1;
  asked.set(questions, answered);
  tell({ kind: 'question', id: questions, question });
  return answered.promise;
}

const starting = startDataFactory({
  ...(workerData as ThreadOptions),
  verifyToken: (token, audience) => ask({ about: 'token is good', token, audience }),
  credential: { getToken: async (scopes) => (await ask({ about: 'token', scopes })) as AccessToken | null },
  log: (message) => tell({ kind: 'log', message }),
});

parentPort?.on('message', async (message: ToThread) => {
  if (message.kind === 'close') {
    await (await starting).close();
    // Idle connections would keep the thread up for as long as they wait.
    process.exit();
  }
  const { id } = message;
  const answered = asked.get(id);
  asked.delete(id);
  if (message.kind === 'answer') answered?.resolve(message.value);
  else answered?.reject(toError(message.error));
});

try {
  const { port, url } = await starting;
  tell({ kind: 'ready', port, url });
} catch (error) {
  tell({ kind: 'failed', error: toFailure(error) });
  parentPort?.close();
}
