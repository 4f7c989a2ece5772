import type { RunRecord } from '../store/run-store.ts';
import type { Activity, PipelineDefinition } from './definitions.ts';
import type { Host } from './host.ts';
import type { Outcome } from './outcome.ts';
import type { ActivityResult, Scope } from './scope.ts';

/** One run of a pipeline, while it lasts. */
export interface RunContext {
  readonly host: Host;
  readonly record: RunRecord;
  readonly definition: PipelineDefinition;
  /** The value of `pipeline()`. */
  readonly pipeline: Readonly<Record<string, unknown>>;
  readonly variables: Map<string, unknown>;
  readonly signal: AbortSignal;
  /** Top-level activities whose outputs a rerun takes over from the run it refers to. */
  readonly recovered: ReadonlyMap<string, unknown>;
  /** To be called when the record has changed. */
  readonly changed: () => void;
}

/** Where a set of activities runs: inherited results and the loop around it. */
export interface Frame {
  readonly scope: Scope;
  readonly visible: ReadonlyMap<string, ActivityResult>;
  readonly iteration: string;
  readonly topLevel: boolean;
}

/** What an activity gets to work with. */
export interface ActivityContext {
  readonly run: RunContext;
  readonly host: Host;
  readonly activity: Activity;
  readonly activityRunId: string;
  /** Not evaluated yet: each activity evaluates what it needs, when it needs it. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly scope: Scope;
  /** Aborted on cancellation and on the policy's timeout. */
  readonly signal: AbortSignal;
  /** Evaluates every expression inside a JSON value. @throws ActivityError */
  evaluate(value: unknown): unknown;
  /** Shows what the activity was given in its activity run. */
  input(value: unknown): void;
  /** Shows a part of the output before the activity has ended, such as a run page. */
  progress(output: unknown): void;
  /** Runs activities inside this one. @returns the one that makes the set fail, if any. */
  runInner(
    activities: readonly Activity[],
    loop?: { readonly item?: unknown; readonly index: number; readonly signal?: AbortSignal },
  ): Promise<Outcome | undefined>;
}

/** An activity type. `control` activities have no retry and no timeout of the policy's. */
export interface ActivityType {
  readonly control: boolean;
  /** @returns the activity's output. @throws ActivityError when it fails. */
  readonly execute: (context: ActivityContext) => Promise<unknown>;
}
