import { ApiError } from '../api-error.ts';
import type { Job, Run, TaskRun } from '../jobs/store.ts';
import type { Service } from './operation.ts';

export function findJob({ jobs }: Service, jobId: number): Job {
  const job = jobs.jobs.get(jobId);
  // The service answers 400 here, not 404.
  if (job === undefined) throw new ApiError(400, 'INVALID_PARAMETER_VALUE', `Job ${jobId} does not exist.`);
  return job;
}

/** A run by its own id or by that of one of its tasks. */
export function findRun({ jobs }: Service, runId: number): { run: Run; task?: TaskRun } {
  const run = jobs.runs.get(runId);
  if (run !== undefined) return { run };
  for (const other of jobs.runs.values()) {
    const task = other.tasks.find((candidate) => candidate.run_id === runId);
    if (task !== undefined) return { run: other, task };
  }
  throw new ApiError(400, 'INVALID_PARAMETER_VALUE', `Run ${runId} does not exist.`);
}
