import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Fixture, startFixture } from './harness.ts';

/** Each file of control-flow/ holds small pipelines, what `main` is given, and how its run must end. */
interface Case {
  readonly description: string;
  readonly pipelines: Readonly<Record<string, unknown>>;
  readonly given: Readonly<Record<string, unknown>>;
  readonly expect: {
    readonly status: string;
    /** A part of the run's message. */
    readonly message?: string;
    /** Statuses of an activity's runs, in order of the items they ran for; an empty list means that it did not run. */
    readonly activities?: Readonly<Record<string, readonly string[]>>;
    readonly returnValue?: unknown;
    readonly userProperties?: Readonly<Record<string, unknown>>;
  };
}

const folder = join(import.meta.dirname, 'control-flow');
const cases = readdirSync(folder).map((file) => ({
  name: file.replace(/\.json$/, ''),
  case: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Case,
}));

describe('control flow', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startFixture();
  });
  afterAll(() => fixture.close());

  test.each(cases)('$name', async ({ name, case: { pipelines, given, expect: expected } }) => {
    // Children first: what a pipeline calls has to be there.
    for (const [pipeline, definition] of Object.entries(pipelines).toReversed())
      await fixture.publish('pipelines', pipeline, definition);
    const runId = await fixture.start('main', given);
    const run = await fixture.ended(runId);
    expect({ name, status: run.status, message: run.message }).toMatchObject({ name, status: expected.status });
    if (expected.message !== undefined) expect(run.message).toContain(expected.message);
    const activities = await fixture.activities(runId);
    for (const [activity, statuses] of Object.entries(expected.activities ?? {})) {
      const runs = activities.filter(({ activityName }) => activityName === activity);
      const inOrder = runs.toSorted((a, b) => (a.iterationHash < b.iterationHash ? -1 : 1));
      expect({ activity, statuses: inOrder.map(({ status }) => status) }).toEqual({ activity, statuses });
    }
    for (const [activity, properties] of Object.entries(expected.userProperties ?? {}))
      expect(activities.find(({ activityName }) => activityName === activity)?.userProperties).toEqual(properties);
    if (expected.returnValue !== undefined) {
      const last = activities.find(({ activityName }) => activityName === 'Return');
      expect(last?.output).toMatchObject({ value: expected.returnValue });
    }
  });
});
