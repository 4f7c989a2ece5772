import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd, startWorld, type World } from './harness.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const call: World['client']['call'] = (...args) => world.client.call(...args);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function upload(path: string, sql: string): Promise<void> {
  await call('POST', '/api/2.0/workspace/mkdirs', { path: '/Workspace/Shared/medallion' });
  const { status, body } = await call('POST', '/api/2.0/workspace/import', {
    path,
    content: base64(sql),
    format: 'RAW',
    overwrite: true,
  });
  expect({ status, body }).toEqual({ status: 200, body: {} });
}

test('a file is uploaded as a form too', async () => {
  await call('POST', '/api/2.0/workspace/mkdirs', { path: '/Workspace/Shared/form' });
  const form = new FormData();
  form.set('path', '/Workspace/Shared/form/x.sql');
  form.set('format', 'AUTO');
  form.set('content', new Blob(['select 1']), 'x.sql');
  expect(await call('POST', '/api/2.0/workspace/import', form)).toEqual({ status: 200, body: {} });
  const { body } = await call('GET', '/api/2.0/workspace/export?path=/Workspace/Shared/form/x.sql&format=AUTO');
  expect(body.content).toBe(base64('select 1'));
});

const task = (key: string, file: string, more: object = {}): object => ({
  task_key: key,
  sql_task: { warehouse_id: 'local', file: { path: `/Workspace/Shared/medallion/${file}`, source: 'WORKSPACE' } },
  ...more,
});

test('signs in with the personal token and with an Entra token for Databricks, and with nothing else', async () => {
  const path = '/api/2.0/preview/scim/v2/Me';
  expect((await call('GET', path)).body.userName).toBe('local@localhost');
  expect((await call('GET', path, undefined, 'entra for 2ff814a6-3304-4ab8-85cb-cd0e6f879c1d')).body.userName).toBe(
    'somebody',
  );
  expect(await call('GET', path, undefined, 'wrong')).toEqual({
    status: 401,
    body: { error_code: 'UNAUTHENTICATED', message: 'Invalid access token.' },
  });
});

