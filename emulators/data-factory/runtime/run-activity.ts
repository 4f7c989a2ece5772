import { activityTypes } from '../activities/index.ts';
import type { ActivityContext, Frame, RunContext } from './activity-context.ts';
import { ActivityError, notImplemented, toActivityError } from './activity-error.ts';
import type { Activity } from './definitions.ts';
import { evaluate } from './evaluate.ts';
import type { Outcome } from './outcome.ts';
import { type ActivityRun, type ActivityRunError, type ActivityRunStatus, noError } from './run-records.ts';
import type { ActivityResult } from './scope.ts';
import { readTimespan } from './timespan.ts';

/** "0.12:00:00", the default since 2023; the longest the service lets an activity take is seven days. */
const defaultTimeout = 12 * 60 * 60 * 1000;
/** setTimeout cannot wait longer than 2^31-1 ms; seven days fit. */
const longestTimeout = 7 * 24 * 60 * 60 * 1000;
const defaultRetryInterval = 30;

/** Runs one activity: every attempt its policy allows, each recorded as an activity run of its own. */
export async function runActivity(
  run: RunContext,
  activity: Activity,
  frame: Frame,
  results: Map<string, ActivityResult>,
  signal: AbortSignal,
  runInner: ActivityContext['runInner'],
): Promise<Outcome> {
  const type = activityTypes.get(activity.type);
  const policy = activity.policy ?? {};
  for (let attempt = 0; ; attempt++) {
    const recorder = startRecord(run, activity, frame, attempt);
    try {
      if (type === undefined)
        throw notImplemented(`The activity type '${activity.type}' (activity '${activity.name}')`);
      recorder.userProperties(
        Object.fromEntries(
          (activity.userProperties ?? []).map(({ name, value }) => [name, evaluate(value, frame.scope)]),
        ),
      );
      const limit = type.control ? undefined : timeoutOf(policy.timeout, frame);
      const output = await withTimeout(limit, signal, activity, (limited) =>
        type.execute({
          run,
          host: run.host,
          activity,
          activityRunId: recorder.id,
          properties: activity.typeProperties ?? {},
          scope: frame.scope,
          signal: limited,
          evaluate: (value) => evaluate(value, frame.scope),
          input: (value) => recorder.input(policy.secureInput === true ? {} : value),
          progress: (value) => recorder.output(policy.secureOutput === true ? {} : value),
          runInner,
        }),
      );
      results.set(activity.name, recorder.end('Succeeded', output, null, policy.secureOutput === true));
      if (frame.topLevel) {
        // secureOutput keeps an output out of every record; a rerun then runs the activity again.
        if (policy.secureOutput !== true) run.record.outputs[activity.name] = output ?? null;
        run.changed();
      }
      return { activity, status: 'Succeeded', message: '' };
    } catch (thrown) {
      if (signal.aborted) {
        results.set(activity.name, recorder.end('Cancelled', null, cancelled(activity), false));
        return { activity, status: 'Cancelled', message: cancelled(activity).message };
      }
      const error = toActivityError(thrown);
      const shown = describe(error, activity);
      const output = (thrown as { output?: unknown }).output ?? {};
      const result = recorder.end('Failed', output, shown, policy.secureOutput === true);
      if (type?.control !== false || attempt >= retriesOf(policy.retry, frame)) {
        results.set(activity.name, result);
        return { activity, status: 'Failed', message: shown.message };
      }
      try {
        const interval = (policy.retryIntervalInSeconds ?? defaultRetryInterval) * 1000;
        await run.host.sleep(interval * run.host.delays.retryScale, signal);
      } catch {
        results.set(activity.name, result);
        return { activity, status: 'Cancelled', message: cancelled(activity).message };
      }
    }
  }
}

function timeoutOf(timeout: unknown, frame: Frame): number {
  if (timeout === undefined) return defaultTimeout;
  return Math.min(readTimespan(evaluate(timeout, frame.scope), 'policy.timeout'), longestTimeout);
}

function retriesOf(retry: unknown, frame: Frame): number {
  const value = Number(evaluate(retry ?? 0, frame.scope));
  return Number.isInteger(value) && value > 0 ? value : 0;
}

async function withTimeout<T>(
  limit: number | undefined,
  signal: AbortSignal,
  activity: Activity,
  execute: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (limit === undefined) return execute(signal);
  const timeout = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new ActivityError(
        'ActivityTimeout',
        `The activity '${activity.name}' did not end within its timeout of ${limit / 1000} s (policy.timeout).`,
      );
      reject(error);
      timeout.abort(error);
    }, limit);
  });
  const work = execute(AbortSignal.any([signal, timeout.signal]));
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
    // What was told to stop may still fail; that it does is no news.
    work.catch(() => {});
  }
}

