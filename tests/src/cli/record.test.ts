import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { recordRun } from '../../../src/cli/record.ts';
import type { Validation } from '../../../src/medallion/validate.ts';
import type { Steps } from '../../../src/run/steps.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'record-'));
  file = join(folder, 'report.json');
  jest.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => {
  process.exitCode = undefined;
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const silent = { begin() {}, progress() {}, end() {}, fail() {} };
const record = (body: (steps: Steps) => Promise<Validation>, signal = new AbortController().signal): Promise<void> =>
  recordRun('local', file, {}, silent, signal, body);
const validation = (passed: boolean): Validation => ({
  passed,
  gates: [],
  layers: { source: { orders: 3 }, bronze: { orders: 3 }, silver: { orders: 3 }, gold: {} },
});
const read = (): unknown => JSON.parse(readFileSync(file, 'utf8'));

test.each([
  [true, undefined],
  [false, 1],
])('a run whose gates pass: %s, leaves exit code %s', async (passed, code) => {
  await record(async (steps) => steps.run('validate', async () => validation(passed)));
  expect(process.exitCode).toBe(code);
  expect(read()).toMatchObject({
    succeeded: passed,
    steps: [{ name: 'validate' }],
    layers: { source: { orders: 3 } },
  });
});

test('a run that fails is reported as far as it came, and fails', async () => {
  const failure = new Error('no such table');
  const body = async (steps: Steps): Promise<Validation> => {
    await steps.run('ingest', async () => {});
    return steps.run('run pipeline', () => Promise.reject(failure));
  };
  await expect(record(body)).rejects.toBe(failure);
  expect(read()).toMatchObject({
    succeeded: false,
    error: 'no such table',
    steps: [{ name: 'ingest' }],
    layers: null,
    gates: [],
  });
});

test('a report that cannot be written does not hide what went wrong', async () => {
  mkdirSync(file);
  const failure = new Error('no such table');
  await expect(record(() => Promise.reject(failure))).rejects.toBe(failure);
});
