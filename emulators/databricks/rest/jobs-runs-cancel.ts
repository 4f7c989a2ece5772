import { findRun } from './jobs-find.ts';
import { id, type Operation } from './operation.ts';

export const jobsRunsCancel: Operation = {
  method: 'POST',
  path: '/api/{version}/jobs/runs/cancel',
  handle(service, { body }) {
    service.runner.cancel(findRun(service, id(body, 'run_id')).run.run_id);
    return {};
  },
};
