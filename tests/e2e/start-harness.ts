import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { root } from './harness.ts';

/** A process of a started tree, seen from outside. */
export interface Seen {
  readonly pid: number;
  readonly command: string;
}

export interface Started {
  readonly pid: number;
  /** Everything it and its children have printed so far. */
  output(): string;
  /** Resolves once the output matches; also when all has ended before, so that a kill that comes too late is no failure. */
  reach(pattern: RegExp): Promise<void>;
  /** The living processes of its group: itself and all that it started. */
  processes(): Seen[];
  /** How it itself ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Resolves when the last of its output is there. */
  readonly closed: Promise<void>;
}

/**
 * Starts a command of the platform as a terminal does: at the head of a process group of its own.
 * @param directory what DATAOPS_LOCAL is to be
 */
export function startCli(directory: string, words: readonly string[], env: Record<string, string> = {}): Started {
  return startProcess(directory, process.execPath, ['src/cli/main.ts', ...words], env);
}

export function startProcess(
  directory: string,
  program: string,
  words: readonly string[],
  env: Record<string, string> = {},
): Started {
  const { GITHUB_ACTIONS: _, DATAOPS_ENDPOINTS: __, ...inherited } = process.env;
  const child = spawn(program, words, {
    cwd: root,
    detached: true,
    env: { ...inherited, NODE_OPTIONS: '', DATAOPS_LOCAL: directory, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let over = false;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const closed = once(child, 'close').then(() => {
    over = true;
  });
  const pid = child.pid!;
  return {
    pid,
    output: () => output,
    ended,
    closed,
    async reach(pattern) {
      while (!over && !pattern.test(output)) await wait(20);
    },
    processes: () => group(pid),
  };
}

function group(leader: number): Seen[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,pgid=,stat=,args='], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, pgid, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return Number(pgid) === leader && !state!.startsWith('Z') ? [{ pid: Number(pid), command: command! }] : [];
  });
}

/** Waits until nothing of the group lives, and says how long that took, in seconds. */
export async function untilGone(started: Started, seconds = 30): Promise<number> {
  const began = performance.now();
  while (started.processes().length > 0) {
    if (performance.now() - began > seconds * 1000)
      throw new Error(`still there after ${seconds} s: ${JSON.stringify(started.processes())}\n${started.output()}`);
    await wait(50);
  }
  return (performance.now() - began) / 1000;
}

/** Sends a signal to a process, or to a group where the id is negative; false when there is none. */
export function killProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

export function killGroup(started: Started, signal: NodeJS.Signals = 'SIGKILL'): boolean {
  return killProcess(-started.pid, signal);
}
