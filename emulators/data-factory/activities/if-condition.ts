import type { ActivityType } from '../runtime/activity-context.ts';
import { innerFailure } from './inner-failure.ts';
import { readActivities, readBoolean } from './properties.ts';

export const ifCondition: ActivityType = {
  control: true,
  async execute(context) {
    const condition = readBoolean(context, 'expression');
    context.input({ expression: condition });
    const failure = await context.runInner(
      readActivities(context, condition ? 'ifTrueActivities' : 'ifFalseActivities'),
    );
    if (failure !== undefined) throw innerFailure(failure);
    return {};
  },
};
