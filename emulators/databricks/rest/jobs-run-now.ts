import { ApiError, invalidParameter, unimplemented } from '../api-error.ts';
import { newRun } from '../jobs/new-run.ts';
import { isOver } from '../jobs/store.ts';
import { findJob } from './jobs-find.ts';
import { id, type Operation } from './operation.ts';

export const jobsRunNow: Operation = {
  method: 'POST',
  path: '/api/{version}/jobs/run-now',
  handle(service, { body, user }) {
    const { jobs, runner, now } = service;
    const job = findJob(service, id(body, 'job_id'));
    const token = body['idempotency_token'];
    const repeated = jobs.runOf(token);
    if (repeated !== undefined) return { run_id: repeated.run_id, number_in_job: repeated.run_id };
    for (const other of ['notebook_params', 'python_params', 'jar_params', 'spark_submit_params', 'sql_params', 'only'])
      if (body[other] !== undefined) throw unimplemented(`${other} of run-now; use job_parameters`);
    const overrides = (body['job_parameters'] ?? {}) as Record<string, string>;
    const declared = Object.fromEntries(
      (job.settings.parameters ?? []).map((parameter) => [parameter.name, parameter.default]),
    );
    const strange = Object.keys(overrides).find((name) => !(name in declared));
    if (strange !== undefined) throw invalidParameter(`Job parameter ${strange} is not defined for job ${job.job_id}.`);
    const active = [...jobs.runs.values()].filter((run) => run.job_id === job.job_id && !isOver(run.state)).length;
    if (active >= job.settings.max_concurrent_runs)
      throw new ApiError(
        429,
        'REQUEST_LIMIT_EXCEEDED',
        `Job ${job.job_id} has ${active} active runs; its maximum of concurrent runs is ${job.settings.max_concurrent_runs}.`,
      );
    const run = newRun(jobs, {
      job_id: job.job_id,
      run_name: job.settings.name,
      parameters: { ...declared, ...overrides },
      overrides,
      ...(typeof token === 'string' && token !== '' ? { idempotency_token: token } : {}),
      creator_user_name: user,
      tasks: job.settings.tasks,
      start_time: now(),
    });
    runner.start(run);
    return { run_id: run.run_id, number_in_job: run.run_id };
  },
};
