import type { FactoryClient } from './client.ts';
import { isJsonObject, type Json, type JsonObject, objectAt, textAt } from './json.ts';

/** One run of an activity, as the service reports it. */
export interface ActivityRun {
  readonly activityRunId: string;
  readonly name: string;
  readonly type: string;
  /** InProgress, Succeeded, Failed, Cancelled, Queued, Skipped. */
  readonly status: string;
  /** The pipeline and the run it belongs to: a run's children are reported with it. */
  readonly pipeline: string;
  readonly pipelineRunId: string;
  readonly startedAt: string | undefined;
  readonly milliseconds: number | undefined;
  /** Rows that a Copy has read and written so far. */
  readonly rowsRead: number | undefined;
  readonly rowsCopied: number | undefined;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  /** The run that an ExecutePipeline started. */
  readonly childRunId: string | undefined;
  /** What the activity is about, as its definition says: the table of a copy, for one. */
  readonly userProperties: JsonObject;
  readonly output: JsonObject;
}

/** The activity runs of a pipeline run, page by page, oldest first. */
export async function queryActivityRuns(
  client: FactoryClient,
  runId: string,
  window: { readonly from: Date; readonly to: Date },
  signal?: AbortSignal,
): Promise<ActivityRun[]> {
  const runs: ActivityRun[] = [];
  for (
    let continuationToken: string | undefined, first = true;
    first || continuationToken !== undefined;
    first = false
  ) {
    const { body } = await client.send({
      method: 'POST',
      path: `pipelineruns/${encodeURIComponent(runId)}/queryActivityruns`,
      body: {
        lastUpdatedAfter: window.from.toISOString(),
        lastUpdatedBefore: window.to.toISOString(),
        orderBy: [{ orderBy: 'ActivityRunStart', order: 'ASC' }],
        ...(continuationToken === undefined ? {} : { continuationToken }),
      },
      signal,
    });
    const page = objectAt(body)['value'];
    if (Array.isArray(page)) runs.push(...(page as readonly Json[]).map(toActivityRun));
    continuationToken = textAt(body, 'continuationToken') || undefined;
  }
  return runs;
}

function toActivityRun(item: Json): ActivityRun {
  const output = objectAt(item, 'output');
  const error = objectAt(item, 'error');
  return {
    activityRunId: textAt(item, 'activityRunId') ?? '',
    name: textAt(item, 'activityName') ?? '',
    type: textAt(item, 'activityType') ?? '',
    status: textAt(item, 'status') ?? '',
    pipeline: textAt(item, 'pipelineName') ?? '',
    pipelineRunId: textAt(item, 'pipelineRunId') ?? '',
    startedAt: textAt(item, 'activityRunStart'),
    milliseconds: numberAt(item, 'durationInMs'),
    rowsRead: numberAt(output, 'rowsRead'),
    rowsCopied: numberAt(output, 'rowsCopied'),
    errorCode: textAt(error, 'errorCode') || undefined,
    errorMessage: textAt(error, 'message') || undefined,
    childRunId: textAt(output, 'pipelineRunId'),
    userProperties: objectAt(item, 'userProperties'),
    output,
  };
}

export function numberAt(value: Json | undefined, key: string): number | undefined {
  const member = isJsonObject(value) ? value[key] : undefined;
  return typeof member === 'number' || typeof member === 'bigint' ? Number(member) : undefined;
}
