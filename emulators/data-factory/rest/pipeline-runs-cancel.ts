import { ArmError } from './arm-error.ts';
import type { Operation } from './operation.ts';
import { requireRun } from './pipeline-runs.ts';

export const pipelineRunsCancel: Operation = (request, service) => {
  const { run } = requireRun(request, service);
  if (!service.manager.cancel(run.runId, request.query.get('isRecursive')?.toLowerCase() === 'true'))
    throw new ArmError(
      400,
      'PipelineRunNotInProgress',
      `The pipeline run '${run.runId}' cannot be cancelled: it is ${run.status}.`,
      request.path,
    );
  return { status: 200 };
};
