/** Runs as the service's queries show them (PipelineRun, ActivityRun of the REST specification). Times are ISO 8601, UTC. */

export type PipelineRunStatus = 'Queued' | 'InProgress' | 'Succeeded' | 'Failed' | 'Canceling' | 'Cancelled';
export type ActivityRunStatus = 'Queued' | 'InProgress' | 'Succeeded' | 'Failed' | 'Cancelled' | 'Skipped' | 'Inactive';

export interface InvokedBy {
  readonly id: string;
  readonly name: string;
  readonly invokedByType: 'Manual' | 'PipelineActivity';
  readonly pipelineName?: string;
  readonly pipelineRunId?: string;
}

export interface PipelineRun {
  readonly runId: string;
  /** Shared by a run and its reruns. */
  readonly runGroupId: string;
  readonly isLatest: boolean;
  readonly pipelineName: string;
  /** Values as text, whatever their type: so the service shows them. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly runDimensions: Readonly<Record<string, string>>;
  readonly invokedBy: InvokedBy;
  readonly runStart: string | null;
  readonly runEnd: string | null;
  readonly durationInMs: number | null;
  readonly status: PipelineRunStatus;
  readonly message: string;
  readonly lastUpdated: string;
  readonly annotations: readonly unknown[];
}

export interface ActivityRunError {
  readonly errorCode: string;
  readonly message: string;
  readonly failureType: string;
  readonly target: string;
  readonly details: unknown;
}

export interface ActivityRun {
  readonly activityName: string;
  readonly activityType: string;
  readonly activityRunId: string;
  readonly pipelineName: string;
  readonly pipelineRunId: string;
  readonly linkedServiceName: string;
  readonly status: ActivityRunStatus;
  readonly activityRunStart: string | null;
  readonly activityRunEnd: string | null;
  readonly durationInMs: number | null;
  readonly input: unknown;
  readonly output: unknown;
  readonly error: ActivityRunError;
  /** Null for the first attempt, then 1, 2, ... */
  readonly retryAttempt: number | null;
  /** Which iteration of which loops, empty outside of any. */
  readonly iterationHash: string;
  readonly userProperties: Readonly<Record<string, unknown>>;
  readonly recoveryStatus: 'None' | 'FromReferencedRun';
}

export const noError: ActivityRunError = { errorCode: '', message: '', failureType: '', target: '', details: '' };
