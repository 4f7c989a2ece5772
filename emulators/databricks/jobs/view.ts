import { isOver, type Job, type Run, type State, type TaskRun } from './store.ts';

/** Jobs and runs as the REST API shows them; 2.1's `state` and 2.2's `status` side by side, as the service does. */

export function jobView(job: Job): Record<string, unknown> {
  return {
    job_id: job.job_id,
    creator_user_name: job.creator_user_name,
    run_as_user_name: job.creator_user_name,
    created_time: job.created_time,
    settings: { format: 'MULTI_TASK', ...job.settings },
  };
}

export function runView(run: Run, baseUrl: string): Record<string, unknown> {
  return {
    job_id: run.job_id,
    run_id: run.run_id,
    original_attempt_run_id: run.run_id,
    number_in_job: run.run_id,
    creator_user_name: run.creator_user_name,
    run_name: run.run_name,
    run_type: run.run_type ?? 'JOB_RUN',
    run_page_url: `${baseUrl}/?o=0#job/${run.job_id}/run/${run.run_id}`,
    format: 'MULTI_TASK',
    trigger: 'ONE_TIME',
    ...times(run),
    ...states(run.state),
    job_parameters: Object.entries(run.parameters).map(([name, value]) => ({
      name,
      ...(name in run.overrides ? {} : { default: value }),
      value,
    })),
    tasks: run.tasks.map(taskView),
  };
}

export function taskView(task: TaskRun): Record<string, unknown> {
  return {
    ...task.settings,
    run_id: task.run_id,
    attempt_number: task.attempt_number,
    run_if: task.settings.run_if ?? 'ALL_SUCCESS',
    ...times(task),
    ...states(task.state),
  };
}

function times({ start_time, end_time }: Pick<Run, 'start_time' | 'end_time'>): Record<string, number> {
  const duration = end_time > 0 ? end_time - start_time : 0;
  return {
    start_time,
    end_time,
    setup_duration: 0,
    execution_duration: duration,
    cleanup_duration: 0,
    run_duration: duration,
  };
}

function states(state: State): Record<string, unknown> {
  const termination = {
    SUCCESS: { code: 'SUCCESS', type: 'SUCCESS' },
    EXCLUDED: { code: 'SUCCESS', type: 'SUCCESS' },
    CANCELED: { code: 'USER_CANCELED', type: 'SUCCESS' },
    FAILED: {
      code: state.life_cycle_state === 'INTERNAL_ERROR' ? 'INTERNAL_ERROR' : 'RUN_EXECUTION_ERROR',
      type: state.life_cycle_state === 'INTERNAL_ERROR' ? 'INTERNAL_ERROR' : 'CLIENT_ERROR',
    },
    TIMEDOUT: { code: 'RUN_EXECUTION_ERROR', type: 'CLIENT_ERROR' },
    UPSTREAM_FAILED: { code: 'RUN_EXECUTION_ERROR', type: 'CLIENT_ERROR' },
    UPSTREAM_CANCELED: { code: 'USER_CANCELED', type: 'SUCCESS' },
  }[state.result_state ?? 'SUCCESS'];
  return {
    state: { ...state, user_cancelled_or_timedout: state.result_state === 'CANCELED' },
    status: isOver(state)
      ? { state: 'TERMINATED', termination_details: { ...termination, message: state.state_message } }
      : { state: state.life_cycle_state },
  };
}
