import { type ClientOptions, type DatabricksClient, databricksClient } from '../../../src/databricks/client.ts';
import { ConfigurationError, InternalError } from '../../../src/errors.ts';
import { type Answer, credential, type FakeWorkspace, type Received, startFakeWorkspace } from './fake-workspace.ts';

let answer: (request: Received, count: number) => Answer;
let workspace: FakeWorkspace;
let delays: number[];
beforeAll(async () => {
  workspace = await startFakeWorkspace((request, count) => answer(request, count));
});
beforeEach(() => {
  workspace.received.length = 0;
  delays = [];
});
afterAll(() => workspace.close());

/** A client that waits for nothing and remembers for how long it would have. */
const client = (options: ClientOptions = {}): DatabricksClient =>
  databricksClient(workspace.host, credential, {
    delay: async (milliseconds) => delays.push(milliseconds),
    ...options,
  });

const busy = (status: number, retryAfter?: string): Answer => ({
  status,
  ...(retryAfter !== undefined && { headers: { 'retry-after': retryAfter } }),
  body: { error_code: 'REQUEST_LIMIT_EXCEEDED', message: 'slow down' },
});

test('a GET puts its input into the query, a POST into the body; both carry a Databricks token', async () => {
  answer = () => ({ body: { ok: true } });
  expect(await client().call('GET', '/api/2.2/jobs/list', { name: 'a & b', limit: 20 })).toEqual({ ok: true });
  await client().call('POST', '/api/2.2/jobs/create', { name: 'a & b' });
  const authorization = 'Bearer for 2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default';
  expect(workspace.received).toEqual([
    {
      method: 'GET',
      path: '/api/2.2/jobs/list',
      query: { name: 'a & b', limit: '20' },
      body: undefined,
      authorization,
    },
    { method: 'POST', path: '/api/2.2/jobs/create', query: {}, body: { name: 'a & b' }, authorization },
  ]);
});

test.each(['GET', 'POST'] as const)(
  'a %s that was turned away (429, 503) is tried again, after as long as the service says',
  async (method) => {
    answer = (_, count) => (count === 1 ? busy(429, '7') : count === 2 ? busy(503) : { body: { done: true } });
    expect(await client().call(method, '/api/2.2/jobs/reset', {})).toEqual({ done: true });
    expect(workspace.received).toHaveLength(3);
    expect(delays).toEqual([7000, 2000]);
  },
);

test.each([
  ['999999', 60_000],
  ['0', 1000],
  ['-5', 1000],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 1000],
])('Retry-After %s waits %d ms', async (header, milliseconds) => {
  answer = (_, count) => (count === 1 ? busy(429, header) : {});
  await client().call('GET', '/api/2.2/jobs/list');
  expect(delays).toEqual([milliseconds]);
});

test('a service that stays busy is an internal error with its own code, after the tries it was given', async () => {
  answer = () => busy(429, '1');
  const call = client({ tries: 3 }).call('GET', '/api/2.2/jobs/list');
  await expect(call).rejects.toThrow(
    new InternalError('databricks: GET /api/2.2/jobs/list answered 429: REQUEST_LIMIT_EXCEEDED: slow down'),
  );
  expect(workspace.received).toHaveLength(3);
});

test('a GET whose connection broke is tried again', async () => {
  answer = (_, count) => (count < 3 ? { fault: 'cut' } : { body: { done: true } });
  expect(await client().call('GET', '/api/2.2/jobs/list')).toEqual({ done: true });
  expect(workspace.received).toHaveLength(3);
});

test('a POST whose connection broke is not: it may have been done', async () => {
  answer = () => ({ fault: 'cut' });
  const failure = await client()
    .call('POST', '/api/2.2/jobs/create', {})
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(InternalError);
  expect((failure as Error).message).toContain(
    `databricks: POST /api/2.2/jobs/create at ${workspace.host} got no answer`,
  );
  expect((failure as Error).cause).toBeDefined();
  expect(workspace.received).toHaveLength(1);
});

test.each(['GET', 'POST'] as const)('a %s that is never answered ends in an error', async (method) => {
  answer = () => ({ fault: 'never' });
  const call = client({ timeout: 300, tries: 2 }).call(method, '/api/2.2/jobs/get');
  await expect(call).rejects.toThrow(/got no answer: .*timeout/);
  expect(workspace.received).toHaveLength(method === 'GET' ? 2 : 1);
});

test.each([
  [
    400,
    { error_code: 'INVALID_PARAMETER_VALUE', message: 'no such warehouse' },
    ConfigurationError,
    'INVALID_PARAMETER_VALUE: no such warehouse',
  ],
  [401, '<html>sign in</html>', ConfigurationError, '<html>sign in</html>'],
  [403, { error_code: 'PERMISSION_DENIED', message: 'not yours' }, ConfigurationError, 'PERMISSION_DENIED: not yours'],
  [404, { message: 'no such job' }, ConfigurationError, 'no such job'],
  [409, { error_code: 'RESOURCE_CONFLICT' }, InternalError, 'RESOURCE_CONFLICT'],
  [500, {}, InternalError, '{}'],
])('%d is told at once, with what the service said', async (status, body, kind, said) => {
  answer = () => ({ status, body });
  const failure = await client()
    .call('GET', '/api/2.2/jobs/get')
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(kind);
  expect((failure as Error).message).toBe(`databricks: GET /api/2.2/jobs/get answered ${status}: ${said}`);
  expect(workspace.received).toHaveLength(1);
});

test('without a token nothing is sent', async () => {
  const nobody = databricksClient(workspace.host, { getToken: async () => null });
  await expect(nobody.call('GET', '/api/2.2/jobs/list')).rejects.toThrow(ConfigurationError);
  expect(workspace.received).toEqual([]);
});

test('a host that is not there is named', async () => {
  const gone = await startFakeWorkspace(() => ({}));
  await gone.close();
  const nowhere = databricksClient(gone.host, credential, { tries: 1 });
  const failure = (await nowhere.call('GET', '/api/2.2/jobs/list').catch((error: unknown) => error)) as Error;
  expect(failure).toBeInstanceOf(InternalError);
  expect(failure.message).toContain(`databricks: GET /api/2.2/jobs/list at ${gone.host} got no answer`);
  expect(failure.message).toContain('ECONNREFUSED');
});
