import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '../environments/load.ts';
import { ConfigurationError, InternalError } from '../errors.ts';

/** The local environment's services, in the order of their ports from a base. */
const services = ['azureSql', 'synapse', 'dataLake', 'dataFactory', 'databricks', 'entra'] as const;

/**
 * Each query that runs holds a thread of Node's pool until its first rows are there. A pipeline's copies alone would hold all four of them while they
 * sort, and every file, signature and request of the environment would wait. The threads mostly sleep: DuckDB does its work on its own.
 */
const poolThreads = 16;

export interface LocalProcess {
  readonly endpointsFile: string;
  /** Resolves when the process ends without being asked to, with what it said. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts the local environment in a child process and waits until it answers. The child ends with this process, however that ends.
 * @param portBase the first of six ports in a row; 0 for any that are free.
 */
export async function startLocalProcess(directory: string, portBase: number): Promise<LocalProcess> {
  const ports = Object.fromEntries(services.map((service, index) => [service, portBase === 0 ? 0 : portBase + index]));
  const child = fork(join(repositoryRoot, 'emulators/main.ts'), [JSON.stringify({ directory, ports })], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, UV_THREADPOOL_SIZE: String(poolThreads) },
  });
  const errors = lastLines(child);
  const exited = once(child, 'exit').then(([code, signal]) => `exit ${code ?? signal}${errors() && `:\n${errors()}`}`);
  const answer = await Promise.race([once(child, 'message').then(([message]) => message as FromLocal), exited]);
  if (typeof answer === 'string') throw new InternalError(`local: the environment ended before it was up: ${answer}`);
  if (answer.type === 'failed') {
    if (answer.expected) throw new ConfigurationError(answer.message);
    throw new InternalError(`local: the environment did not start: ${answer.message}`);
  }
  let closing = false;
  return {
    endpointsFile: answer.endpointsFile,
    ended: exited.then((how) => (closing ? new Promise<string>(() => {}) : how)),
    async close() {
      closing = true;
      if (child.connected) child.send('close');
      await exited;
    },
  };
}

type FromLocal = { type: 'ready'; endpointsFile: string } | { type: 'failed'; message: string; expected: boolean };

/** Keeps the end of what the child says on standard error, and passes it on where DATAOPS_LOG asks for it. */
function lastLines(child: ChildProcess): () => string {
  let kept = '';
  child.stderr?.on('data', (data: Buffer) => {
    kept = (kept + data.toString('utf8')).slice(-4_000);
    if (process.env['DATAOPS_LOG']) process.stderr.write(data);
  });
  return () => kept.trim();
}
