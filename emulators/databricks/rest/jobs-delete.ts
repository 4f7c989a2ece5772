import { findJob } from './jobs-find.ts';
import { id, type Operation } from './operation.ts';

export const jobsDelete: Operation = {
  method: 'POST',
  path: '/api/{version}/jobs/delete',
  handle(service, { body }) {
    service.jobs.jobs.delete(findJob(service, id(body, 'job_id')).job_id);
    service.jobs.saveJobs();
    return {};
  },
};
