import type { Task } from './compile/compile.ts';

export const jobName = 'ecommerce-medallion';

/** The settings of the job (Jobs API 2.2): one SQL-file task per model, on a SQL warehouse, one run at a time. */
export function jobSettings(tasks: readonly Task[], folder: string, warehouseId: string): Record<string, unknown> {
  return {
    name: jobName,
    description: 'Refines bronze to silver and gold. Deployed from the repository: changes made here are overwritten.',
    max_concurrent_runs: 1,
    queue: { enabled: true },
    tags: { deployed_by: 'dataops' },
    tasks: tasks.map((task) => ({
      task_key: task.key,
      depends_on: task.dependsOn.map((key) => ({ task_key: key })),
      sql_task: { file: { path: filePath(folder, task), source: 'WORKSPACE' }, warehouse_id: warehouseId },
      max_retries: 1,
      min_retry_interval_millis: 10_000,
      timeout_seconds: 3600,
    })),
  };
}

export function filePath(folder: string, task: Task): string {
  return `${folder}/${task.key}.sql`;
}
