import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process began, as a text to compare: a process id alone is given to another program sooner or later.
 * @returns undefined when no such process lives; the empty text when it lives and the system does not tell more.
 */
export function processStart(processId: number): string | undefined {
  if (!isAlive(processId)) return undefined;
  if (process.platform === 'linux') return linuxStart(processId);
  if (process.platform === 'win32') return '';
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(processId)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
  if (status !== 0) return '';
  const [, state = '', started = ''] = /^(\S+)\s+(.+?)\s*$/.exec(stdout) ?? [];
  return state.startsWith('Z') ? undefined : started;
}

function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** proc(5): fields 3 (state) and 22 (start in clock ticks since boot); field 2 is a name that may hold spaces and brackets. */
function linuxStart(processId: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${processId}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; nobody has asked how, as happens under an init that does not.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && !isAlive(processId) ? undefined : '';
  }
}
