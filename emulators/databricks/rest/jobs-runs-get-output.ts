import { invalidParameter } from '../api-error.ts';
import { runView, taskView } from '../jobs/view.ts';
import { findRun } from './jobs-find.ts';
import { id, type Operation } from './operation.ts';

/** Of a task's run; a run with one task stands for it. */
export const jobsRunsGetOutput: Operation = {
  method: 'GET',
  path: '/api/{version}/jobs/runs/get-output',
  handle(service, { body }) {
    const { run, task: named } = findRun(service, id(body, 'run_id'));
    const task = named ?? (run.tasks.length === 1 ? run.tasks[0]! : undefined);
    if (task === undefined)
      throw invalidParameter(
        'Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each individual task run instead.',
      );
    const { tasks: _tasks, ...metadata } = runView(run, service.url());
    return {
      metadata: { ...metadata, ...taskView(task) },
      ...(task.error === undefined ? {} : { error: task.error }),
      sql_output: {},
    };
  },
};
