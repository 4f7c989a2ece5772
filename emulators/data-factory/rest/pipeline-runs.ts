import type { RunRecord } from '../store/run-store.ts';
import { ArmError } from './arm-error.ts';
import type { ArmRequest, FactoryService } from './operation.ts';

/** What the operations on runs share. */

export function requireRun(request: ArmRequest, { runs }: FactoryService): RunRecord {
  const runId = request.parameters['runId']!;
  const record = runs.get(runId);
  if (record === undefined)
    throw new ArmError(404, 'PipelineRunNotFound', `The pipeline run '${runId}' could not be found.`, request.path);
  return record;
}

export function presentRun({ resourceId }: FactoryService, { run }: RunRecord): Record<string, unknown> {
  return { id: `${resourceId}/pipelineruns/${run.runId}`, ...run };
}
