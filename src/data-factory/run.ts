import { ConfigurationError, InternalError } from '../errors.ts';
import { type Progress, silent } from '../progress.ts';
import { type ActivityRun, numberAt, queryActivityRuns } from './activity-runs.ts';
import type { FactoryClient } from './client.ts';
import { type Json, type JsonObject, textAt } from './json.ts';

export interface RunOptions {
  readonly onProgress?: Progress;
  /** The run is cancelled and given up after this long; 21,600 by default, as long as a copy of its own may take. */
  readonly timeoutSeconds?: number;
  /** Longest pause between two looks at the run; 15 by default. The first pause is 0.1 s, each next one half as long again. */
  readonly pollSeconds?: number;
  /** Cancels the run, children included. */
  readonly signal?: AbortSignal;
  /** Starts a rerun of an earlier run, in the same group. */
  readonly recovery?: {
    readonly runId: string;
    /** Where to start again; all activities by default, or only those that failed. */
    readonly startActivity?: string;
    readonly fromFailure?: boolean;
  };
  /** The present; tests bring their own. */
  readonly now?: () => Date;
}

export interface RunResult {
  readonly runId: string;
  readonly pipeline: string;
  /** Succeeded. Any other end is an error. */
  readonly status: string;
  readonly milliseconds: number;
  /** Activity runs of this run and of the runs it started. */
  readonly activities: readonly ActivityRun[];
}

const finished = new Set(['Succeeded', 'Failed', 'Cancelled']);
const firstPause = 100;
/** The service's clock and ours may differ. */
const clockSlack = 24 * 3600 * 1000;

/**
 * Runs a pipeline and waits for its end, telling of each activity as it goes.
 * @throws ConfigurationError when the service refuses to start it, when it fails (with the failing activity's own message), when it
 * is cancelled from elsewhere, or when it takes longer than allowed; the caller's abort reason when `signal` is aborted.
 */
export async function runPipeline(
  client: FactoryClient,
  pipeline: string,
  parameters: JsonObject = {},
  options: RunOptions = {},
): Promise<RunResult> {
  const { onProgress = silent, timeoutSeconds = 21_600, pollSeconds = 15, signal, now = () => new Date() } = options;
  const startedAt = now();
  const runId = await createRun(client, pipeline, parameters, options);
  onProgress({ message: `${pipeline}: run ${runId} started`, fraction: 0 });
  const watch = watcher(client, startedAt, now, onProgress);
  try {
    for (let pause = firstPause; ; pause = Math.min(pause * 1.5, pollSeconds * 1000)) {
      await client.delay(pause, signal);
      const { body } = await client.send({ method: 'GET', path: `pipelineruns/${encodeURIComponent(runId)}`, signal });
      const status = textAt(body, 'status') ?? '';
      await watch.look(runId, signal);
      if (finished.has(status))
        return conclude(pipeline, runId, status, body, now().getTime() - startedAt.getTime(), watch);
      if (now().getTime() - startedAt.getTime() > timeoutSeconds * 1000)
        throw new TimeoutFault(
          `data factory: run ${runId} of '${pipeline}' is still ${status} after ${timeoutSeconds} s; it has been cancelled.`,
        );
    }
  } catch (error) {
    if (signal?.aborted || error instanceof TimeoutFault) await cancelRun(client, runId);
    throw error instanceof TimeoutFault ? new ConfigurationError(error.message) : error;
  }
}

class TimeoutFault extends Error {}

async function createRun(
  client: FactoryClient,
  pipeline: string,
  parameters: JsonObject,
  { recovery, signal }: RunOptions,
): Promise<string> {
  const { body } = await client.send({
    method: 'POST',
    path: `pipelines/${encodeURIComponent(pipeline)}/createRun`,
    query: {
      ...(recovery === undefined ? {} : { isRecovery: 'true', referencePipelineRunId: recovery.runId }),
      ...(recovery?.startActivity === undefined ? {} : { startActivityName: recovery.startActivity }),
      ...(recovery?.fromFailure === undefined ? {} : { startFromFailure: String(recovery.fromFailure) }),
    },
    body: parameters,
    // A repeat could start a second run.
    repeatable: false,
    signal,
  });
  const runId = textAt(body, 'runId');
  if (runId === undefined) throw new InternalError(`data factory: createRun of '${pipeline}' returned no runId.`);
  return runId;
}

