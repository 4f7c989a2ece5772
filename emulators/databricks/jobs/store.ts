import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from '../json-file.ts';
import type { JobSettings, TaskSettings } from './settings.ts';

export interface Job {
  readonly job_id: number;
  readonly created_time: number;
  readonly creator_user_name: string;
  readonly settings: JobSettings;
}

export type LifeCycleState = 'PENDING' | 'RUNNING' | 'TERMINATING' | 'TERMINATED' | 'SKIPPED' | 'INTERNAL_ERROR';
export type ResultState =
  | 'SUCCESS'
  | 'FAILED'
  | 'CANCELED'
  | 'TIMEDOUT'
  | 'UPSTREAM_FAILED'
  | 'UPSTREAM_CANCELED'
  | 'EXCLUDED';

export interface State {
  readonly life_cycle_state: LifeCycleState;
  readonly result_state?: ResultState;
  readonly state_message: string;
}

export interface TaskRun {
  readonly run_id: number;
  readonly settings: TaskSettings;
  state: State;
  start_time: number;
  end_time: number;
  attempt_number: number;
  error?: string;
}

export interface Run {
  readonly run_id: number;
  readonly job_id: number;
  readonly run_name: string;
  /** Without it the run is one of a job. */
  readonly run_type?: 'SUBMIT_RUN';
  readonly parameters: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, string>>;
  readonly idempotency_token?: string;
  readonly creator_user_name: string;
  readonly tasks: TaskRun[];
  state: State;
  start_time: number;
  end_time: number;
}

/** Jobs and runs: `jobs.json`, and a file per run, each replaced whole. */
export class JobStore {
  readonly jobs: Map<number, Job>;
  readonly runs = new Map<number, Run>();
  readonly #folder: string;
  #lastId: number;

  constructor(stateDirectory: string, now: number) {
    this.#folder = join(stateDirectory, 'jobs');
    mkdirSync(join(this.#folder, 'runs'), { recursive: true });
    this.jobs = new Map(readJson<Job[]>(join(this.#folder, 'jobs.json'), []).map((job) => [job.job_id, job]));
    for (const name of readdirSync(join(this.#folder, 'runs'))) {
      if (!name.endsWith('.json')) {
        rmSync(join(this.#folder, 'runs', name), { force: true });
        continue;
      }
      const run = readJson<Run | undefined>(join(this.#folder, 'runs', name), undefined);
      if (run !== undefined) this.runs.set(run.run_id, run);
    }
    this.#lastId = Math.max(
      100,
      ...this.jobs.keys(),
      ...[...this.runs.values()].flatMap((run) => [run.run_id, ...run.tasks.map((task) => task.run_id)]),
    );
    for (const run of this.runs.values()) this.#endInterrupted(run, now);
  }

  nextId(): number {
    return ++this.#lastId;
  }

  saveJobs(): void {
    writeJson(join(this.#folder, 'jobs.json'), [...this.jobs.values()]);
  }

  saveRun(run: Run): void {
    this.runs.set(run.run_id, run);
    writeJson(join(this.#folder, 'runs', `${run.run_id}.json`), run);
  }

  deleteRun(runId: number): void {
    this.runs.delete(runId);
    rmSync(join(this.#folder, 'runs', `${runId}.json`), { force: true });
  }

  /** The run that was started with an idempotency token; none for an empty one. */
  runOf(token: unknown): Run | undefined {
    if (typeof token !== 'string' || token === '') return undefined;
    return [...this.runs.values()].find((run) => run.idempotency_token === token);
  }

  /** A run that was under way when the process ended will not go on. */
  #endInterrupted(run: Run, now: number): void {
    if (isOver(run.state)) return;
    const state: State = {
      life_cycle_state: 'INTERNAL_ERROR',
      result_state: 'FAILED',
      state_message: 'The run was interrupted: the local Databricks was restarted. Run it again.',
    };
    for (const task of run.tasks)
      if (!isOver(task.state)) {
        task.state = state;
        task.end_time = now;
      }
    run.state = state;
    run.end_time = now;
    this.saveRun(run);
  }
}

export function isOver(state: State): boolean {
  return (
    state.life_cycle_state === 'TERMINATED' ||
    state.life_cycle_state === 'SKIPPED' ||
    state.life_cycle_state === 'INTERNAL_ERROR'
  );
}
