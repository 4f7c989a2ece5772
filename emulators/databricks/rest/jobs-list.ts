import { jobView } from '../jobs/view.ts';
import { limit, type Operation, page } from './operation.ts';

/** Newest first; `name` matches whole, without regard to case. Tasks are listed only with expand_tasks. */
export const jobsList: Operation = {
  method: 'GET',
  path: '/api/{version}/jobs/list',
  handle({ jobs }, { body }) {
    const name = typeof body['name'] === 'string' ? body['name'].toLowerCase() : undefined;
    const found = [...jobs.jobs.values()]
      .filter((job) => name === undefined || job.settings.name.toLowerCase() === name)
      .reverse();
    const { items, rest } = page(found, body, limit(body, 20, 100));
    const expanded = String(body['expand_tasks']) === 'true';
    const listed = items.map((job) => {
      const { tasks, ...settings } = job.settings;
      return jobView({ ...job, settings: { ...settings, ...(expanded ? { tasks } : {}) } as typeof job.settings });
    });
    return { ...(listed.length > 0 ? { jobs: listed } : {}), ...rest };
  },
};
