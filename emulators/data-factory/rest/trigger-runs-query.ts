import type { Operation } from './operation.ts';
import { answerQuery } from './run-query.ts';

/** Triggers do not fire here, so there are no runs of them; the query is checked all the same. */
export const triggerRunsQuery: Operation = (request) =>
  answerQuery<never>(request, [], {
    operands: {
      TriggerName: () => null,
      TriggerRunTimestamp: () => null,
      Status: () => null,
      RunStart: () => null,
      RunEnd: () => null,
      LatestOnly: () => null,
    },
    lastUpdated: () => null,
  });
