import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { DataFactory, DataFactoryOptions } from './index.ts';
import {
  type FromThread,
  type Question,
  type ThreadOptions,
  type ToThread,
  toError,
  toFailure,
} from './thread-messages.ts';

export type DataFactoryThreadOptions = ThreadOptions & Pick<DataFactoryOptions, 'verifyToken' | 'credential' | 'log'>;

/**
 * Starts the local Data Factory in a thread of its own, so that reading rows and writing files does not hold up the databases that send
 * them. A thread that dies afterwards takes the process with it: its error is thrown where nothing catches it.
 */
export async function startDataFactoryThread(options: DataFactoryThreadOptions): Promise<DataFactory> {
  const { verifyToken, credential, log = () => {}, ...workerData } = options;
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData });
  const tell = (message: ToThread): void => worker.postMessage(message);

  const answer = (question: Question): Promise<unknown> =>
    question.about === 'token'
      ? credential.getToken(question.scopes)
      : verifyToken(question.token, question.audience).then(() => undefined);

  const ready = Promise.withResolvers<{ port: number; url: string }>();
  let up = false;
  let closing = false;
  worker.on('message', (message: FromThread) => {
    switch (message.kind) {
      case 'ready':
        up = true;
        ready.resolve(message);
        return;
      case 'failed':
        ready.reject(toError(message.error));
        return;
      case 'log':
        log(message.message);
        return;
      case 'question': {
        const { id, question } = message;
        answer(question).then(
          (value) => tell({ kind: 'answer', id, value }),
          (error: unknown) => tell({ kind: 'refusal', id, error: toFailure(error) }),
        );
      }
    }
  });
  const lost = (cause: unknown): void => {
    if (closing) return;
    const error = new Error('data factory: its thread ended by itself.', { cause });
    if (up) throw error;
    ready.reject(error);
  };
  worker.on('error', lost);
  worker.on('exit', (code) => lost(`exit code ${code}`));

  const { port, url } = await ready.promise;
  return {
    port,
    url,
    async close() {
      if (closing) return;
      closing = true;
      const ended = once(worker, 'exit');
      tell({ kind: 'close' });
      await ended;
    },
  };
}
