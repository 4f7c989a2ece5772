import { join } from 'node:path';
import { connectFactory, countActions, publish, runPipeline } from '../data-factory/index.ts';
import { findJobId } from '../databricks/deploy.ts';
import { repositoryRoot } from '../environments/folders.ts';
import { type Progress, silent } from '../progress.ts';
import type { Platform } from './platform.ts';

export interface PublishSummary {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  /** `update pipeline/pl_ecommerce`, one line per object that changes. */
  readonly changes: readonly string[];
}

/** Publishes `adf/` with the environment's values; the job that its pipelines call must be deployed before. */
export async function publishFactory(
  { environment, credential }: Platform,
  options: { planOnly?: boolean; deleteMissing?: boolean },
  progress: Progress = silent,
): Promise<PublishSummary> {
  const { azureSql, synapse, dataLake, databricks } = environment.endpoints;
  const { plan } = await publish(connectFactory(environment.endpoints.dataFactory, credential), {
    directory: join(repositoryRoot, 'adf'),
    overrides: environment.dataFactory.overrides,
    references: {
      azureSql,
      synapse,
      dataLake,
      databricks: { ...databricks, jobId: String(await findJobId(environment, credential)) },
    },
    deleteMissing: options.deleteMissing ?? false,
    dryRun: options.planOnly ?? false,
    onProgress: progress,
  });
  const { create, update, unchanged, delete: removed } = countActions(plan.changes);
  return {
    created: create,
    updated: update,
    deleted: removed,
    unchanged,
    changes: plan.changes.filter(({ action }) => action !== 'unchanged').map(({ action, key }) => `${action} ${key}`),
  };
}

export interface PipelineRun {
  readonly runId: string;
  /** `6 tables copied, 123,456 rows`, or how many activities ran. */
  readonly summary: string;
  readonly activities: readonly { name: string; status: string; seconds: number; detail: string }[];
}

/** Runs a pipeline to its end. @throws when it does not succeed, with the message of the activity that failed. */
export async function runFactoryPipeline(
  { environment, credential }: Platform,
  options: {
    pipeline: string;
    parameters?: Readonly<Record<string, unknown>>;
    timeoutSeconds?: number;
    signal?: AbortSignal;
  },
  progress: Progress = silent,
): Promise<PipelineRun> {
  const client = connectFactory(environment.endpoints.dataFactory, credential);
  const { pipeline, parameters = {}, timeoutSeconds, signal } = options;
  const run = await runPipeline(client, pipeline, parameters as Parameters<typeof runPipeline>[2], {
    onProgress: progress,
    pollSeconds: environment.dataFactory.pollSeconds,
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(signal && { signal }),
  });
  const copies = run.activities.filter(({ rowsCopied }) => rowsCopied !== undefined);
  const rows = copies.reduce((sum, { rowsCopied }) => sum + (rowsCopied ?? 0), 0);
  const job = run.activities.find(({ type }) => type === 'DatabricksJob');
  const parts = [
    copies.length > 0 && `${rows.toLocaleString('en-US')} rows in ${copies.length} copies`,
    job?.milliseconds !== undefined && `models ${(job.milliseconds / 1000).toFixed(1)} s`,
  ].filter((part) => part !== false);
  return {
    runId: run.runId,
    summary: parts.length > 0 ? parts.join(', ') : `${run.activities.length} activities`,
    activities: run.activities.map(({ name, status, milliseconds = 0, rowsCopied }) => ({
      name,
      status,
      seconds: milliseconds / 1000,
      detail: rowsCopied === undefined ? '' : rowsCopied.toLocaleString('en-US'),
    })),
  };
}