/** Cancels a run and the runs it started; a run that has ended already is left as it is. */
export async function cancelRun(client: FactoryClient, runId: string): Promise<void> {
  await client.send({
    method: 'POST',
    path: `pipelineruns/${encodeURIComponent(runId)}/cancel`,
    query: { isRecursive: 'true' },
    accept: [400, 404, 409],
  });
}

function conclude(
  pipeline: string,
  runId: string,
  status: string,
  body: Json | undefined,
  elapsed: number,
  watch: Watcher,
): RunResult {
  const activities = watch.activities();
  const milliseconds = numberAt(body, 'durationInMs') ?? elapsed;
  if (status === 'Succeeded') return { runId, pipeline, status, milliseconds, activities };
  const failed = culprit(activities);
  const why =
    failed === undefined
      ? (textAt(body, 'message') ?? 'the service gave no reason.')
      : `activity '${failed.name}' of '${failed.pipeline}'${failed.errorCode === undefined ? '' : ` (${failed.errorCode})`}: ${failed.errorMessage ?? failed.status}`;
  throw new ConfigurationError(`data factory: run ${runId} of '${pipeline}' ended ${status}: ${why}`);
}

/** The failed activity that the others failed because of: the innermost, and of those the first. */
function culprit(activities: readonly ActivityRun[]): ActivityRun | undefined {
  const failed = activities.filter(({ status }) => status === 'Failed');
  const inner = new Set(['ExecutePipeline', 'ForEach', 'IfCondition', 'Switch', 'Until']);
  return failed.find(({ type, errorMessage }) => !inner.has(type) && errorMessage !== undefined) ?? failed[0];
}

interface Watcher {
  look(runId: string, signal: AbortSignal | undefined): Promise<void>;
  activities(): ActivityRun[];
}

/** Follows a run and the runs that its ExecutePipeline activities start, and tells each change once. */
function watcher(client: FactoryClient, startedAt: Date, now: () => Date, onProgress: Progress): Watcher {
  const known = new Map<string, ActivityRun>();
  const settled = new Set<string>();
  const from = new Date(startedAt.getTime() - clockSlack);

  async function look(runId: string, signal: AbortSignal | undefined): Promise<void> {
    if (settled.has(runId)) return;
    const runs = await queryActivityRuns(client, runId, { from, to: new Date(now().getTime() + clockSlack) }, signal);
    for (const run of runs) {
      const before = known.get(run.activityRunId);
      known.set(run.activityRunId, run);
      if (before?.status !== run.status || before.rowsCopied !== run.rowsCopied)
        onProgress({ message: describe(run), ...fraction() });
    }
    for (const { childRunId, status } of runs)
      if (childRunId !== undefined && childRunId !== runId) {
        await look(childRunId, signal);
        // A child that has ended does not change any more.
        if (finished.has(status)) settled.add(childRunId);
      }
  }

  function fraction(): { fraction: number } {
    const all = Array.from(known.values());
    return { fraction: all.filter(({ status }) => finished.has(status) || status === 'Skipped').length / all.length };
  }

  return { look, activities: () => Array.from(known.values()) };
}

/** `pl_copy_changes/Copy changes (orders): InProgress, 120,000 rows`; what is in brackets is the first of the user properties. */
function describe(run: ActivityRun): string {
  const [subject] = Object.values(run.userProperties);
  const about = typeof subject === 'string' && subject !== '' ? ` (${subject})` : '';
  const seconds =
    run.milliseconds === undefined || !finished.has(run.status) ? '' : ` in ${(run.milliseconds / 1000).toFixed(1)} s`;
  const rows = run.rowsCopied === undefined ? '' : `, ${run.rowsCopied.toLocaleString('en-US')} rows`;
  return `${run.pipeline}/${run.name}${about}: ${run.status}${seconds}${rows}`;
}