test('a job runs its SQL files in order, with its parameters, and its tables outlive a restart', async () => {
  await upload(
    '/Workspace/Shared/medallion/one.sql',
    `create schema if not exists silver;
    create or replace table silver.numbers using delta location 'abfss://silver@shop.dfs.core.windows.net/numbers' as select cast(:from as bigint) + id as n from range(10)`,
  );
  await upload(
    '/Workspace/Shared/medallion/two.sql',
    'create schema if not exists gold; create or replace table gold.total as select sum(n) as total from silver.numbers',
  );
  const { body: created } = await call('POST', '/api/2.2/jobs/create', {
    name: 'medallion',
    parameters: [{ name: 'from', default: '0' }],
    tasks: [task('two', 'two.sql', { depends_on: [{ task_key: 'one' }] }), task('one', 'one.sql')],
  });
  const { body: run } = await call('POST', '/api/2.2/jobs/run-now', {
    job_id: created.job_id,
    job_parameters: { from: '100' },
  });
  const ended = await runToEnd(world.client, run.run_id);
  expect(ended.state).toMatchObject({ life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' });
  expect(ended.status.termination_details.code).toBe('SUCCESS');
  expect(ended.job_parameters).toEqual([{ name: 'from', value: '100' }]);
  const [two, one] = ended.tasks;
  expect(two.start_time).toBeGreaterThanOrEqual(one.end_time);

  world = await world.restart();
  const { body } = await call('POST', '/api/2.0/sql/statements', {
    warehouse_id: 'local',
    statement: 'select total, cast(:x as int) as x from gold.total',
    parameters: [{ name: 'x', value: '7', type: 'STRING' }],
  });
  expect(body.result.data_array).toEqual([['1045', '7']]);
  expect(body.manifest.schema.columns.map((column: { type_text: string }) => column.type_text)).toEqual([
    'BIGINT',
    'INT',
  ]);
  expect((await call('GET', '/api/2.2/jobs/list?name=MEDALLION')).body.jobs).toHaveLength(1);
});

test("a failing task reports the SQL's error, retries as told, and stops what depends on it", async () => {
  await upload('/Workspace/Shared/medallion/bad.sql', 'select * from silver.nowhere');
  await upload('/Workspace/Shared/medallion/ok.sql', 'select 1');
  const { body: created } = await call('POST', '/api/2.1/jobs/create', {
    name: 'failing',
    tasks: [
      task('bad', 'bad.sql', { max_retries: 2 }),
      task('after', 'ok.sql', { depends_on: [{ task_key: 'bad' }] }),
      task('anyway', 'ok.sql', { depends_on: [{ task_key: 'bad' }], run_if: 'ALL_DONE' }),
    ],
  });
  const { body: run } = await call('POST', '/api/2.1/jobs/run-now', { job_id: created.job_id });
  const ended = await runToEnd(world.client, run.run_id);
  expect(ended.state.result_state).toBe('FAILED');
  expect(ended.state.state_message).toMatch(
    /^Task bad failed with message: \[TABLE_OR_VIEW_NOT_FOUND\] .* This caused all downstream tasks to get skipped\.$/s,
  );
  const results = Object.fromEntries(
    ended.tasks.map((t: { task_key: string; state: { result_state: string } }) => [t.task_key, t.state.result_state]),
  );
  expect(results).toEqual({ bad: 'FAILED', after: 'UPSTREAM_FAILED', anyway: 'SUCCESS' });
  const bad = ended.tasks.find((t: { task_key: string }) => t.task_key === 'bad');
  expect(bad.attempt_number).toBe(2);
  const { body: output } = await call('GET', `/api/2.2/jobs/runs/get-output?run_id=${bad.run_id}`);
  expect(output.error).toMatch(/^\[TABLE_OR_VIEW_NOT_FOUND\] .*`silver`\.`nowhere`/);
  expect((await call('GET', `/api/2.2/jobs/runs/get-output?run_id=${run.run_id}`)).body.error_code).toBe(
    'INVALID_PARAMETER_VALUE',
  );
});

test('a cancelled run ends as cancelled', async () => {
  await upload(
    '/Workspace/Shared/medallion/long.sql',
    'select sum(sqrt(a.id + b.id)) from range(3000000) a cross join range(30000) b',
  );
  const { body: created } = await call('POST', '/api/2.2/jobs/create', {
    name: 'long',
    tasks: [task('long', 'long.sql')],
  });
  const { body: run } = await call('POST', '/api/2.2/jobs/run-now', { job_id: created.job_id });
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect((await call('POST', '/api/2.2/jobs/run-now', { job_id: created.job_id })).status).toBe(429);
  await call('POST', '/api/2.2/jobs/runs/cancel', { run_id: run.run_id });
  expect((await runToEnd(world.client, run.run_id)).state.result_state).toBe('CANCELED');
});

test('all runs of a job are cancelled at once, and a run is deleted once it is over', async () => {
  const { body: created } = await call('POST', '/api/2.2/jobs/create', {
    name: 'long again',
    tasks: [task('long', 'long.sql')],
  });
  const { body: run } = await call('POST', '/api/2.2/jobs/run-now', { job_id: created.job_id });
  const id = { run_id: run.run_id };
  expect((await call('POST', '/api/2.2/jobs/runs/delete', id)).body.error_code).toBe('INVALID_STATE');
  expect((await call('POST', '/api/2.2/jobs/runs/cancel-all', {})).status).toBe(400);
  await call('POST', '/api/2.2/jobs/runs/cancel-all', { job_id: created.job_id });
  expect((await runToEnd(world.client, run.run_id)).state.result_state).toBe('CANCELED');
  expect((await call('POST', '/api/2.2/jobs/runs/delete', id)).status).toBe(200);
  expect((await call('GET', `/api/2.2/jobs/runs/get?run_id=${run.run_id}`)).status).toBe(400);
});

test('a run is submitted without a job', async () => {
  await upload('/Workspace/Shared/medallion/ok.sql', 'select 1');
  const submitted = { run_name: 'once', idempotency_token: 's', tasks: [task('ok', 'ok.sql')] };
  const { body: run } = await call('POST', '/api/2.2/jobs/runs/submit', submitted);
  expect((await call('POST', '/api/2.2/jobs/runs/submit', submitted)).body).toEqual(run);
  expect(await runToEnd(world.client, run.run_id)).toMatchObject({
    run_name: 'once',
    run_type: 'SUBMIT_RUN',
    state: { result_state: 'SUCCESS' },
  });
  const listed = await call('GET', '/api/2.2/jobs/runs/list?run_type=SUBMIT_RUN');
  expect(listed.body.runs.map((each: { run_id: number }) => each.run_id)).toEqual([run.run_id]);
});

test.each([
  ['where it stands by itself', {}, ['main', 'default']],
  ['where it was told to', { catalog: 'main', schema: 'somewhere' }, ['main', 'somewhere']],
])('a statement knows its catalog and schema, %s', async (_, namespace, expected) => {
  const execute = (statement: string, more = {}) =>
    call('POST', '/api/2.0/sql/statements', { warehouse_id: 'local', statement, ...more });
  await execute('create schema if not exists somewhere');
  const { body } = await execute('select current_catalog(), current_schema, current_database()', namespace);
  expect(body.result.data_array).toEqual([[...expected, expected[1]]]);
});

test('a run that a restart interrupted is ended and says so', async () => {
  const folder = join(world.folder, 'state', 'jobs', 'runs');
  const file = join(folder, readdirSync(folder)[0]!);
  const run = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...run, state: { life_cycle_state: 'RUNNING', state_message: '' } }));
  world = await world.restart();
  const { body } = await call('GET', `/api/2.2/jobs/runs/get?run_id=${run.run_id}`);
  expect(body.state).toMatchObject({
    life_cycle_state: 'INTERNAL_ERROR',
    result_state: 'FAILED',
    state_message: expect.stringContaining('restarted'),
  });
});