function describe(error: ActivityError, activity: Activity): ActivityRunError {
  return {
    errorCode: error.code,
    message: error.message,
    failureType: error.failureType,
    target: activity.name,
    details: error.details,
  };
}

function cancelled(activity: Activity): ActivityRunError {
  return { errorCode: '', message: 'The activity was cancelled.', failureType: '', target: activity.name, details: '' };
}

interface Recorder {
  readonly id: string;
  input(value: unknown): void;
  output(value: unknown): void;
  userProperties(value: Record<string, unknown>): void;
  end(status: ActivityRunStatus, output: unknown, error: ActivityRunError | null, secure: boolean): ActivityResult;
}

/** Adds an activity run in progress to the run's record, and replaces it as it goes on. */
function startRecord(run: RunContext, activity: Activity, frame: Frame, attempt: number): Recorder {
  const start = run.host.clock();
  const index = run.record.activities.length;
  const update = (changes: Partial<ActivityRun>): void => {
    run.record.activities[index] = { ...run.record.activities[index]!, ...changes };
    run.changed();
  };
  const id = run.host.newId();
  run.record.activities.push({
    ...blank(run, activity, frame, id),
    status: 'InProgress',
    activityRunStart: start.toISOString(),
    retryAttempt: attempt === 0 ? null : attempt,
  });
  run.changed();
  return {
    id,
    input: (input) => update({ input }),
    output: (output) => update({ output }),
    userProperties: (userProperties) => update({ userProperties }),
    end(status, output, error, secure) {
      const end = run.host.clock();
      const durationInMs = end.getTime() - start.getTime();
      update({
        status,
        output: secure ? {} : (output ?? {}),
        error: error ?? noError,
        activityRunEnd: end.toISOString(),
        durationInMs,
      });
      return result(activity, id, status, start, end, output, error);
    },
  };
}

function blank(run: RunContext, activity: Activity, frame: Frame, activityRunId: string): ActivityRun {
  return {
    activityName: activity.name,
    activityType: activity.type,
    activityRunId,
    pipelineName: run.record.run.pipelineName,
    pipelineRunId: run.record.run.runId,
    linkedServiceName: activity.linkedServiceName?.referenceName ?? '',
    status: 'Queued',
    activityRunStart: null,
    activityRunEnd: null,
    durationInMs: null,
    input: {},
    output: {},
    error: noError,
    retryAttempt: null,
    iterationHash: frame.iteration,
    userProperties: {},
    recoveryStatus: 'None',
  };
}

function result(
  activity: Activity,
  id: string,
  status: string,
  start: Date,
  end: Date,
  output: unknown,
  error: ActivityRunError | null,
): ActivityResult {
  return {
    Name: activity.name,
    ActivityRunId: id,
    Status: status,
    ExecutionStartTime: start.toISOString(),
    ExecutionEndTime: end.toISOString(),
    Duration: (end.getTime() - start.getTime()) / 1000,
    output: output ?? {},
    error,
  };
}

/** Records an activity that does not run, because of its dependencies or because the run was cancelled. */
export function recordSkipped(run: RunContext, activity: Activity, frame: Frame, isCancelled: boolean): Outcome {
  if (isCancelled) return { activity, status: 'Cancelled', message: 'The run was cancelled before this activity.' };
  run.record.activities.push({ ...blank(run, activity, frame, run.host.newId()), status: 'Skipped' });
  run.changed();
  return { activity, status: 'Skipped', message: '' };
}

/** An inactive activity ends at once, as it is marked, with no output. */
export function recordInactive(
  run: RunContext,
  activity: Activity,
  frame: Frame,
  results: Map<string, ActivityResult>,
): Outcome {
  const status = activity.onInactiveMarkAs ?? 'Succeeded';
  const now = run.host.clock();
  const id = run.host.newId();
  run.record.activities.push({ ...blank(run, activity, frame, id), status: 'Inactive' });
  run.changed();
  results.set(activity.name, result(activity, id, status, now, now, {}, null));
  return { activity, status, message: status === 'Failed' ? 'The activity is inactive and marked as failed.' : '' };
}

/** An activity that succeeded in the run that this one repeats: its output is taken over. */
export function recordRecovered(
  run: RunContext,
  activity: Activity,
  frame: Frame,
  results: Map<string, ActivityResult>,
): Outcome {
  const now = run.host.clock();
  const id = run.host.newId();
  const output = run.recovered.get(activity.name);
  run.record.outputs[activity.name] = output;
  run.record.activities.push({
    ...blank(run, activity, frame, id),
    status: 'Succeeded',
    output,
    activityRunStart: now.toISOString(),
    activityRunEnd: now.toISOString(),
    durationInMs: 0,
    recoveryStatus: 'FromReferencedRun',
  });
  run.changed();
  results.set(activity.name, result(activity, id, 'Succeeded', now, now, output, null));
  return { activity, status: 'Succeeded', message: '' };
}
