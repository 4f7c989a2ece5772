import { invalidParameter } from '../api-error.ts';
import { isOver } from '../jobs/store.ts';
import { findJob } from './jobs-find.ts';
import { id, type Operation } from './operation.ts';

/** https://docs.databricks.com/api/workspace/jobs/cancelallruns. Nothing is ever queued here, so all queued runs are none. */
export const jobsRunsCancelAll: Operation = {
  method: 'POST',
  path: '/api/{version}/jobs/runs/cancel-all',
  handle(service, { body }) {
    if (body['all_queued_runs'] === true) return {};
    if (body['job_id'] === undefined) throw invalidParameter('Either job_id or all_queued_runs must be given.');
    const job = findJob(service, id(body, 'job_id'));
    for (const run of service.jobs.runs.values())
      if (run.job_id === job.job_id && !isOver(run.state)) service.runner.cancel(run.run_id);
    return {};
  },
};
