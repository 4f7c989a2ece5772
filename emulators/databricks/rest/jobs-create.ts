import { parseSettings } from '../jobs/settings.ts';
import type { Operation } from './operation.ts';

export const jobsCreate: Operation = {
  method: 'POST',
  path: '/api/{version}/jobs/create',
  handle({ jobs, now }, { body, user }) {
    const { access_control_list: _permissions, idempotency_token: _token, ...settings } = body;
    const job = {
      job_id: jobs.nextId(),
      created_time: now(),
      creator_user_name: user,
      settings: parseSettings(settings),
    };
    jobs.jobs.set(job.job_id, job);
    jobs.saveJobs();
    return { job_id: job.job_id };
  },
};
