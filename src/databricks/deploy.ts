import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { TokenCredential } from '@azure/identity';
import { repositoryRoot } from '../environments/folders.ts';
import type { Environment } from '../environments/schema.ts';
import { ConfigurationError } from '../errors.ts';
import { type Progress, silent } from '../progress.ts';
import { type DatabricksClient, databricksClient } from './client.ts';
import { compile, type Task } from './compile/compile.ts';
import { filePath, jobName, jobSettings } from './job.ts';
import { readModels } from './models.ts';

export interface DatabricksDeployment {
  readonly jobId: number;
  readonly tasks: number;
  /** The workspace folder of this version's SQL files. */
  readonly folder: string;
  readonly outcome: 'created' | 'updated';
}

/**
 * Compiles the models and deploys them: SQL files into a folder named by their content, then the job that points there. A run that is
 * under way keeps the files it began with; a deployment that died half-way is completed by the next.
 */
export async function deployDatabricks(
  environment: Environment,
  credential: TokenCredential,
  options: { directory?: string; progress?: Progress } = {},
): Promise<DatabricksDeployment> {
  const progress = options.progress ?? silent;
  const { host, warehouseId } = environment.endpoints.databricks;
  const tasks = compile(
    readModels(options.directory ?? join(repositoryRoot, 'databricks')),
    environment.endpoints.dataLake.account,
  );
  const client = databricksClient(host, credential);
  const folder = `/Shared/${jobName}/${contentHash(tasks)}`;

  await client.call('POST', '/api/2.0/workspace/mkdirs', { path: folder });
  for (const [index, task] of tasks.entries()) {
    await client.call('POST', '/api/2.0/workspace/import', {
      path: filePath(folder, task),
      format: 'RAW',
      overwrite: true,
      content: Buffer.from(task.sql, 'utf8').toString('base64'),
    });
    progress({ message: `${task.key}.sql`, fraction: (index + 1) / tasks.length });
  }
  const settings = jobSettings(tasks, folder, warehouseId);
  const existing = await findJobs(client);
  if (existing.length > 1) throw severalJobs(existing);
  const [jobId] = existing;
  if (jobId !== undefined) {
    await client.call('POST', '/api/2.2/jobs/reset', { job_id: jobId, new_settings: settings });
    return { jobId, tasks: tasks.length, folder, outcome: 'updated' };
  }
  const created = await client.call<{ job_id: number }>('POST', '/api/2.2/jobs/create', settings);
  return { jobId: created.job_id, tasks: tasks.length, folder, outcome: 'created' };
}

/**
 * The id of the deployed job.
 * @throws ConfigurationError when it is not deployed, or deployed twice.
 */
export async function findJobId(environment: Environment, credential: TokenCredential): Promise<number> {
  const { host } = environment.endpoints.databricks;
  const jobs = await findJobs(databricksClient(host, credential));
  if (jobs.length > 1) throw severalJobs(jobs);
  if (jobs[0] === undefined)
    throw new ConfigurationError(
      `databricks: there is no job '${jobName}' at ${host}; deploy it with 'dataops deploy-databricks --env ${environment.name}'.`,
    );
  return jobs[0];
}

async function findJobs(client: DatabricksClient): Promise<number[]> {
  const answer = await client.call<{ jobs?: { job_id: number; settings: { name: string } }[] }>(
    'GET',
    '/api/2.2/jobs/list',
    {
      name: jobName,
    },
  );
  return (answer.jobs ?? []).filter((job) => job.settings.name === jobName).map((job) => job.job_id);
}

function severalJobs(ids: readonly number[]): ConfigurationError {
  return new ConfigurationError(
    `databricks: ${ids.length} jobs are called '${jobName}' (${ids.join(', ')}); delete all but one and try again.`,
  );
}

function contentHash(tasks: readonly Task[]): string {
  const hash = createHash('sha256');
  for (const task of tasks) hash.update(`${task.key}\0${task.sql}\0`);
  return hash.digest('hex').slice(0, 16);
}
