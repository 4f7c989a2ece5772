import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Report, versions, writeReport } from '../../../src/run/report.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const report = (values: Partial<Report> = {}): Report => ({
  environment: 'local',
  succeeded: true,
  seconds: 1.5,
  steps: [{ name: 'ingest', seconds: 1 }],
  runs: [],
  layers: null,
  gates: [],
  versions: {},
  ...values,
});

test('a report is read back as it was written, in a folder made for it, over the one before', () => {
  const file = join(folder, 'a', 'b', 'report.json');
  writeReport(file, report());
  writeReport(file, report({ succeeded: false, error: 'no "such" table\n' }));
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(report({ succeeded: false, error: 'no "such" table\n' }));
  expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['report.json']);
});

test('a report that cannot be written leaves the one before', () => {
  const file = join(folder, 'report.json');
  writeReport(file, report());
  expect(() => writeReport(file, report({ seconds: 1n as unknown as number }))).toThrow();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(report());
});

test('versions name the platform, Node and every dependency', () => {
  expect(versions()).toMatchObject({
    'azure-dataops': expect.any(String),
    node: process.versions.node,
    mssql: expect.any(String),
  });
});
