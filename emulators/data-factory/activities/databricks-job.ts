import type { LinkedService } from '../connectors/connectors.ts';
import { resolveLinkedService } from '../connectors/resolve.ts';
import { secretOf } from '../connectors/secret.ts';
import type { ActivityContext, ActivityType } from '../runtime/activity-context.ts';
import { ActivityError, badDefinition, notImplemented } from '../runtime/activity-error.ts';
import { asText } from '../runtime/parameters.ts';
import { integrationRuntime } from './lookup.ts';
import { requireReference } from './properties.ts';

/** Azure Databricks' own application in Entra ID. */
const databricksScope = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default';
const requestTimeout = 60_000;
/** Looks at a run that may fail in a row: a workspace has hiccups that its runs outlive. */
const toleratedFailures = 5;

interface JobRun {
  readonly run_page_url?: string;
  readonly state?: {
    readonly life_cycle_state?: string;
    readonly result_state?: string;
    readonly state_message?: string;
  };
  readonly status?: {
    readonly state?: string;
    readonly termination_details?: { readonly code?: string; readonly message?: string };
  };
}

/** Starts a job and waits for its run to end. */
export const databricksJob: ActivityType = {
  control: false,
  async execute(context) {
    const linkedService = resolveLinkedService(
      context.host,
      requireReference(context, context.activity.linkedServiceName, 'linkedServiceName'),
      context.scope,
    );
    if (linkedService.type !== 'AzureDatabricks')
      throw notImplemented(`A DatabricksJob on linked service '${linkedService.name}' of type '${linkedService.type}'`);
    const jobId = asText(context.evaluate(context.properties['jobId']) ?? '');
    if (!/^\d+$/.test(jobId))
      throw badDefinition(`The jobId of activity '${context.activity.name}' is '${jobId}'; expected a number.`);
    const jobParameters = Object.fromEntries(
      Object.entries(
        (context.evaluate(context.properties['jobParameters'] ?? {}) ?? {}) as Record<string, unknown>,
      ).map(([name, value]) => [name, asText(value)]),
    );
    context.input({ jobId, jobParameters });
    const call = caller(context, linkedService);

    // The token makes a repeated request meet the run it has started already.
    const body = `{"job_id":${jobId},"idempotency_token":${JSON.stringify(context.activityRunId)}${
      Object.keys(jobParameters).length === 0 ? '' : `,"job_parameters":${JSON.stringify(jobParameters)}`
    }}`;
    const runId = runIdOf(await call('POST', 'run-now', body));
    try {
      return await untilEnded(context, call, runId);
    } catch (error) {
      // Cancelled, or out of time: what was started is stopped too, with a signal of its own.
      if (context.signal.aborted)
        await call('POST', 'runs/cancel', `{"run_id":${runId}}`, AbortSignal.timeout(requestTimeout)).catch(() => {});
      throw error;
    }
  },
};

type Call = (method: string, path: string, body?: string, signal?: AbortSignal) => Promise<string>;

function caller(context: ActivityContext, { name, properties }: LinkedService): Call {
  const { domain } = properties;
  if (typeof domain !== 'string' || !URL.canParse(domain))
    throw badDefinition(`The domain '${String(domain)}' of linked service '${name}' is not a URL.`);
  const { connectors } = context.host;
  return async (method, path, body, signal = context.signal) => {
    const token =
      properties['accessToken'] === undefined
        ? await connectors.token(databricksScope, signal)
        : secretOf(properties['accessToken'], `accessToken of linked service '${name}'`);
    const response = await connectors.http({
      method,
      url: `${domain.replace(/\/+$/, '')}/api/2.2/jobs/${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      signal,
      timeout: requestTimeout,
    });
    if (response.status >= 200 && response.status < 300) return response.body;
    throw new ActivityError(
      '3200',
      `Databricks answered ${response.status} to ${method} /api/2.2/jobs/${path.split('?', 1)[0]}: ${response.body.slice(0, 500)}`,
      { failureType: response.status >= 500 || response.status === 429 ? 'SystemError' : 'UserError' },
    );
  };
}

/** Run ids are 64 bits wide: taken from the text, never through a number. */
function runIdOf(answer: string): string {
  const id = /"run_id"\s*:\s*(\d+)/.exec(answer)?.[1];
  if (id === undefined)
    throw new ActivityError('3200', `Databricks answered run-now without a run_id: ${answer.slice(0, 500)}`);
  return id;
}

async function untilEnded(context: ActivityContext, call: Call, runId: string): Promise<unknown> {
  const { host, signal } = context;
  const start = host.clock().getTime();
  for (let failures = 0; ; ) {
    let run: JobRun;
    try {
      run = JSON.parse(await call('GET', `runs/get?run_id=${runId}`)) as JobRun;
      failures = 0;
    } catch (error) {
      const transient =
        error instanceof ActivityError && (error.failureType === 'SystemError' || error.code === '2108');
      if (signal.aborted || !transient || ++failures > toleratedFailures) throw error;
      await host.sleep(host.delays.databricksPoll, signal);
      continue;
    }
    const output = {
      runPageUrl: run.run_page_url ?? '',
      runId,
      effectiveIntegrationRuntime: integrationRuntime,
      executionDuration: Math.round((host.clock().getTime() - start) / 1000),
      durationInQueue: { integrationRuntimeQueue: 0 },
    };
    const ended = endOf(run);
    if (ended === undefined) {
      context.progress(output);
      await host.sleep(host.delays.databricksPoll, signal);
    } else if (ended.succeeded) return output;
    else
      throw Object.assign(
        new ActivityError(
          '3204',
          `Databricks execution failed with error state ${ended.state}. ${ended.message === '' ? '' : `${ended.message} `}For more details please check the run page url: ${output.runPageUrl}`,
        ),
        { output },
      );
  }
}

const finalStates = new Set(['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR', 'BLOCKED']);

/** How a run ended, or undefined while it goes on. `state` is the older of the two ways that Jobs 2.2 says it in. */
function endOf({ state, status }: JobRun): { succeeded: boolean; state: string; message: string } | undefined {
  if (state?.life_cycle_state !== undefined) {
    const { life_cycle_state: cycle, result_state: result, state_message: message = '' } = state;
    if (!finalStates.has(cycle)) return undefined;
    return { succeeded: result === 'SUCCESS' || result === 'SUCCESS_WITH_FAILURES', state: result ?? cycle, message };
  }
  if (status?.state !== 'TERMINATED') return undefined;
  const { code = 'UNKNOWN', message = '' } = status.termination_details ?? {};
  return { succeeded: code === 'SUCCESS', state: code, message };
}
