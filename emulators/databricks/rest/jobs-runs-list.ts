import { isOver } from '../jobs/store.ts';
import { runView } from '../jobs/view.ts';
import { limit, type Operation, page } from './operation.ts';

export const jobsRunsList: Operation = {
  method: 'GET',
  path: '/api/{version}/jobs/runs/list',
  handle({ jobs, url }, { body }) {
    const flag = (name: string): boolean => String(body[name]) === 'true';
    const jobId = body['job_id'] === undefined ? undefined : Number(body['job_id']);
    const found = [...jobs.runs.values()]
      .filter(
        (run) =>
          (jobId === undefined || run.job_id === jobId) &&
          (body['run_type'] === undefined || (run.run_type ?? 'JOB_RUN') === body['run_type']) &&
          (!flag('active_only') || !isOver(run.state)) &&
          (!flag('completed_only') || isOver(run.state)),
      )
      .sort((left, right) => right.run_id - left.run_id);
    const { items, rest } = page(found, body, limit(body, 20, 26));
    const listed = items.map((run) => {
      const { tasks, ...view } = runView(run, url());
      return flag('expand_tasks') ? { ...view, tasks } : view;
    });
    return { ...(listed.length > 0 ? { runs: listed } : {}), ...rest };
  },
};
