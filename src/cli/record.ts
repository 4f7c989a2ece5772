import type { Validation } from '../medallion/validate.ts';
import { type Report, type RunRecord, versions, writeReport } from '../run/report.ts';
import { type StepListener, Steps } from '../run/steps.ts';
import { printReport } from './print-report.ts';

/**
 * Runs a body of steps and leaves a report of it, however it ends: written to a file, printed, and told by the exit code, which is 0 only when
 * every step ran and every error-level gate passed.
 */
export async function recordRun(
  environment: string,
  file: string,
  places: Readonly<Record<string, string>>,
  listener: StepListener,
  signal: AbortSignal,
  body: (steps: Steps, runs: RunRecord[]) => Promise<Validation>,
): Promise<void> {
  const began = performance.now();
  const steps = new Steps(listener, signal);
  const runs: RunRecord[] = [];
  const report = (validation: Validation | undefined, error?: Error): Report => ({
    environment,
    succeeded: validation?.passed ?? false,
    ...(error && { error: error.message }),
    seconds: Math.round(performance.now() - began) / 1000,
    steps: steps.records,
    runs,
    layers: validation?.layers ?? null,
    gates: validation?.gates ?? [],
    versions: versions(),
  });
  let validation: Validation;
  try {
    validation = await body(steps, runs);
  } catch (error) {
    try {
      writeReport(file, report(undefined, error as Error));
    } catch {
      // A full disk, say: what went wrong first is what there is to tell.
    }
    throw error;
  }
  const done = report(validation);
  writeReport(file, done);
  console.log(printReport(done, { ...places, report: file }));
  if (!done.succeeded) process.exitCode = 1;
}
