import type { ActivityType } from '../runtime/activity-context.ts';
import { ActivityError } from '../runtime/activity-error.ts';
import { asText } from '../runtime/parameters.ts';

export const fail: ActivityType = {
  control: true,
  async execute(context) {
    const message = asText(context.evaluate(context.properties['message']) ?? '');
    const errorCode = asText(context.evaluate(context.properties['errorCode']) ?? '');
    context.input({ message, errorCode });
    throw new ActivityError(errorCode, message);
  },
};
