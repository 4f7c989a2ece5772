import type { Operation } from './operation.ts';
import { presentRun, requireRun } from './pipeline-runs.ts';

export const pipelineRunsGet: Operation = (request, service) => ({
  status: 200,
  body: presentRun(service, requireRun(request, service)),
});
