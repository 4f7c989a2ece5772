import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployDatabricks, findJobId } from '../../../src/databricks/deploy.ts';
import { loadEnvironment, repositoryRoot } from '../../../src/environments/load.ts';
import type { Environment } from '../../../src/environments/schema.ts';
import { type Answer, credential, type FakeWorkspace, type Received, startFakeWorkspace } from './fake-workspace.ts';

let workspace: FakeWorkspace;
let environment: Environment;
let directory: string;
/** What the workspace holds. */
let files: Map<string, string>;
let jobs: { job_id: number; settings: Record<string, unknown> }[];
/** Breaks the connection at the n-th request. */
let cutAt: number;

function answer({ path, body }: Received, count: number): Answer {
  if (count === cutAt) return { fault: 'cut' };
  switch (path) {
    case '/api/2.0/workspace/import':
      files.set(body.path, Buffer.from(body.content, 'base64').toString('utf8'));
      return {};
    case '/api/2.2/jobs/list':
      return { body: jobs.length > 0 ? { jobs } : {} };
    case '/api/2.2/jobs/create':
      jobs.push({ job_id: 100 + jobs.length, settings: body });
      return { body: { job_id: 99 + jobs.length } };
    case '/api/2.2/jobs/reset':
      jobs.find((job) => job.job_id === body.job_id)!.settings = body.new_settings;
      return {};
    default:
      return {};
  }
}

beforeAll(async () => {
  workspace = await startFakeWorkspace(answer);
  environment = loadEnvironment('dev', {
    variables: { AZURE_SUBSCRIPTION_ID: 's', DATABRICKS_HOST: workspace.host, DATABRICKS_WAREHOUSE_ID: 'w1' },
  });
});
beforeEach(() => {
  workspace.received.length = 0;
  [files, jobs, cutAt] = [new Map(), [], 0];
  directory = mkdtempSync(join(tmpdir(), 'deploy-'));
  cpSync(join(repositoryRoot, 'databricks'), directory, { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true }));
afterAll(() => workspace.close());

const deploy = () => deployDatabricks(environment, credential, { directory });
const calls = (path: string): number => workspace.received.filter((request) => request.path === path).length;

interface TaskSettings {
  readonly task_key: string;
  readonly depends_on: readonly { readonly task_key: string }[];
  readonly sql_task: { readonly file: { readonly path: string }; readonly warehouse_id: string };
}
const tasksOf = (settings: Record<string, unknown>): TaskSettings[] => settings['tasks'] as TaskSettings[];

test('the first deployment creates the job, each task on a file that is there, after tasks that are there', async () => {
  const deployment = await deploy();
  expect(deployment).toMatchObject({ jobId: 100, outcome: 'created', tasks: 17 });
  expect(jobs[0]!.settings).toMatchObject({ name: 'ecommerce-medallion', max_concurrent_runs: 1 });
  const tasks = tasksOf(jobs[0]!.settings);
  expect(tasks).toHaveLength(17);
  const keys = tasks.map((task) => task.task_key);
  for (const task of tasks) {
    expect(files.has(task.sql_task.file.path)).toBe(true);
    expect(task.sql_task.file.path.startsWith(`${deployment.folder}/`)).toBe(true);
    expect(task.sql_task.warehouse_id).toBe('w1');
    for (const { task_key } of task.depends_on)
      expect(keys.indexOf(task_key)).toBeLessThan(keys.indexOf(task.task_key));
  }
  expect(tasks.filter((task) => task.depends_on.length === 0).map((task) => task.task_key)).toEqual(['setup']);
});

test('again it updates the same job, in the same folder', async () => {
  const first = await deploy();
  const before = structuredClone(jobs);
  expect(await deploy()).toEqual({ ...first, outcome: 'updated' });
  expect(jobs).toEqual(before);
  expect(calls('/api/2.2/jobs/create')).toBe(1);
});

test('a changed model goes to a folder of its own: a run under way keeps its files', async () => {
  const first = await deploy();
  const old = new Map(files);
  const file = join(directory, 'gold', 'dim_product.sql');
  writeFileSync(file, readFileSync(file, 'utf8').replace('-- Products as they are now.', '-- Products.'));
  const second = await deploy();
  expect(second.folder).not.toBe(first.folder);
  for (const [path, text] of old) expect(files.get(path)).toBe(text);
  expect(tasksOf(jobs[0]!.settings).every((task) => task.sql_task.file.path.startsWith(second.folder))).toBe(true);

  writeFileSync(file, readFileSync(join(repositoryRoot, 'databricks/gold/dim_product.sql'), 'utf8'));
  expect((await deploy()).folder).toBe(first.folder);
});

test.each([1, 2, 9, 18])(
  'a deployment that died at request %d leaves the old job, and the next completes it',
  async (at) => {
    await deploy();
    const [deployed] = structuredClone(jobs);
    const file = join(directory, 'gold', 'dim_product.sql');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n-- changed`);
    workspace.received.length = 0;
    cutAt = at;
    await expect(deploy()).rejects.toThrow(/got no answer/);
    expect(jobs).toEqual([deployed]);

    cutAt = 0;
    expect(await deploy()).toMatchObject({ outcome: 'updated', jobId: 100 });
    for (const task of tasksOf(jobs[0]!.settings)) expect(files.has(task.sql_task.file.path)).toBe(true);
  },
);

test('two jobs of one name are refused by their ids, and neither is touched', async () => {
  jobs = [7, 8].map((job_id) => ({ job_id, settings: { name: 'ecommerce-medallion' } }));
  await expect(deploy()).rejects.toThrow("2 jobs are called 'ecommerce-medallion' (7, 8); delete all but one");
  expect(calls('/api/2.2/jobs/reset') + calls('/api/2.2/jobs/create')).toBe(0);
  await expect(findJobId(environment, credential)).rejects.toThrow('(7, 8)');
});

test('a job whose name only begins alike is another', async () => {
  jobs = [{ job_id: 7, settings: { name: 'ecommerce-medallion-old' } }];
  expect(await deploy()).toMatchObject({ outcome: 'created' });
});

test('findJobId finds the job, or says how to deploy it', async () => {
  await expect(findJobId(environment, credential)).rejects.toThrow('dataops deploy-databricks --env dev');
  await deploy();
  expect(await findJobId(environment, credential)).toBe(100);
});
