import type { ActivityType } from '../runtime/activity-context.ts';
import { badDefinition } from '../runtime/activity-error.ts';
import type { Activity } from '../runtime/definitions.ts';
import { innerFailure } from './inner-failure.ts';
import { readActivities, readString } from './properties.ts';

const maximumCases = 25;

export const switchActivity: ActivityType = {
  control: true,
  async execute(context) {
    const on = readString(context, 'on');
    context.input({ on });
    const cases = (context.properties['cases'] ?? []) as readonly { value: string; activities?: readonly Activity[] }[];
    if (cases.length > maximumCases)
      throw badDefinition(`Switch '${context.activity.name}' has ${cases.length} cases; the most is ${maximumCases}.`);
    const chosen = cases.find((candidate) => candidate.value === on);
    const failure = await context.runInner(
      chosen === undefined ? readActivities(context, 'defaultActivities') : (chosen.activities ?? []),
    );
    if (failure !== undefined) throw innerFailure(failure);
    return {};
  },
};
