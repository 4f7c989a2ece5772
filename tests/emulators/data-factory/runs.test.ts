import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ActivityError } from '../../../emulators/data-factory/runtime/activity-error.ts';
import { type Fixture, noConnectors, startFixture } from './harness.ts';

const wait = (name: string, seconds: number, ...after: string[]) => ({
  name,
  type: 'Wait',
  dependsOn: after.map((activity) => ({ activity, dependencyConditions: ['Succeeded'] })),
  typeProperties: { waitTimeInSeconds: seconds },
});
const web = (name: string, policy: object, ...after: string[]) => ({
  name,
  type: 'WebActivity',
  policy,
  dependsOn: after.map((activity) => ({ activity, dependencyConditions: ['Succeeded'] })),
  typeProperties: { method: 'GET', url: 'https://example.test/' },
});
const call = (name: string, pipeline: string) => ({
  name,
  type: 'ExecutePipeline',
  typeProperties: { pipeline: { referenceName: pipeline, type: 'PipelineReference' } },
});

describe('runs', () => {
  let fixture: Fixture;
  /** Answers of the endpoint that Web activities call; an Error is a failed call, 'hang' waits for the signal. */
  let answers: (string | Error)[];
  beforeAll(async () => {
    fixture = await startFixture({
      connectors: {
        ...noConnectors,
        http: ({ signal }) =>
          new Promise((resolve, reject) => {
            const answer = answers.shift() ?? '{}';
            if (answer instanceof Error) reject(answer);
            else if (answer === 'hang') signal.addEventListener('abort', () => reject(signal.reason));
            else resolve({ status: 200, headers: {}, body: answer });
          }),
      },
    });
  });
  beforeEach(() => {
    answers = [];
  });
  afterAll(() => fixture.close());

  const publish = (name: string, activities: unknown[], more: object = {}) =>
    fixture.publish('pipelines', name, { activities, ...more });
  const status = async (runId: string) => (await fixture.call('GET', `/pipelineruns/${runId}`)).json.status;
  const until = async (holds: () => Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  test('retries as the policy says, each attempt recorded', async () => {
    await publish('retry', [web('Call', { retry: 2, retryIntervalInSeconds: 30 })]);
    answers = [new ActivityError('2108', 'first'), new ActivityError('2108', 'second'), '{"ok":true}'];
    const runId = await fixture.start('retry');
    expect((await fixture.ended(runId)).status).toBe('Succeeded');
    const runs = await fixture.activities(runId);
    expect(runs.map(({ status, retryAttempt, error }) => [status, retryAttempt, error.message])).toEqual([
      ['Failed', null, 'first'],
      ['Failed', 1, 'second'],
      ['Succeeded', 2, ''],
    ]);
    expect(runs[2]?.output).toMatchObject({ ok: true });
  });

  test('gives up after the last retry', async () => {
    await publish('giveup', [web('Call', { retry: 1 })]);
    answers = [new ActivityError('2108', 'first'), new ActivityError('2108', 'second')];
    const run = await fixture.ended(await fixture.start('giveup'));
    expect(run.message).toBe('Operation on target Call failed: second');
  });

  test('an activity that takes longer than its timeout fails', async () => {
    await publish('slow', [web('Call', { timeout: '00:00:00.05' })]);
    answers = ['hang'];
    expect((await fixture.ended(await fixture.start('slow'))).message).toContain(
      'did not end within its timeout of 0.05 s',
    );
  });

  test('secure input and output are not recorded, and still reach expressions', async () => {
    await publish(
      'secure',
      [
        web('Call', { secureInput: true, secureOutput: true }),
        {
          name: 'Use',
          type: 'SetVariable',
          dependsOn: [{ activity: 'Call', dependencyConditions: ['Succeeded'] }],
          typeProperties: { variableName: 'length', value: "@length(activity('Call').output.secret)" },
        },
      ],
      { variables: { length: { type: 'Integer' } } },
    );
    answers = ['{"secret":"abcde"}'];
    const runId = await fixture.start('secure');
    expect((await fixture.ended(runId)).message).toBe('');
    const runs = await fixture.activities(runId);
    expect(runs[0]).toMatchObject({ input: {}, output: {} });
    expect(runs[1]?.output).toEqual({ name: 'length', value: 5 });
    await fixture.factory.close();
    const file = join(fixture.directory, 'state/runs', `${runId}.json`);
    expect(readFileSync(file, 'utf8')).not.toContain('abcde');
    await fixture.restart();
  });

  test('runs beyond the concurrency of a pipeline wait their turn', async () => {
    await publish('one-at-a-time', [web('Call', {})], { concurrency: 1 });
    answers = ['hang'];
    const first = await fixture.start('one-at-a-time');
    await until(async () => (await status(first)) === 'InProgress');
    const second = await fixture.start('one-at-a-time');
    expect(await status(second)).toBe('Queued');
    await fixture.call('POST', `/pipelineruns/${first}/cancel`);
    expect((await fixture.ended(first)).status).toBe('Cancelled');
    expect((await fixture.ended(second)).status).toBe('Succeeded');
  });

  test('a queued run can be cancelled', async () => {
    answers = ['hang'];
    const first = await fixture.start('one-at-a-time');
    await until(async () => (await status(first)) === 'InProgress');
    const second = await fixture.start('one-at-a-time');
    await fixture.call('POST', `/pipelineruns/${second}/cancel`);
    expect((await fixture.ended(second)).status).toBe('Cancelled');
    await fixture.call('POST', `/pipelineruns/${first}/cancel`);
    await fixture.ended(first);
    expect((await fixture.ended(await fixture.start('one-at-a-time'))).status).toBe('Succeeded');
  });

  test.each([
    ['recursively', true, 'Cancelled'],
    ['alone', false, 'InProgress'],
  ])('a run is cancelled %s', async (_, recursive, expected) => {
    await publish('cancelled-child', [wait('Long', 10_000)]);
    await publish('cancelled-parent', [call('Call', 'cancelled-child'), wait('After', 0, 'Call')]);
    const runId = await fixture.start('cancelled-parent');
    await until(async () =>
      (await fixture.activities(runId)).some(
        ({ output }) => (output as { pipelineRunId?: string })?.pipelineRunId !== undefined,
      ),
    );
    const [{ output } = { output: {} }] = await fixture.activities(runId);
    const child = (output as { pipelineRunId: string }).pipelineRunId;
    await fixture.call('POST', `/pipelineruns/${runId}/cancel?isRecursive=${recursive}`);
    const run = await fixture.ended(runId);
    expect(run).toMatchObject({ status: 'Cancelled', message: 'The run was cancelled by request.' });
    expect((await fixture.activities(runId)).map(({ activityName, status }) => [activityName, status])).toEqual([
      ['Call', 'Cancelled'],
    ]);
    await until(async () => (await status(child)) === expected);
    if (!recursive) await fixture.call('POST', `/pipelineruns/${child}/cancel`);
    await fixture.ended(child);
    expect((await fixture.call('POST', `/pipelineruns/${runId}/cancel`)).status).toBe(400);
  });

  describe('a rerun', () => {
    let failed: string;
    beforeAll(async () => {
      await publish('rerun', [web('First', {}), web('Second', {}, 'First'), wait('Third', 0, 'Second')], {
        parameters: { word: { type: 'string', defaultValue: 'default' } },
      });
      answers = ['{"n":1}', new ActivityError('2108', 'broken')];
      failed = await fixture.start('rerun', { word: 'given' });
      await fixture.ended(failed);
    });

    test('from failure runs what did not succeed, with the parameters of the run it repeats', async () => {
      const runId = await fixture.start(
        'rerun',
        {},
        `?referencePipelineRunId=${failed}&isRecovery=true&startFromFailure=true`,
      );
      const run = await fixture.ended(runId);
      expect(run).toMatchObject({
        status: 'Succeeded',
        parameters: { word: 'given' },
        runGroupId: failed,
        isLatest: true,
      });
      const runs = await fixture.activities(runId);
      expect(runs.map(({ activityName, recoveryStatus }) => [activityName, recoveryStatus])).toEqual([
        ['First', 'FromReferencedRun'],
        ['Second', 'None'],
        ['Third', 'None'],
      ]);
      expect((await fixture.call('GET', `/pipelineruns/${failed}`)).json.isLatest).toBe(false);
    });

    test('from an activity runs that one and what follows it', async () => {
      const again = await fixture.start(
        'rerun',
        {},
        `?referencePipelineRunId=${failed}&isRecovery=true&startActivityName=First`,
      );
      await fixture.ended(again);
      expect((await fixture.activities(again)).map(({ recoveryStatus }) => recoveryStatus)).toEqual([
        'None',
        'None',
        'None',
      ]);
    });

    test('of a run that is not there is refused', async () => {
      const answer = await fixture.call(
        'POST',
        '/pipelines/rerun/createRun?referencePipelineRunId=none&isRecovery=true',
      );
      expect(answer.json.error).toMatchObject({
        code: 'ReferencedPipelineRunNotValid',
        message: 'Referenced pipeline run id none is not a valid run id.',
      });
    });
  });

  describe('a restart', () => {
    test('keeps objects, runs and activity runs', async () => {
      await publish('kept', [wait('W', 0)]);
      const runId = await fixture.start('kept');
      const run = await fixture.ended(runId);
      const activities = await fixture.activities(runId);
      await fixture.restart();
      expect((await fixture.call('GET', '/pipelines/kept')).json.properties.activities).toHaveLength(1);
      expect(await fixture.ended(runId)).toEqual(run);
      expect(await fixture.activities(runId)).toEqual(activities);
    });

    test('closing cancels what runs', async () => {
      await publish('closed', [wait('Long', 10_000)]);
      const runId = await fixture.start('closed');
      await until(async () => (await fixture.activities(runId)).length > 0);
      await fixture.restart();
      expect(await fixture.ended(runId)).toMatchObject({
        status: 'Cancelled',
        message: 'The local Data Factory was stopped while this was running.',
      });
    });

    test('marks runs that a crash cut off as failed', async () => {
      await publish('crashed', [wait('W', 0)]);
      const runId = await fixture.start('crashed');
      await fixture.ended(runId);
      await fixture.factory.close();
      const file = join(fixture.directory, 'state/runs', `${runId}.json`);
      const record = JSON.parse(readFileSync(file, 'utf8'));
      record.run.status = 'InProgress';
      record.activities[0].status = 'InProgress';
      writeFileSync(file, JSON.stringify(record));
      await fixture.restart();
      const run = await fixture.ended(runId);
      expect(run.status).toBe('Failed');
      expect(run.message).toContain('was stopped while this was running');
      expect((await fixture.activities(runId))[0]).toMatchObject({
        status: 'Failed',
        error: { errorCode: 'RuntimeStopped' },
      });
      expect(existsSync(file)).toBe(true);
    });

    test('leaves no temporary files', async () => {
      await fixture.restart();
      const left = readdirSync(join(fixture.directory, 'state'), { recursive: true }).filter((file) =>
        String(file).endsWith('.tmp'),
      );
      expect(left).toEqual([]);
    });
  });
});
