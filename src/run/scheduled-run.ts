import { type Validation, validateMedallion } from '../medallion/validate.ts';
import { runFactoryPipeline } from './factory.ts';
import { mainPipeline } from './main-pipeline.ts';
import { loadShop, totals } from './operations.ts';
import type { Platform } from './platform.ts';
import type { RunRecord } from './report.ts';
import type { Steps } from './steps.ts';

export { mainPipeline };

/** Load and carry: ingest one batch, then run the pipeline that takes it to gold. */
export async function loadAndRefine(
  platform: Platform,
  steps: Steps,
  options: { batchId: string; to?: Date | undefined; label?: string; signal?: AbortSignal },
): Promise<RunRecord> {
  const label = options.label ? ` (${options.label})` : '';
  const batch = await steps.run(
    `ingest${label}`,
    (progress) => loadShop(platform, options, progress),
    (result) => {
      const { inserted, updated, deleted } = totals(result);
      const done = result.alreadyLoaded ? 'already loaded: ' : '';
      return `${done}${inserted.toLocaleString('en-US')} inserts, ${updated.toLocaleString('en-US')} updates, ${deleted.toLocaleString('en-US')} deletes up to ${result.to}`;
    },
  );
  const run = await steps.run(
    `run ${mainPipeline}${label}`,
    (progress) =>
      runFactoryPipeline(
        platform,
        { pipeline: mainPipeline, ...(options.signal && { signal: options.signal }) },
        progress,
      ),
    (result) => result.summary,
  );
  return {
    batchId: batch.batchId,
    windowFrom: batch.from,
    windowTo: batch.to,
    ...totals(batch),
    pipelineRunId: run.runId,
  };
}

/** The gates, as a step. A gate that fails does not throw: the caller decides by `passed`. */
export async function holdGates(platform: Platform, steps: Steps, label = ''): Promise<Validation> {
  return steps.run(
    `validate${label ? ` (${label})` : ''}`,
    (progress) => validateMedallion(platform.environment, platform.credential, { progress }),
    ({ gates }) => `${gates.filter((gate) => gate.status === 'passed').length} of ${gates.length} gates passed`,
  );
}
