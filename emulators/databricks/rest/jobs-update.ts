import { invalidParameter } from '../api-error.ts';
import { parseSettings } from '../jobs/settings.ts';
import { findJob } from './jobs-find.ts';
import { id, type Operation } from './operation.ts';

/** Members of new_settings replace the job's; of tasks, those with the same key. */
export const jobsUpdate: Operation = {
  method: 'POST',
  path: '/api/{version}/jobs/update',
  handle(service, { body }) {
    const job = findJob(service, id(body, 'job_id'));
    const changes = (body['new_settings'] ?? {}) as Record<string, unknown>;
    const merged: Record<string, unknown> = { ...job.settings, ...changes };
    if (Array.isArray(changes['tasks'])) {
      const replaced = changes['tasks'] as { task_key?: string }[];
      merged['tasks'] = [
        ...job.settings.tasks.filter((task) => !replaced.some((other) => other.task_key === task.task_key)),
        ...replaced,
      ];
    }
    for (const field of (body['fields_to_remove'] ?? []) as string[]) {
      const [name, key] = field.split('/');
      if (name === 'tasks' && key !== undefined)
        merged['tasks'] = (merged['tasks'] as { task_key?: string }[]).filter((task) => task.task_key !== key);
      else if (key === undefined && name !== undefined && name !== 'name' && name !== 'tasks') delete merged[name];
      else throw invalidParameter(`The field ${field} cannot be removed.`);
    }
    service.jobs.jobs.set(job.job_id, { ...job, settings: parseSettings(merged) });
    service.jobs.saveJobs();
    return {};
  },
};
