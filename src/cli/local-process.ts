import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { repositoryRoot } from '../environments/folders.ts';
import { ConfigurationError, InternalError } from '../errors.ts';

/** The local environment's services, in the order of their ports from a base. */
const services = ['azureSql', 'synapse', 'dataLake', 'dataFactory', 'databricks', 'entra'] as const;

/**
 * Each query that runs holds a thread of Node's pool until its first rows are there. A pipeline's copies alone would hold all four of them while they
 * sort, and every file, signature and request of the environment would wait.
 */
const poolThreads = 16;

export interface LocalProcess {
  readonly endpointsFile: string;
  /** Where state of other contents was moved, when there was some. */
  readonly setAside?: string;
  /** Aborts when the process ends without being asked to, the reason being an error that tells how. */
  readonly lost: AbortSignal;
  /** The work's result. Where it fails for want of the environment, the error tells of that, not of a broken connection. */
  use<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface LocalProcessOptions {
  readonly directory: string;
  /** The first of six ports in a row; 0 for any that are free. */
  readonly portBase: number;
  /** What the folder is to hold, as a text to compare: state of anything else is moved aside. */
  readonly contents?: string;
  /** Start from nothing. */
  readonly fresh?: boolean;
  /** Gives the start up. */
  readonly signal?: AbortSignal;
}

/** How long the process may take to end when asked to, in milliseconds; it gives itself less. */
const patience = 15_000;

/** How long after the first broken connection the end of the process may come to light, in milliseconds. */
const lossShows = 500;

/**
 * Starts the local environment in a child process and waits until it answers. The child ends with this process, however that ends.
 * @throws ConfigurationError saying what is in the way: a port, another instance, the folder.
 */
export async function startLocalProcess(options: LocalProcessOptions): Promise<LocalProcess> {
  const { portBase, signal, ...rest } = options;
  const ports = Object.fromEntries(services.map((service, index) => [service, portBase === 0 ? 0 : portBase + index]));
  const child = fork(join(repositoryRoot, 'emulators/main.ts'), [JSON.stringify({ ...rest, ports })], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: {
      ...process.env,
      UV_THREADPOOL_SIZE: String(poolThreads),
      // Its modules are compiled once too, and those of its threads.
      NODE_COMPILE_CACHE: getCompileCacheDir(),
    },
  });
  const errors = lastLines(child);
  const exited = once(child, 'exit').then(([code, killer]): Exit => ({ code, killer }));
  let closing = false;
  const close = async (): Promise<void> => {
    closing = true;
    if (child.connected) child.send('close', () => {});
    const killing = setTimeout(() => child.kill('SIGKILL'), patience);
    await exited;
    clearTimeout(killing);
  };

  const answer = await Promise.race([
    once(child, 'message').then(([message]) => message as FromLocal),
    exited,
    ...(signal ? [aborted(signal)] : []),
  ]);
  if (signal?.aborted) {
    // It may not listen yet, and then has nothing to tidy up.
    child.kill('SIGTERM');
    await close();
    throw signal.reason;
  }
  if (answer === undefined || !('type' in answer)) throw lossOf(answer, errors(), 'before it was up');
  if (answer.type === 'failed') {
    await close();
    if (answer.expected) throw new ConfigurationError(answer.message);
    throw new InternalError(`local: the environment did not start: ${answer.message}`);
  }
  const lost = new AbortController();
  exited.then((exit) => closing || lost.abort(lossOf(exit, errors(), 'by itself')));
  const { endpointsFile, setAside } = answer;
  const use = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      // Connections break before a process is seen to have ended.
      if (!signal?.aborted) await Promise.race([exited, wait(lossShows)]);
      lost.signal.throwIfAborted();
      throw error;
    }
  };
  return { endpointsFile, ...(setAside !== undefined && { setAside }), lost: lost.signal, use, close };
}

interface Exit {
  readonly code: number | null;
  readonly killer: NodeJS.Signals | null;
}

/** One that was killed is nobody's mistake here; one that ended otherwise has something to say. */
function lossOf(exit: Exit | undefined, said: string, when: string): Error {
  if (exit?.killer)
    return new ConfigurationError(
      `local: the environment's process was killed (${exit.killer})${exit.killer === 'SIGKILL' ? ', by hand or for want of memory' : ''}. Run the same command again to carry on.`,
    );
  return new InternalError(`local: the environment ended ${when}, exit code ${exit?.code}${said && `:\n${said}`}`);
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((done) => {
    if (signal.aborted) done(undefined);
    else signal.addEventListener('abort', () => done(undefined), { once: true });
  });
}

type FromLocal =
  | { type: 'ready'; endpointsFile: string; setAside?: string }
  | { type: 'failed'; message: string; expected: boolean };

/** Keeps the end of what the child says on standard error, and passes it on where DATAOPS_LOG asks for it. */
function lastLines(child: ChildProcess): () => string {
  let kept = '';
  child.stderr?.on('data', (data: Buffer) => {
    kept = (kept + data.toString('utf8')).slice(-4_000);
    if (process.env['DATAOPS_LOG']) process.stderr.write(data);
  });
  return () => kept.trim();
}
