/** Data Factory: read and validate the git folder, publish it, run its pipelines. */
export type { ActivityRun } from './activity-runs.ts';
export { type ApplyFailure, type ApplyOptions, type ApplyResult, apply } from './apply.ts';
export { type ClientOptions, connectFactory, type FactoryClient, type FactoryEndpoint } from './client.ts';
export type { Difference } from './compare.ts';
export { describeFinding, type Finding } from './findings.ts';
export { type FactoryObject, type FactoryObjects, type Folder, keyOf } from './objects.ts';
export { applyOverrides, type Overrides, type References } from './overrides.ts';
export {
  type Action,
  countActions,
  type Plan,
  type PlannedChange,
  type PlannedTrigger,
  type PlanOptions,
  plan,
} from './plan.ts';
export { type PublishOptions, type PublishResult, prepare, publish } from './publish.ts';
export { readFactory } from './read.ts';
export { cancelRun, type RunOptions, type RunResult, runPipeline } from './run.ts';
export { validate } from './validate.ts';
