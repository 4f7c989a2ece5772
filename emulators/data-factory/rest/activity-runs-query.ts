import type { ActivityRun } from '../runtime/run-records.ts';
import type { Operation } from './operation.ts';
import { requireRun } from './pipeline-runs.ts';
import { answerQuery, type QueryFields } from './run-query.ts';

const fields: QueryFields<ActivityRun> = {
  operands: {
    ActivityName: (run) => run.activityName,
    ActivityType: (run) => run.activityType,
    ActivityRunStart: (run) => run.activityRunStart,
    ActivityRunEnd: (run) => run.activityRunEnd,
    Status: (run) => run.status,
  },
  lastUpdated: (run) => run.activityRunEnd ?? run.activityRunStart,
};

export const activityRunsQuery: Operation = (request, service) => {
  const { run, activities } = requireRun(request, service);
  const answer = answerQuery(request, activities, fields);
  const body = answer.body as { readonly value: readonly ActivityRun[] };
  const value = body.value.map((activity) => ({
    ...activity,
    id: `${service.resourceId}/pipelineruns/${run.runId}/activityruns/${activity.activityRunId}`,
  }));
  return { ...answer, body: { ...body, value } };
};
