import { STRING } from '../../delta/index.ts';
import type { Parameter, Session, SqlEngine } from '../engine/index.ts';
import type { WorkspaceStore } from '../workspace-store.ts';
import { isOver, type JobStore, type ResultState, type Run, type State, type TaskRun } from './store.ts';

export interface RunnerOptions {
  readonly engine: SqlEngine;
  readonly workspace: WorkspaceStore;
  readonly store: JobStore;
  readonly now: () => number;
  /** Tasks of one run that run at once. */
  readonly parallelTasks: number;
  readonly log: (message: string) => void;
}

/** Runs jobs: tasks in the order of their dependencies, side by side where they do not depend on each other. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #active = new Map<
    number,
    { readonly done: Promise<void>; canceled: boolean; readonly sessions: Set<Session> }
  >();

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  start(run: Run): void {
    const active = { done: Promise.resolve(), canceled: false, sessions: new Set<Session>() };
    this.#options.store.saveRun(run);
    const done = this.#run(run, active).finally(() => this.#active.delete(run.run_id));
    this.#active.set(run.run_id, Object.assign(active, { done }));
  }

  cancel(runId: number): void {
    const active = this.#active.get(runId);
    if (active === undefined) return;
    active.canceled = true;
    for (const session of active.sessions) session.cancel();
  }

  async close(): Promise<void> {
    for (const runId of this.#active.keys()) this.cancel(runId);
    await Promise.all([...this.#active.values()].map(({ done }) => done));
  }

  async #run(run: Run, active: { canceled: boolean; sessions: Set<Session> }): Promise<void> {
    const { store, now, parallelTasks } = this.#options;
    run.state = { life_cycle_state: 'RUNNING', state_message: 'In run' };
    store.saveRun(run);
    const running = new Set<Promise<void>>();
    for (;;) {
      for (const task of run.tasks) {
        if (task.state.life_cycle_state !== 'PENDING') continue;
        const verdict = active.canceled ? canceledState : readiness(task, run.tasks);
        if (verdict === 'wait') continue;
        if (verdict !== 'ready') {
          finish(task, verdict, now());
          continue;
        }
        if (running.size >= parallelTasks) break;
        task.state = { life_cycle_state: 'RUNNING', state_message: 'In run' };
        task.start_time = now();
        const work: Promise<void> = this.#task(run, task, active).finally(() => running.delete(work));
        running.add(work);
      }
      store.saveRun(run);
      if (running.size > 0) await Promise.race(running);
      else if (run.tasks.every((task) => isOver(task.state))) break;
    }
    run.state = overall(run.tasks);
    run.end_time = now();
    store.saveRun(run);
  }

  async #task(run: Run, task: TaskRun, active: { canceled: boolean; sessions: Set<Session> }): Promise<void> {
    const { now, log } = this.#options;
    const attempts = task.settings.max_retries === -1 ? Number.POSITIVE_INFINITY : (task.settings.max_retries ?? 0) + 1;
    for (let attempt = 0; ; attempt++) {
      task.attempt_number = attempt;
      try {
        await this.#execute(run, task, active);
        return finish(task, { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS', state_message: '' }, now());
      } catch (error) {
        if (active.canceled) return finish(task, canceledState, now());
        const message = error instanceof Error ? error.message : String(error);
        log(`databricks: run ${run.run_id}, task ${task.settings.task_key}: ${message}`);
        task.error = message;
        if (attempt + 1 >= attempts)
          return finish(
            task,
            { life_cycle_state: 'TERMINATED', result_state: 'FAILED', state_message: message },
            now(),
          );
        await new Promise((resolve) => setTimeout(resolve, task.settings.min_retry_interval_millis ?? 0));
      }
    }
  }

  async #execute(run: Run, task: TaskRun, active: { sessions: Set<Session> }): Promise<void> {
    const { engine, workspace } = this.#options;
    const sqlTask = task.settings.sql_task!;
    const sql = workspace.read(sqlTask.file!.path).toString('utf8');
    const values = { ...run.parameters, ...resolveReferences(sqlTask.parameters ?? {}, run) };
    const parameters = Object.fromEntries(
      Object.entries(values).map(([name, value]): [string, Parameter] => [name, { value, type: STRING }]),
    );
    const session = await engine.session();
    active.sessions.add(session);
    try {
      await session.execute(sql, parameters);
    } finally {
      active.sessions.delete(session);
      session.close();
    }
  }
}

/** {{job.parameters.x}}, {{job.run_id}} and the like in a task's parameters; others are left as they are, as Databricks does. */
function resolveReferences(parameters: Readonly<Record<string, string>>, run: Run): Record<string, string> {
  const known = (name: string): string | undefined => {
    const parameter = /^job\.parameters\.(.+)$/.exec(name);
    if (parameter !== null) return run.parameters[parameter[1]!];
    return { 'job.id': String(run.job_id), 'job.run_id': String(run.run_id), 'job.name': run.run_name }[name];
  };
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [
      key,
      value.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (whole, name: string) => known(name) ?? whole),
    ]),
  );
}

