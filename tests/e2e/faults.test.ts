import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Report } from '../../src/run/report.ts';
import { lakeDigest } from './lake-digest.ts';
import { killGroup, killProcess, type Started, startCli, startProcess, untilGone } from './start-harness.ts';

/**
 * Kills the platform at moments spread over all its steps, starts it again, and compares what it comes to with a run that nobody disturbed.
 * `FAULTS_SEED` chooses other moments; the seed stands in the tests' names.
 */

const seed = Number(process.env['FAULTS_SEED'] ?? 1);
const words = ['start', '--orders-per-day', '40', '--days', '5'];
const minutes = 60_000;

const folders: string[] = [];
const running = new Set<Started>();
function folder(): string {
  const made = join(mkdtempSync(join(tmpdir(), 'dataops-faults-')), 'local');
  folders.push(made);
  return made;
}
function start(directory: string, more: readonly string[] = []): Started {
  const started = startCli(directory, [...words, ...more]);
  running.add(started);
  return started;
}
afterEach(() => {
  for (const started of running) killGroup(started);
  running.clear();
});
afterAll(() => {
  for (const made of folders) rmSync(join(made, '..'), { recursive: true, force: true });
});

async function result(directory: string): Promise<{ layers: Report['layers']; tables: Record<string, string> }> {
  return { layers: reportOf(directory).layers, tables: await lakeDigest(join(directory, 'lake')) };
}

function reportOf(directory: string): Report {
  return JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8')) as Report;
}

async function complete(directory: string): Promise<void> {
  const started = start(directory);
  const { code } = await started.ended;
  await started.closed;
  if (code !== 0) throw new Error(`ended with ${code}:\n${started.output()}`);
  expect(await untilGone(started)).toBeLessThan(1);
}

const undisturbed = folder();
let expected: Awaited<ReturnType<typeof result>>;
/** The steps in their order, and what each took. */
let steps: Report['steps'];
beforeAll(async () => {
  await complete(undisturbed);
  expected = await result(undisturbed);
  steps = reportOf(undisturbed).steps;
}, 5 * minutes);

/** mulberry32: the same moments for the same seed. */
function randomOf(state: number): () => number {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const endOf = (step: string): RegExp => new RegExp(`^  ${step.replace(/[()]/g, '\\$&')} +[\\d.]+ s`, 'm');
const header = /^The platform, from Faker to gold/m;

/** Lets a run come a share of the way into a step: -1 is starting up. */
async function into(started: Started, step: number, share: number): Promise<void> {
  await started.reach(step <= 0 ? header : endOf(steps[step - 1]!.name));
  await wait(share * (step < 0 ? 2 : steps[step]!.seconds) * 1000);
}

type Target = 'tree' | 'parent' | 'child';

/**
 * Kills without warning. The next start follows at once: what is left of this one may still be there.
 * @returns whether there was something to kill.
 */
async function kill(started: Started, target: Target): Promise<boolean> {
  if (target === 'tree') return killGroup(started);
  const victim =
    target === 'parent'
      ? started.pid
      : started.processes().find(({ command }) => command.includes('emulators/main'))?.pid;
  if (victim === undefined || !killProcess(victim, 'SIGKILL')) return false;
  if (target === 'child') {
    const { code } = await started.ended;
    await started.closed;
    // It had done its work, and was closing.
    if (code === 0) return false;
    expect(code).toBe(1);
    expect(started.output()).toMatch(/^local: the environment's process was killed \(SIGKILL\)/m);
    expect(started.output()).not.toMatch(/^\s+at /m);
  }
  return true;
}

const targets: readonly Target[] = ['tree', 'parent', 'child'];

test.each(targets)(
  `killed (%s) in every step, one after another (seed ${seed})`,
  async (target) => {
    const random = randomOf(seed * 3 + targets.indexOf(target));
    const directory = folder();
    let kills = 0;
    for (let step = -1; step < steps.length; step++) {
      const started = start(directory);
      await into(started, step, random());
      if (await kill(started, target)) kills++;
    }
    // What is done already goes by faster, so that one of the last can come too late.
    expect(kills).toBeGreaterThan(steps.length - 2);
    await complete(directory);
    expect(await result(directory)).toEqual(expected);
  },
  20 * minutes,
);

test(
  'started again when all is done, time after time, it comes to the same',
  async () => {
    for (let times = 0; times < 3; times++) await complete(undisturbed);
    expect(await result(undisturbed)).toEqual(expected);
  },
  5 * minutes,
);

test.each([
  ['the group, as a terminal does', -1],
  ['the parent alone', 1],
])(
  `Ctrl-C to %s stops all of it within seconds, and a second run carries on (seed ${seed})`,
  async (_, sign) => {
    const random = randomOf(seed + sign);
    const directory = folder();
    for (const step of [-1, 1, 4, 5, 9]) {
      const started = start(directory);
      await into(started, step, random() * 0.6);
      const began = performance.now();
      expect(killProcess(sign * started.pid, 'SIGINT')).toBe(true);
      const { code } = await started.ended;
      expect((performance.now() - began) / 1000).toBeLessThan(10);
      await started.closed;
      await untilGone(started, 1);
      expect(code).toBe(1);
      expect(started.output()).toMatch(/^Stopped\. Run the same command again to carry on\.$/m);
      expect(started.output()).not.toMatch(/^\s+at /m);
      for (const file of ['lock', 'endpoints.json']) expect(existsSync(join(directory, file))).toBe(false);
    }
    await complete(directory);
    expect(await result(directory)).toEqual(expected);
  },
  10 * minutes,
);

test(
  'Ctrl-C under npm, which hands it on a second time',
  async () => {
    const directory = folder();
    const started = startProcess(directory, 'npm', ['start', '--', ...words.slice(1)]);
    running.add(started);
    await into(started, 5, 0.5);
    expect(killGroup(started, 'SIGINT')).toBe(true);
    const { code, signal } = await started.ended;
    await started.closed;
    expect(code ?? signal).not.toBe(0);
    await untilGone(started, 1);
    expect(started.output()).toMatch(/^Stopped\. Run the same command again to carry on\.$/m);
    expect(existsSync(join(directory, 'lock'))).toBe(false);
  },
  3 * minutes,
);
