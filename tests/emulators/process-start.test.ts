import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { processStart } from '../../emulators/process-start.ts';

test('a process keeps its start, and has none once it has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  const started = processStart(child.pid!);
  expect(started).toEqual(expect.any(String));
  expect(processStart(child.pid!)).toBe(started);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(processStart(child.pid!)).toBeUndefined();
});

test('two processes that began apart have other starts', () => {
  // The test runner's worker and the process that started it.
  expect(processStart(process.pid)).not.toBe(processStart(process.ppid));
});

test.each([0, -1, 1.5, Number.NaN])('%s is no process', (pid) => {
  expect(processStart(pid)).toBeUndefined();
});
