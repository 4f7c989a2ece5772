import { type RunOptions, runPipeline } from '../../../src/data-factory/index.ts';
import { ConfigurationError } from '../../../src/errors.ts';
import {
  type Answer,
  type FakeResourceManager,
  type Received,
  startFakeResourceManager,
} from './fake-resource-manager.ts';

let server: FakeResourceManager;
let respond: (request: Received) => Answer;

beforeAll(async () => {
  server = await startFakeResourceManager((request) => respond(request));
});
beforeEach(() => {
  server.received.length = 0;
  server.delays.length = 0;
});
afterAll(() => server.close());

interface Step {
  readonly status: string;
  readonly activities: readonly object[];
}

/** A run that goes through steps, one for each look at it; children have ended as they are. */
function scripted(steps: readonly Step[], children: { readonly [runId: string]: readonly object[] } = {}): void {
  let looks = -1;
  const step = (): Step => steps[Math.min(Math.max(looks, 0), steps.length - 1)]!;
  respond = ({ method, path }) => {
    if (path.endsWith('/createRun')) return { body: '{"runId":"r1"}' };
    const [, runId = '', verb] = path.split('/');
    if (verb === 'queryActivityruns')
      return { body: JSON.stringify({ value: runId === 'r1' ? step().activities : (children[runId] ?? []) }) };
    if (verb === 'cancel') return {};
    if (method === 'GET') looks += 1;
    return { body: JSON.stringify({ runId, status: step().status, durationInMs: 1234, message: 'failed' }) };
  };
}

const activity = (name: string, type: string, status: string, more: object = {}): object => ({
  activityRunId: `${name}-id`,
  activityName: name,
  activityType: type,
  pipelineName: 'pl',
  pipelineRunId: 'r1',
  status,
  durationInMs: 2500,
  ...more,
});

async function start(
  options: RunOptions = {},
): Promise<{ messages: string[]; result: Awaited<ReturnType<typeof runPipeline>> }> {
  const messages: string[] = [];
  const result = await runPipeline(
    server.client(),
    'pl',
    { table: 'orders' },
    { onProgress: ({ message }) => messages.push(message), ...options },
  );
  return { messages, result };
}

test('starts, polls ever more slowly, tells each change once, children included', async () => {
  const copied = (rows: number): object => ({
    output: { rowsRead: rows, rowsCopied: rows },
    userProperties: { Source: 'orders', Destination: 'bronze/orders' },
  });
  scripted(
    [
      { status: 'Queued', activities: [] },
      { status: 'InProgress', activities: [activity('Copy', 'Copy', 'InProgress', copied(500))] },
      { status: 'InProgress', activities: [activity('Copy', 'Copy', 'InProgress', copied(500))] },
      { status: 'InProgress', activities: [activity('Copy', 'Copy', 'InProgress', copied(900))] },
      {
        status: 'Succeeded',
        activities: [
          activity('Copy', 'Copy', 'Succeeded', copied(1200)),
          activity('Child', 'ExecutePipeline', 'Succeeded', { output: { pipelineRunId: 'r2' } }),
        ],
      },
    ],
    { r2: [activity('Inner', 'Lookup', 'Succeeded', { pipelineName: 'pl_inner', pipelineRunId: 'r2' })] },
  );
  const { messages, result } = await start({ pollSeconds: 0.2 });
  expect(messages).toEqual([
    'pl: run r1 started',
    'pl/Copy (orders): InProgress, 500 rows',
    'pl/Copy (orders): InProgress, 900 rows',
    'pl/Copy (orders): Succeeded in 2.5 s, 1,200 rows',
    'pl/Child: Succeeded in 2.5 s',
    'pl_inner/Inner: Succeeded in 2.5 s',
  ]);
  expect(server.delays.map(Math.round)).toEqual([100, 150, 200, 200, 200]);
  expect(result).toMatchObject({ runId: 'r1', status: 'Succeeded', milliseconds: 1234 });
  expect(result.activities.map(({ name }) => name)).toEqual(['Copy', 'Child', 'Inner']);
  expect(server.received[0]).toMatchObject({
    method: 'POST',
    path: 'pipelines/pl/createRun',
    body: '{"table":"orders"}',
  });
});

test('a failed run says which activity failed and why, looking into children', async () => {
  scripted(
    [
      {
        status: 'Failed',
        activities: [
          activity('For each', 'ForEach', 'Failed', { error: { errorCode: 'ActionFailed', message: 'inner failed' } }),
          activity('Child', 'ExecutePipeline', 'Failed', {
            output: { pipelineRunId: 'r2' },
            error: { errorCode: '1', message: 'child failed' },
          }),
        ],
      },
    ],
    {
      r2: [
        activity('Copy orders', 'Copy', 'Failed', {
          pipelineName: 'pl_copy',
          error: { errorCode: '2200', message: 'Login failed for user x.' },
        }),
      ],
    },
  );
  const failing = start();
  await expect(failing).rejects.toThrow(ConfigurationError);
  await expect(failing).rejects.toThrow(
    "run r1 of 'pl' ended Failed: activity 'Copy orders' of 'pl_copy' (2200): Login failed for user x.",
  );
});

test('an aborted caller cancels the run and its children', async () => {
  scripted([{ status: 'InProgress', activities: [] }]);
  const abort = new AbortController();
  const answering = respond;
  respond = (request) => {
    if (request.method === 'GET') abort.abort(new Error('stop it'));
    return answering(request);
  };
  await expect(start({ signal: abort.signal })).rejects.toThrow();
  expect(server.received.at(-1)).toMatchObject({ method: 'POST', path: 'pipelineruns/r1/cancel' });
  expect(server.received.at(-1)!.query.get('isRecursive')).toBe('true');
});

test('a run that takes too long is cancelled', async () => {
  scripted([{ status: 'InProgress', activities: [] }]);
  let seconds = 0;
  const now = (): Date => {
    seconds += 30;
    return new Date(1000 * seconds);
  };
  await expect(start({ timeoutSeconds: 60, now })).rejects.toThrow(
    'is still InProgress after 60 s; it has been cancelled',
  );
  expect(server.received.at(-1)!.path).toBe('pipelineruns/r1/cancel');
});

test('a rerun names the run it continues', async () => {
  scripted([{ status: 'Succeeded', activities: [] }]);
  await start({ recovery: { runId: 'r0', startActivity: 'Copy', fromFailure: false } });
  expect(Object.fromEntries(server.received[0]!.query)).toMatchObject({
    isRecovery: 'true',
    referencePipelineRunId: 'r0',
    startActivityName: 'Copy',
    startFromFailure: 'false',
  });
});
