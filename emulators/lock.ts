import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { processStart } from './process-start.ts';

export interface ProcessMark {
  readonly pid: number;
  /** `processStart` of it. */
  readonly started: string;
}

/** What a lock file holds. */
interface Lock extends ProcessMark {
  /** Who started the holder: a holder whose starter is gone is about to end. */
  readonly starter: ProcessMark;
}

export interface LockOptions {
  /** How long a holder that is about to end is waited for, in milliseconds. */
  readonly patience?: number;
}

export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';
  readonly holder: number;

  constructor(holder: number) {
    super(`lock: held by process ${holder}.`);
    this.holder = holder;
  }
}

/**
 * Takes a lock file for this process. One whose holder is dead is taken over, also when another program has the holder's process id now;
 * one whose holder is about to end is waited for.
 * @returns the function that gives it back.
 * @throws LockHeldError when a live process holds it.
 */
export async function takeLock(file: string, { patience = 15_000 }: LockOptions = {}): Promise<() => void> {
  const own = JSON.stringify({ ...mark(process.pid), starter: mark(process.ppid) } satisfies Lock);
  const staged = `${file}.${process.pid}`;
  try {
    for (const until = performance.now() + patience; ; ) {
      writeFileSync(staged, own, { mode: 0o600 });
      // link() fails when the name exists; the file so appears whole or not at all.
      if (tryTo(() => linkSync(staged, file), 'EEXIST')) return () => release(file, own);
      const found = read(file);
      if (found === undefined) continue;
      const holder = parse(found);
      if (holder === undefined || !lives(holder)) remove(file, found, staged);
      else if (lives(holder.starter) || performance.now() > until) throw new LockHeldError(holder.pid);
      else await wait(50);
    }
  } finally {
    rmSync(staged, { force: true });
  }
}

function mark(pid: number): ProcessMark {
  return { pid, started: processStart(pid) ?? '' };
}

function lives({ pid, started }: ProcessMark): boolean {
  const now = processStart(pid);
  return now !== undefined && (now === started || now === '' || started === '');
}

/** Removes a stale lock, unless another process has taken it over since it was read. */
function remove(file: string, stale: string, staged: string): void {
  if (!tryTo(() => renameSync(file, staged), 'ENOENT')) return;
  if (read(staged) !== stale) tryTo(() => linkSync(staged, file), 'EEXIST');
}

function release(file: string, own: string): void {
  if (read(file) === own) rmSync(file, { force: true });
}

function read(file: string): string | undefined {
  let text: string | undefined;
  tryTo(() => {
    text = readFileSync(file, 'utf8');
  }, 'ENOENT');
  return text;
}

function parse(text: string): Lock | undefined {
  try {
    const { pid, started, starter } = JSON.parse(text) as Lock;
    return { pid, started, starter: { pid: starter.pid, started: starter.started } };
  } catch {
    return undefined;
  }
}

/** Whether it worked; false for the one error that is an answer. */
function tryTo(action: () => void, expected: string): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === expected) return false;
    throw error;
  }
}