test('run-now with a token runs once', async () => {
  await upload('/Workspace/Shared/medallion/ok.sql', 'select 1');
  const { body: created } = await call('POST', '/api/2.2/jobs/create', { name: 'once', tasks: [task('ok', 'ok.sql')] });
  const request = { job_id: created.job_id, idempotency_token: 'abc' };
  const [first, second] = [
    await call('POST', '/api/2.2/jobs/run-now', request),
    await call('POST', '/api/2.2/jobs/run-now', request),
  ];
  expect(second.body.run_id).toBe(first.body.run_id);
});

test.each([
  [
    'a task of another kind',
    { tasks: [{ task_key: 'n', notebook_task: { notebook_path: '/x' } }] },
    'NOT_IMPLEMENTED',
    /notebook_task/,
  ],
  [
    'a cycle',
    {
      tasks: [
        task('a', 'a.sql', { depends_on: [{ task_key: 'b' }] }),
        task('b', 'b.sql', { depends_on: [{ task_key: 'a' }] }),
      ],
    },
    'INVALID_PARAMETER_VALUE',
    /cycle/,
  ],
  [
    'an unknown dependency',
    { tasks: [task('a', 'a.sql', { depends_on: [{ task_key: 'z' }] })] },
    'INVALID_PARAMETER_VALUE',
    /unknown task z/,
  ],
])('a job with %s is refused', async (_, settings, code, message) => {
  const { body } = await call('POST', '/api/2.2/jobs/create', settings);
  expect(body).toEqual({ error_code: code, message: expect.stringMatching(message) });
});

test('jobs are updated, reset and deleted', async () => {
  const { body: created } = await call('POST', '/api/2.2/jobs/create', { name: 'first', tasks: [task('a', 'a.sql')] });
  await call('POST', '/api/2.2/jobs/update', {
    job_id: created.job_id,
    new_settings: { name: 'second', tasks: [task('b', 'b.sql')] },
  });
  expect((await call('GET', `/api/2.2/jobs/get?job_id=${created.job_id}`)).body.settings).toMatchObject({
    name: 'second',
    tasks: [{ task_key: 'a' }, { task_key: 'b' }],
  });
  await call('POST', '/api/2.2/jobs/reset', {
    job_id: created.job_id,
    new_settings: { name: 'third', tasks: [task('c', 'c.sql')] },
  });
  expect((await call('GET', `/api/2.2/jobs/get?job_id=${created.job_id}`)).body.settings.tasks).toHaveLength(1);
  await call('POST', '/api/2.2/jobs/delete', { job_id: created.job_id });
  expect((await call('GET', `/api/2.2/jobs/get?job_id=${created.job_id}`)).body).toEqual({
    error_code: 'INVALID_PARAMETER_VALUE',
    message: `Job ${created.job_id} does not exist.`,
  });
});

