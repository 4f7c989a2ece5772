import { runView, taskView } from '../jobs/view.ts';
import { findRun } from './jobs-find.ts';
import { id, type Operation } from './operation.ts';

export const jobsRunsGet: Operation = {
  method: 'GET',
  path: '/api/{version}/jobs/runs/get',
  handle(service, { body }) {
    const { run, task } = findRun(service, id(body, 'run_id'));
    return task === undefined
      ? runView(run, service.url())
      : { job_id: run.job_id, run_name: task.settings.task_key, job_run_id: run.run_id, ...taskView(task) };
  },
};
