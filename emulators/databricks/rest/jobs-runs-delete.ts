import { ApiError } from '../api-error.ts';
import { isOver } from '../jobs/store.ts';
import { findRun } from './jobs-find.ts';
import { id, type Operation } from './operation.ts';

export const jobsRunsDelete: Operation = {
  method: 'POST',
  path: '/api/{version}/jobs/runs/delete',
  handle(service, { body }) {
    const { run } = findRun(service, id(body, 'run_id'));
    if (!isOver(run.state))
      throw new ApiError(400, 'INVALID_STATE', `Run ${run.run_id} is active; cancel it before deleting it.`);
    service.jobs.deleteRun(run.run_id);
    return {};
  },
};
