import type { ActivityType } from '../runtime/activity-context.ts';
import { readNumber } from './properties.ts';

export const wait: ActivityType = {
  control: true,
  async execute(context) {
    const seconds = readNumber(context, 'waitTimeInSeconds');
    context.input({ waitTimeInSeconds: seconds });
    await context.host.sleep(seconds * 1000 * context.host.delays.waitScale, context.signal);
    return {};
  },
};
