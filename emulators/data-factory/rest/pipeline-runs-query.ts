import type { RunRecord } from '../store/run-store.ts';
import type { Operation } from './operation.ts';
import { presentRun } from './pipeline-runs.ts';
import { answerQuery, type QueryFields } from './run-query.ts';

const fields: QueryFields<RunRecord> = {
  operands: {
    PipelineName: ({ run }) => run.pipelineName,
    Status: ({ run }) => run.status,
    RunStart: ({ run }) => run.runStart,
    RunEnd: ({ run }) => run.runEnd,
    RunGroupId: ({ run }) => run.runGroupId,
    TriggerName: ({ run }) => run.invokedBy.name,
    TriggerId: ({ run }) => run.invokedBy.id,
    LatestOnly: ({ run }) => String(run.isLatest),
  },
  lastUpdated: ({ run }) => run.lastUpdated,
};

export const pipelineRunsQuery: Operation = (request, service) => {
  const answer = answerQuery(request, [...service.runs.all()], fields);
  const body = answer.body as { readonly value: readonly RunRecord[] };
  return { ...answer, body: { ...body, value: body.value.map((record) => presentRun(service, record)) } };
};
