import type { Connectors } from '../connectors/connectors.ts';
import type { ParquetWriter } from '../connectors/parquet-file.ts';
import type { PipelineRun } from './run-records.ts';
import type { Ambient } from './scope.ts';

/** How long things take. The service's own pace by default; `local` and tests are quicker. */
export interface Delays {
  /** Between two looks at a Databricks run, in milliseconds. */
  readonly databricksPoll: number;
  /** How often a Copy tells how far it is, in milliseconds. */
  readonly copyProgress: number;
  /** What a policy's retryIntervalInSeconds is multiplied by. */
  readonly retryScale: number;
  /** What a Wait activity's waitTimeInSeconds is multiplied by. */
  readonly waitScale: number;
}

export const serviceDelays: Delays = { databricksPoll: 5000, copyProgress: 1000, retryScale: 1, waitScale: 1 };

export interface ChildRun {
  readonly runId: string;
  /** Resolves when the run has ended, however. */
  readonly ended: Promise<{ readonly run: PipelineRun; readonly returnValue: Record<string, unknown> }>;
  cancel(): void;
}

/** What running activities need of the factory around them. */
export interface Host {
  readonly factoryName: string;
  readonly clock: () => Date;
  readonly newId: () => string;
  readonly ambient: Ambient;
  /** Rejects with the signal's reason when it is aborted meanwhile. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly delays: Delays;
  readonly connectors: Connectors;
  readonly parquet: ParquetWriter;
  /** For files on their way. It is there, and empty when the factory starts. */
  readonly temporaryDirectory: string;
  /** The properties of a published object, or undefined. */
  readonly findObject: (collection: 'datasets' | 'linkedservices', name: string) => Record<string, unknown> | undefined;
  /** Starts a pipeline on behalf of an ExecutePipeline activity. @throws ActivityError when it cannot be. */
  readonly startChild: (request: {
    readonly pipeline: string;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly parent: PipelineRun;
    readonly activityRunId: string;
  }) => ChildRun;
}
