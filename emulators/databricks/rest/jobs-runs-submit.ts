import { newRun } from '../jobs/new-run.ts';
import { parseSettings } from '../jobs/settings.ts';
import type { Operation } from './operation.ts';

/** A run of tasks that no job keeps: https://docs.databricks.com/api/workspace/jobs/submit */
export const jobsRunsSubmit: Operation = {
  method: 'POST',
  path: '/api/{version}/jobs/runs/submit',
  handle({ jobs, runner, now }, { body, user }) {
    const { run_name: name, idempotency_token: token, access_control_list: _permissions, ...settings } = body;
    const repeated = jobs.runOf(token);
    if (repeated !== undefined) return { run_id: repeated.run_id };
    const { tasks } = parseSettings(settings);
    const run = newRun(jobs, {
      // The service makes a job for it that is listed nowhere.
      job_id: jobs.nextId(),
      run_name: typeof name === 'string' ? name : 'Untitled',
      run_type: 'SUBMIT_RUN',
      parameters: {},
      overrides: {},
      ...(typeof token === 'string' && token !== '' ? { idempotency_token: token } : {}),
      creator_user_name: user,
      tasks,
      start_time: now(),
    });
    runner.start(run);
    return { run_id: run.run_id };
  },
};