const canceledState: State = {
  life_cycle_state: 'TERMINATED',
  result_state: 'CANCELED',
  state_message: 'Run cancelled.',
};

function finish(task: TaskRun, state: State, now: number): void {
  task.state = state;
  if (task.start_time === 0) task.start_time = now;
  task.end_time = now;
  if (state.result_state === 'SUCCESS') delete task.error;
}

/** run_if: https://docs.databricks.com/jobs/run-if.html. An excluded task counts as a success for those after it. */
function readiness(task: TaskRun, tasks: readonly TaskRun[]): 'ready' | 'wait' | State {
  const upstream = (task.settings.depends_on ?? []).map(
    ({ task_key }) => tasks.find((other) => other.settings.task_key === task_key)!.state,
  );
  if (upstream.some((state) => !isOver(state))) return 'wait';
  if (upstream.length === 0) return 'ready';
  const succeeded = (state: State): boolean => state.result_state === 'SUCCESS' || state.result_state === 'EXCLUDED';
  const canceled = (state: State): boolean =>
    state.result_state === 'CANCELED' || state.result_state === 'UPSTREAM_CANCELED';
  const failed = (state: State): boolean => !succeeded(state) && !canceled(state);
  const holds = {
    ALL_SUCCESS: upstream.every(succeeded),
    ALL_DONE: true,
    NONE_FAILED: !upstream.some(failed),
    AT_LEAST_ONE_SUCCESS: upstream.some(succeeded),
    ALL_FAILED: upstream.every(failed),
    AT_LEAST_ONE_FAILED: upstream.some(failed),
  }[task.settings.run_if ?? 'ALL_SUCCESS'];
  if (holds) return 'ready';
  const result: ResultState = upstream.some(failed)
    ? 'UPSTREAM_FAILED'
    : upstream.some(canceled)
      ? 'UPSTREAM_CANCELED'
      : 'EXCLUDED';
  const wantsFailure = task.settings.run_if === 'ALL_FAILED' || task.settings.run_if === 'AT_LEAST_ONE_FAILED';
  return wantsFailure
    ? { life_cycle_state: 'SKIPPED', result_state: 'EXCLUDED', state_message: 'An upstream task did not fail.' }
    : {
        life_cycle_state: 'SKIPPED',
        result_state: result,
        state_message:
          result === 'UPSTREAM_FAILED' ? 'An upstream task failed.' : 'An upstream task was not successful.',
      };
}

/** A run's result is that of its leaf tasks. */
function overall(tasks: readonly TaskRun[]): State {
  const awaited = new Set(tasks.flatMap((task) => (task.settings.depends_on ?? []).map(({ task_key }) => task_key)));
  const leaves = tasks.filter((task) => !awaited.has(task.settings.task_key));
  if (tasks.some((task) => task.state.result_state === 'CANCELED')) return canceledState;
  const bad = leaves.find((task) => !['SUCCESS', 'EXCLUDED'].includes(task.state.result_state ?? ''));
  if (bad === undefined) return { life_cycle_state: 'TERMINATED', result_state: 'SUCCESS', state_message: '' };
  const failed = tasks.filter((task) => task.state.result_state === 'FAILED');
  const told = failed.map((task) => `Task ${task.settings.task_key} failed with message: ${task.state.state_message}`);
  const skipped = tasks.some((task) => task.state.result_state === 'UPSTREAM_FAILED');
  if (skipped) told.push('This caused all downstream tasks to get skipped.');
  return { life_cycle_state: 'TERMINATED', result_state: 'FAILED', state_message: told.join(' ') };
}
