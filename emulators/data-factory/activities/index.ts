import type { ActivityType } from '../runtime/activity-context.ts';
import { appendVariable } from './append-variable.ts';
import { copy } from './copy.ts';
import { databricksJob } from './databricks-job.ts';
import { deleteActivity } from './delete.ts';
import { executePipeline } from './execute-pipeline.ts';
import { fail } from './fail.ts';
import { filter } from './filter.ts';
import { forEach } from './for-each.ts';
import { getMetadata } from './get-metadata.ts';
import { ifCondition } from './if-condition.ts';
import { lookup } from './lookup.ts';
import { script } from './script.ts';
import { setVariable } from './set-variable.ts';
import { sqlServerStoredProcedure } from './sql-server-stored-procedure.ts';
import { switchActivity } from './switch.ts';
import { until } from './until.ts';
import { wait } from './wait.ts';
import { webActivity } from './web-activity.ts';

/** Every activity type that runs, by its name in a definition. What is not here can be published, and fails when it runs. */
export const activityTypes: ReadonlyMap<string, ActivityType> = new Map([
  ['AppendVariable', appendVariable],
  ['Copy', copy],
  ['DatabricksJob', databricksJob],
  ['Delete', deleteActivity],
  ['ExecutePipeline', executePipeline],
  ['Fail', fail],
  ['Filter', filter],
  ['ForEach', forEach],
  ['GetMetadata', getMetadata],
  ['IfCondition', ifCondition],
  ['Lookup', lookup],
  ['Script', script],
  ['SetVariable', setVariable],
  ['SqlServerStoredProcedure', sqlServerStoredProcedure],
  ['Switch', switchActivity],
  ['Until', until],
  ['Wait', wait],
  ['WebActivity', webActivity],
]);
