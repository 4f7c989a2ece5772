import { ApiError, invalidParameter, unimplemented } from '../api-error.ts';
import { isOver, type Run } from '../jobs/store.ts';
import { findJob } from './jobs-find.ts';
import { id, type Operation } from './operation.ts';

export const jobsRunNow: Operation = {
  method: 'POST',
  path: '/api/{version}/jobs/run-now',
  handle(service, { body, user }) {
    const { jobs, runner, now } = service;
    const job = findJob(service, id(body, 'job_id'));
    const token =
      typeof body['idempotency_token'] === 'string' && body['idempotency_token'] !== ''
        ? body['idempotency_token']
        : undefined;
    const repeated =
      token === undefined ? undefined : [...jobs.runs.values()].find((run) => run.idempotency_token === token);
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
    const started = now();
    const run: Run = {
      run_id: jobs.nextId(),
      job_id: job.job_id,
      run_name: job.settings.name,
      parameters: { ...declared, ...overrides },
      overrides,
      ...(token === undefined ? {} : { idempotency_token: token }),
      creator_user_name: user,
      tasks: job.settings.tasks.map((settings) => ({
        run_id: jobs.nextId(),
        settings,
        state: { life_cycle_state: 'PENDING', state_message: 'Waiting' },
        start_time: 0,
        end_time: 0,
        attempt_number: 0,
      })),
      state: { life_cycle_state: 'PENDING', state_message: 'Waiting' },
      start_time: started,
      end_time: 0,
    };
    runner.start(run);
    return { run_id: run.run_id, number_in_job: run.run_id };
  },
};
