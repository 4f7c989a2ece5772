import { z } from 'zod';
import { invalidParameter, unimplemented } from '../api-error.ts';

const parameters = z.record(z.string(), z.string());

/** One kind of task runs here; the others are known by name so that the refusal can say which it was. */
const taskSchema = z.looseObject({
  task_key: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'expected 1 to 100 letters, digits, - and _'),
  description: z.string().optional(),
  depends_on: z.array(z.looseObject({ task_key: z.string(), outcome: z.string().optional() })).optional(),
  run_if: z
    .enum(['ALL_SUCCESS', 'ALL_DONE', 'NONE_FAILED', 'AT_LEAST_ONE_SUCCESS', 'ALL_FAILED', 'AT_LEAST_ONE_FAILED'])
    .optional(),
  max_retries: z.number().int().min(-1).optional(),
  min_retry_interval_millis: z.number().int().min(0).optional(),
  timeout_seconds: z.number().int().min(0).optional(),
  sql_task: z
    .looseObject({
      warehouse_id: z.string(),
      parameters: parameters.optional(),
      file: z.looseObject({ path: z.string(), source: z.enum(['WORKSPACE', 'GIT']).optional() }).optional(),
    })
    .optional(),
});

const settingsSchema = z.looseObject({
  name: z.string().default('Untitled'),
  tasks: z.array(taskSchema).max(1000).default([]),
  parameters: z.array(z.looseObject({ name: z.string(), default: z.string() })).optional(),
  max_concurrent_runs: z.number().int().min(0).max(1000).default(1),
  timeout_seconds: z.number().int().min(0).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  queue: z.looseObject({ enabled: z.boolean() }).optional(),
});

export type JobSettings = z.infer<typeof settingsSchema>;
export type TaskSettings = z.infer<typeof taskSchema>;

/**
 * Reads a job's settings; members that only matter elsewhere (clusters, schedules, notifications) are kept as they came.
 * @throws ApiError INVALID_PARAMETER_VALUE naming the member, NOT_IMPLEMENTED for other kinds of task
 */
export function parseSettings(value: unknown): JobSettings {
  const result = settingsSchema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    throw invalidParameter(`Invalid job settings at ${issue.path.join('.') || 'the root'}: ${issue.message}.`);
  }
  const settings = result.data;
  const keys = settings.tasks.map((task) => task.task_key);
  for (const [index, task] of settings.tasks.entries()) {
    if (keys.indexOf(task.task_key) !== index) throw invalidParameter(`Duplicate task key: ${task.task_key}.`);
    const kind = Object.keys(task).find((key) => key.endsWith('_task') && key !== 'sql_task');
    if (kind !== undefined)
      throw unimplemented(`tasks of the kind ${kind} (task ${task.task_key}); implemented is sql_task with a file`);
    if (task.sql_task === undefined) throw invalidParameter(`Task ${task.task_key} has no type: expected sql_task.`);
    if (task.sql_task.file === undefined) throw unimplemented(`sql_task without a file (task ${task.task_key})`);
    if (task.sql_task.file.source === 'GIT') throw unimplemented(`SQL files from Git (task ${task.task_key})`);
    for (const dependency of task.depends_on ?? [])
      if (!keys.includes(dependency.task_key))
        throw invalidParameter(`Task ${task.task_key} depends on the unknown task ${dependency.task_key}.`);
  }
  refuseCycles(settings.tasks);
  return settings;
}

function refuseCycles(tasks: readonly TaskSettings[]): void {
  const done = new Set<string>();
  for (let before = -1; before !== done.size; ) {
    before = done.size;
    for (const task of tasks)
      if ((task.depends_on ?? []).every((dependency) => done.has(dependency.task_key))) done.add(task.task_key);
  }
  const stuck = tasks.find((task) => !done.has(task.task_key));
  if (stuck !== undefined) throw invalidParameter(`The dependencies of task ${stuck.task_key} form a cycle.`);
}
