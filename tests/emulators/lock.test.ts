import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockHeldError, type ProcessMark, takeLock } from '../../emulators/lock.ts';
import { processStart } from '../../emulators/process-start.ts';

let folder: string;
let file: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  file = join(folder, 'lock');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const markOf = (pid: number): ProcessMark => ({ pid, started: processStart(pid) ?? '' });
const own = markOf(process.pid);
/** No process has it: it is above what systems give. */
const gone: ProcessMark = { pid: 2 ** 30, started: 'long ago' };

function live(): ProcessMark {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  children.push(child);
  return markOf(child.pid!);
}

function hold(holder: ProcessMark, starter: ProcessMark = own): void {
  writeFileSync(file, JSON.stringify({ ...holder, starter }));
}

test('a free lock is taken, is refused to others by the name of its holder, and is free again', async () => {
  const release = await takeLock(file);
  await expect(takeLock(file)).rejects.toEqual(new LockHeldError(process.pid));
  release();
  expect(readdirSync(folder)).toEqual([]);
  (await takeLock(file))();
});

test('of many that take it at once, one gets it', async () => {
  const taken = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(file)));
  expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test.each([
  ['of a process that has ended', () => hold(gone)],
  ['of a process whose id another program has now', () => hold({ ...live(), started: 'long ago' })],
  ['that is empty', () => writeFileSync(file, '')],
  ['that holds something else', () => writeFileSync(file, '[1, 2')],
])('a lock %s is taken over', async (_, make) => {
  make();
  const release = await takeLock(file, { patience: 0 });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject(own);
  release();
});

test('the lock of a live process is refused at once', async () => {
  const holder = live();
  hold(holder);
  await expect(takeLock(file)).rejects.toMatchObject({ holder: holder.pid });
  expect(readdirSync(folder)).toEqual(['lock']);
});

test('a holder whose starter is gone is about to end, and is waited for', async () => {
  hold(live(), gone);
  const taking = takeLock(file, { patience: 10_000 });
  setTimeout(() => children[0]!.kill('SIGKILL'), 100);
  (await taking)();
});

test('one that does not end is not waited for longer than patience lasts', async () => {
  const holder = live();
  hold(holder, gone);
  await expect(takeLock(file, { patience: 100 })).rejects.toMatchObject({ holder: holder.pid });
});

test('what is given back is one’s own lock only', async () => {
  const release = await takeLock(file);
  hold(live());
  release();
  expect(existsSync(file)).toBe(true);
});
