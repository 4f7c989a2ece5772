import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../environments/folders.ts';
import type { GateResult } from '../medallion/gate.ts';
import type { LayerCounts } from '../medallion/layers.ts';
import type { StepRecord } from './steps.ts';

/** One load of the shop and the pipeline run that carried it to gold. */
export interface RunRecord {
  readonly batchId: string;
  readonly windowFrom: string;
  readonly windowTo: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly pipelineRunId: string;
}

/** What `.local/report.json` holds: how the last `npm start` or `dataops run` went. */
export interface Report {
  readonly environment: string;
  readonly succeeded: boolean;
  /** The failure that ended it, where one did. */
  readonly error?: string;
  readonly seconds: number;
  readonly steps: readonly StepRecord[];
  readonly runs: readonly RunRecord[];
  readonly layers: LayerCounts | null;
  readonly gates: readonly GateResult[];
  readonly versions: Readonly<Record<string, string>>;
}

/** Writes the report whole or not at all. */
export function writeReport(file: string, report: Report): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(report, null, 2)}\n`);
  renameSync(temporary, file);
}

/** The platform's version, Node's, and those of the dependencies, as installed from package.json. */
export function versions(): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    dependencies: Record<string, string>;
  };
  return { [manifest.name]: manifest.version, node: process.versions.node, ...manifest.dependencies };
}
