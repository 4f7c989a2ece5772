import type { RunRecord, RunStore } from '../store/run-store.ts';
import type { RunContext } from './activity-context.ts';
import { ActivityError, badDefinition, Cancellation, toActivityError } from './activity-error.ts';
import type { Activity, PipelineDefinition } from './definitions.ts';
import type { ChildRun, Host } from './host.ts';
import { ancestorsOf } from './outcome.ts';
import { asText, bindParameters, convert } from './parameters.ts';
import { runActivities } from './run-activities.ts';
import type { InvokedBy, PipelineRun } from './run-records.ts';
import { findBrokenDefinition } from './validate-definition.ts';

/** Which part of an earlier run to take over. */
export interface Recovery {
  readonly referenceRunId: string;
  /** Run from this activity on; everything it depends on, and everything beside it, is taken over where it succeeded. */
  readonly startActivityName?: string;
  /** Run what did not succeed. */
  readonly startFromFailure: boolean;
}

export interface RunRequest {
  readonly pipeline: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly invokedBy: InvokedBy;
  readonly runGroupId?: string;
  readonly recovery?: Recovery;
}

export interface RunManager {
  /** Starts a run, or queues it. @throws ActivityError when there is no such pipeline, or the parameters do not fit. */
  start(request: RunRequest): ChildRun;
  /** Asks a run to stop. @returns whether it was running. */
  cancel(runId: string, recursive: boolean): boolean;
  /** Cancels everything, and resolves when it has ended. */
  close(): Promise<void>;
}

export interface RunManagerOptions {
  /** The host, but for starting children, which is this module's own. */
  readonly host: Omit<Host, 'startChild'>;
  readonly store: RunStore;
  readonly findPipeline: (
    name: string,
  ) => { readonly name: string; readonly definition: PipelineDefinition } | undefined;
  readonly globalParameters: () => Readonly<Record<string, unknown>>;
  readonly log: (message: string) => void;
}

interface LiveRun {
  readonly record: RunRecord;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** A waiting line for each pipeline with a limit on concurrent runs. */
class Turnstile {
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  async enter(limit: number, signal: AbortSignal): Promise<void> {
    if (this.#inside < limit) {
      this.#inside++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(go);
    });
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inside--;
    else next();
  }
}