test('workspace files: import-file, 409, 404, notebooks lose their extension, export, list, delete', async () => {
  await call('POST', '/api/2.0/workspace/mkdirs', { path: '/Shared/bundle' });
  const put = (path: string, overwrite = false): ReturnType<typeof call> =>
    call('POST', `/api/2.0/workspace-files/import-file${path}?overwrite=${overwrite}`, Buffer.from('{"a":1}'));
  expect((await put('/Shared/bundle/state.json')).status).toBe(200);
  expect((await put('/Shared/bundle/state.json')).status).toBe(409);
  expect((await put('/Shared/bundle/state.json', true)).status).toBe(200);
  expect((await put('/Shared/absent/state.json')).status).toBe(404);
  expect(
    (await call('GET', '/api/2.0/workspace/export?path=/Shared/bundle/state.json&direct_download=true')).body,
  ).toBe('{"a":1}');
  await call('POST', '/api/2.0/workspace/import', {
    path: '/Shared/bundle/n.sql',
    content: base64('-- Databricks notebook source\nselect 1'),
    format: 'AUTO',
  });
  const { body } = await call('GET', '/api/2.0/workspace/list?path=/Workspace/Shared/bundle');
  expect(
    body.objects.map((object: { path: string; object_type: string }) => [object.path, object.object_type]),
  ).toEqual([
    ['/Shared/bundle/n', 'NOTEBOOK'],
    ['/Shared/bundle/state.json', 'FILE'],
  ]);
  expect((await call('POST', '/api/2.0/workspace/delete', { path: '/Shared/bundle' })).body.error_code).toBe(
    'DIRECTORY_NOT_EMPTY',
  );
  expect((await call('POST', '/api/2.0/workspace/delete', { path: '/Shared/bundle', recursive: true })).status).toBe(
    200,
  );
  expect((await call('GET', '/api/2.0/workspace/get-status?path=/Shared/bundle/n')).body.error_code).toBe(
    'RESOURCE_DOES_NOT_EXIST',
  );
});

describe('a statement', () => {
  const path = '/api/2.0/sql/statements';
  const execute = (statement: string, more: object = {}) =>
    call('POST', path, { warehouse_id: 'local', statement, ...more });

  test.each([
    [2, [['0'], ['1']], true],
    [3, [['0'], ['1'], ['2']], false],
    [9, [['0'], ['1'], ['2']], false],
  ])('with row_limit %i', async (limit, rows, truncated) => {
    const { body } = await execute('select id from range(3)', { row_limit: limit });
    expect(body.result.data_array).toEqual(rows);
    expect(body.manifest).toMatchObject({ total_row_count: rows.length, truncated });
  });

  test('gives its result by chunks too', async () => {
    const { body } = await execute('select 1');
    const chunks = `${path}/${body.statement_id}/result/chunks`;
    expect((await call('GET', `${chunks}/0`)).body).toEqual({
      ...{ chunk_index: 0, row_offset: 0, row_count: 1 },
      data_array: [['1']],
    });
    expect((await call('GET', `${chunks}/1`)).body.error_code).toBe('INVALID_PARAMETER_VALUE');
    expect((await call('GET', `${path}/none/result/chunks/0`)).status).toBe(404);
  });

  test.each([
    [{ wait_timeout: '0s', on_wait_timeout: 'CANCEL' }, 'INVALID_PARAMETER_VALUE'],
    [{ wait_timeout: '51s' }, 'INVALID_PARAMETER_VALUE'],
    [{ row_limit: 0 }, 'INVALID_PARAMETER_VALUE'],
    [{ byte_limit: 1 }, 'NOT_IMPLEMENTED'],
  ])('is refused with %j', async (more, code) => {
    expect((await execute('select 1', more)).body.error_code).toBe(code);
  });

  test('that is cancelled at once does not go on', async () => {
    const endless = 'select sum(sqrt(a.id + b.id)) from range(3000000) a cross join range(3000000) b';
    const { body } = await execute(endless, { wait_timeout: '0s' });
    await call('POST', `${path}/${body.statement_id}/cancel`);
    expect((await call('GET', `${path}/${body.statement_id}`)).body.status).toEqual({ state: 'CANCELED' });
    // Closing waits for what still runs.
    world = await world.restart();
  });
});

test('what is not implemented says so', async () => {
  expect(await call('GET', '/api/2.0/clusters/list')).toMatchObject({
    status: 404,
    body: { error_code: 'ENDPOINT_NOT_FOUND' },
  });
  expect(await call('POST', '/api/2.2/jobs/runs/export', {})).toMatchObject({
    status: 501,
    body: { error_code: 'NOT_IMPLEMENTED', message: expect.stringContaining('POST /api/2.2/jobs/runs/export') },
  });
  expect(await call('POST', '/api/2.2/jobs/list', {})).toMatchObject({
    status: 405,
    body: { error_code: 'METHOD_NOT_ALLOWED' },
  });
});
