import { jobView } from '../jobs/view.ts';
import { findJob } from './jobs-find.ts';
import { id, type Operation } from './operation.ts';

export const jobsGet: Operation = {
  method: 'GET',
  path: '/api/{version}/jobs/get',
  handle: (service, { body }) => jobView(findJob(service, id(body, 'job_id'))),
};