export function createRunManager({
  host: partial,
  store,
  findPipeline,
  globalParameters,
  log,
}: RunManagerOptions): RunManager {
  const live = new Map<string, LiveRun>();
  const turnstiles = new Map<string, Turnstile>();
  const host: Host = {
    ...partial,
    startChild: ({ pipeline, parameters, parent, activityRunId }) =>
      start({
        pipeline,
        parameters,
        invokedBy: {
          id: activityRunId,
          name: parent.pipelineName,
          invokedByType: 'PipelineActivity',
          pipelineName: parent.pipelineName,
          pipelineRunId: parent.runId,
        },
      }),
  };

  function start(request: RunRequest): ChildRun {
    const found = findPipeline(request.pipeline);
    if (found === undefined)
      throw new ActivityError(
        'PipelineNotFound',
        `The pipeline '${request.pipeline}' does not exist in factory '${host.factoryName}'.`,
      );
    const { name, definition } = found;
    const parameters = bindParameters(`pipeline '${name}'`, definition.parameters, request.parameters);
    const recovered = recover(request.recovery, definition);
    const runId = host.newId();
    const record: RunRecord = {
      run: {
        runId,
        runGroupId: request.runGroupId ?? runId,
        isLatest: true,
        pipelineName: name,
        parameters: Object.fromEntries(
          Object.entries(parameters).map(([key, value]) => [key, isSecure(definition, key) ? '*****' : asText(value)]),
        ),
        runDimensions: {},
        invokedBy: request.invokedBy,
        runStart: host.clock().toISOString(),
        runEnd: null,
        durationInMs: null,
        status: 'Queued',
        message: '',
        lastUpdated: host.clock().toISOString(),
        annotations: definition.annotations ?? [],
      },
      activities: [],
      outputs: {},
    };
    for (const other of store.all())
      if (other.run.runGroupId === record.run.runGroupId && other.run.isLatest) {
        other.run = { ...other.run, isLatest: false };
        store.changed(other);
      }
    store.add(record);
    const abort = new AbortController();
    const ended = execute(record, definition, parameters, recovered, abort.signal).finally(() => live.delete(runId));
    live.set(runId, { record, abort, ended });
    return {
      runId,
      ended: ended.then(() => ({ run: record.run, returnValue: record.returnValue ?? {} })),
      cancel: () => cancel(runId, true),
    };
  }

  function update(record: RunRecord, changes: Partial<PipelineRun>): void {
    record.run = { ...record.run, ...changes, lastUpdated: host.clock().toISOString() };
    store.changed(record);
  }

  async function execute(
    record: RunRecord,
    definition: PipelineDefinition,
    parameters: Record<string, unknown>,
    recovered: ReadonlyMap<string, unknown>,
    signal: AbortSignal,
  ): Promise<void> {
    const { pipelineName, runId } = record.run;
    const turnstile = turnstiles.get(pipelineName) ?? new Turnstile();
    turnstiles.set(pipelineName, turnstile);
    // A turn later at the earliest: whoever started the run gets to know of it first.
    await null;
    let entered = false;
    let status: PipelineRun['status'] = 'Failed';
    let message = '';
    try {
      await turnstile.enter(definition.concurrency ?? Number.POSITIVE_INFINITY, signal);
      entered = true;
      update(record, { status: 'InProgress' });
      log(`pipeline ${pipelineName}: run ${runId} started`);
      const failure = await runDefinition(record, definition, parameters, recovered, signal);
      status = failure === undefined ? 'Succeeded' : 'Failed';
      message = failure ?? '';
    } catch (error) {
      message = toActivityError(error).message;
    } finally {
      if (entered) turnstile.leave();
    }
    if (signal.aborted) {
      status = 'Cancelled';
      message = reasonOf(signal);
    }
    const end = host.clock();
    update(record, {
      status,
      message,
      runEnd: end.toISOString(),
      durationInMs: record.run.runStart === null ? null : end.getTime() - Date.parse(record.run.runStart),
    });
    log(`pipeline ${pipelineName}: run ${runId} ${status.toLowerCase()}${message === '' ? '' : `: ${message}`}`);
  }

  /** @returns what made the run fail, or undefined. */
  async function runDefinition(
    record: RunRecord,
    definition: PipelineDefinition,
    parameters: Record<string, unknown>,
    recovered: ReadonlyMap<string, unknown>,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const broken = findBrokenDefinition(definition);
    if (broken !== undefined) return `ErrorCode=InvalidTemplate, ErrorMessage=${broken}`;
    const { run } = record;
    const pipeline = {
      DataFactory: host.factoryName,
      Pipeline: run.pipelineName,
      RunId: run.runId,
      GroupId: run.runGroupId,
      TriggerType: run.invokedBy.invokedByType,
      TriggerId: run.invokedBy.id,
      TriggerName: run.invokedBy.name,
      TriggerTime: run.runStart,
      TriggeredByPipelineName: run.invokedBy.pipelineName ?? null,
      TriggeredByPipelineRunId: run.invokedBy.pipelineRunId ?? null,
      parameters,
      globalParameters: globalParameters(),
    };
    const variables = new Map(
      Object.entries(definition.variables ?? {}).map(([name, { type, defaultValue }]) => [
        name,
        defaultValue === undefined ? initialValue(type) : convert(defaultValue, type, `variable '${name}'`),
      ]),
    );
    const context: RunContext = {
      host,
      record,
      definition,
      pipeline,
      variables,
      signal,
      recovered,
      changed: () => store.changed(record),
    };
    const scope = { ambient: host.ambient, pipeline, variables };
    const frame = { scope, visible: new Map(), iteration: '', topLevel: true };
    const failure = await runActivities(context, definition.activities ?? [], frame, signal);
    return failure === undefined
      ? undefined
      : `Operation on target ${failure.activity.name} failed: ${failure.message}`;
  }

  /** The outputs that a rerun takes over. @throws ActivityError when the run or the activity referred to is not there. */
  function recover(recovery: Recovery | undefined, definition: PipelineDefinition): ReadonlyMap<string, unknown> {
    if (recovery === undefined) return new Map();
    const reference = store.get(recovery.referenceRunId);
    if (reference === undefined)
      throw new ActivityError(
        'ReferencedPipelineRunNotValid',
        `Referenced pipeline run id ${recovery.referenceRunId} is not a valid run id.`,
      );
    const activities = definition.activities ?? [];
    const { startActivityName: start, startFromFailure } = recovery;
    if (start === undefined && !startFromFailure) return new Map();
    if (start !== undefined && !activities.some(({ name }) => name === start))
      throw badDefinition(
        `The activity '${start}' to start from is not at the top of the pipeline '${reference.run.pipelineName}'.`,
      );
    const runsAgain = (activity: Activity) =>
      start !== undefined && (activity.name === start || ancestorsOf(activity, activities).has(start));
    return new Map(
      Object.entries(reference.outputs).filter(([name]) =>
        activities.some((one) => one.name === name && !runsAgain(one)),
      ),
    );
  }

  function cancel(runId: string, recursive: boolean): boolean {
    const run = live.get(runId.toLowerCase());
    if (run === undefined) return false;
    if (!run.abort.signal.aborted) {
      update(run.record, { status: 'Canceling' });
      run.abort.abort(new Cancellation('The run was cancelled by request.', recursive));
    }
    if (recursive)
      for (const [childId, child] of live)
        if (child.record.run.invokedBy.pipelineRunId === runId && !child.abort.signal.aborted) cancel(childId, true);
    return true;
  }

  return {
    start,
    cancel,
    async close() {
      for (const { abort, record } of live.values()) {
        update(record, { status: 'Canceling' });
        abort.abort(new Cancellation('The local Data Factory was stopped while this was running.', true));
      }
      while (live.size > 0) await Promise.allSettled([...live.values()].map(({ ended }) => ended));
    },
  };
}

function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
}

function isSecure(definition: PipelineDefinition, parameter: string): boolean {
  return definition.parameters?.[parameter]?.type.toLowerCase() === 'securestring';
}

function initialValue(type: string): unknown {
  switch (type.toLowerCase()) {
    case 'array':
      return [];
    case 'bool':
    case 'boolean':
      return false;
    case 'int':
    case 'integer':
      return 0;
    default:
      return '';
  }
}
