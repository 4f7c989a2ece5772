import { parseSettings } from '../jobs/settings.ts';
import { findJob } from './jobs-find.ts';
import { id, type Operation } from './operation.ts';

export const jobsReset: Operation = {
  method: 'POST',
  path: '/api/{version}/jobs/reset',
  handle(service, { body }) {
    const job = findJob(service, id(body, 'job_id'));
    service.jobs.jobs.set(job.job_id, { ...job, settings: parseSettings(body['new_settings']) });
    service.jobs.saveJobs();
    return {};
  },
};
