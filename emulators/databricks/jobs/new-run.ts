import type { TaskSettings } from './settings.ts';
import type { JobStore, Run } from './store.ts';

/** A run before its first task: nothing has begun. */
export function newRun(
  jobs: JobStore,
  { tasks, ...run }: Omit<Run, 'run_id' | 'tasks' | 'state' | 'end_time'> & { readonly tasks: readonly TaskSettings[] },
): Run {
  return {
    run_id: jobs.nextId(),
    ...run,
    tasks: tasks.map((settings) => ({
      run_id: jobs.nextId(),
      settings,
      state: { life_cycle_state: 'PENDING', state_message: 'Waiting' },
      start_time: 0,
      end_time: 0,
      attempt_number: 0,
    })),
    state: { life_cycle_state: 'PENDING', state_message: 'Waiting' },
    end_time: 0,
  };
}
