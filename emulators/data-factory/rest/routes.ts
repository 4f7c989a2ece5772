import { activityRunsQuery } from './activity-runs-query.ts';
import { factoriesCreateOrUpdate } from './factories-create-or-update.ts';
import { factoriesGet } from './factories-get.ts';
import { factoriesList } from './factories-list.ts';
import { factoriesUpdate } from './factories-update.ts';
import { globalParametersCreateOrUpdate } from './global-parameters-create-or-update.ts';
import { globalParametersDelete } from './global-parameters-delete.ts';
import { globalParametersGet } from './global-parameters-get.ts';
import { globalParametersList } from './global-parameters-list.ts';
import { objectsCreateOrUpdate } from './objects-create-or-update.ts';
import { objectsDelete } from './objects-delete.ts';
import { objectsGet } from './objects-get.ts';
import { objectsList } from './objects-list.ts';
import type { Operation } from './operation.ts';
import { pipelineRunsCancel } from './pipeline-runs-cancel.ts';
import { pipelineRunsGet } from './pipeline-runs-get.ts';
import { pipelineRunsQuery } from './pipeline-runs-query.ts';
import { pipelinesCreateRun } from './pipelines-create-run.ts';
import { triggerRunsQuery } from './trigger-runs-query.ts';
import { triggersQuery } from './triggers-query.ts';
import { triggersStart, triggersStop } from './triggers-set-state.ts';

export interface Route {
  readonly method: string;
  readonly segments: readonly string[];
  readonly operation: Operation;
}

const subscription = '/subscriptions/{subscriptionId}';
const group = `${subscription}/resourceGroups/{resourceGroup}`;
const factories = '/providers/Microsoft.DataFactory/factories';
const factory = `${group}${factories}/{factoryName}`;

const route = (method: string, path: string, operation: Operation): Route => ({
  method,
  segments: path.split('/').slice(1),
  operation,
});

/** In order: the first that fits is taken, so fixed names stand before variable ones. */
export const routes: readonly Route[] = [
  route('GET', `${subscription}${factories}`, factoriesList),
  route('GET', `${group}${factories}`, factoriesList),
  route('GET', factory, factoriesGet),
  route('PUT', factory, factoriesCreateOrUpdate),
  route('PATCH', factory, factoriesUpdate),
  route('GET', `${factory}/globalParameters`, globalParametersList),
  route('GET', `${factory}/globalParameters/{globalParameterName}`, globalParametersGet),
  route('PUT', `${factory}/globalParameters/{globalParameterName}`, globalParametersCreateOrUpdate),
  route('DELETE', `${factory}/globalParameters/{globalParameterName}`, globalParametersDelete),
  route('POST', `${factory}/pipelines/{pipelineName}/createRun`, pipelinesCreateRun),
  route('POST', `${factory}/queryPipelineRuns`, pipelineRunsQuery),
  route('GET', `${factory}/pipelineruns/{runId}`, pipelineRunsGet),
  route('POST', `${factory}/pipelineruns/{runId}/cancel`, pipelineRunsCancel),
  route('POST', `${factory}/pipelineruns/{runId}/queryActivityruns`, activityRunsQuery),
  route('POST', `${factory}/querytriggers`, triggersQuery),
  route('POST', `${factory}/queryTriggerRuns`, triggerRunsQuery),
  route('POST', `${factory}/triggers/{triggerName}/start`, triggersStart),
  route('POST', `${factory}/triggers/{triggerName}/stop`, triggersStop),
  route('GET', `${factory}/{collection}`, objectsList),
  route('GET', `${factory}/{collection}/{name}`, objectsGet),
  route('PUT', `${factory}/{collection}/{name}`, objectsCreateOrUpdate),
  route('DELETE', `${factory}/{collection}/{name}`, objectsDelete),
];

/** Fits a path onto a route. ARM compares names of collections without regard to case. */
export function match({ segments }: Route, path: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== path.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const actual = path[index]!;
    if (segment.startsWith('{')) parameters[segment.slice(1, -1)] = actual;
    else if (segment.toLowerCase() !== actual.toLowerCase()) return undefined;
  }
  return parameters;
}
