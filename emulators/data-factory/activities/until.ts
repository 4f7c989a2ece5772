import type { ActivityType } from '../runtime/activity-context.ts';
import { ActivityError } from '../runtime/activity-error.ts';
import { evaluate } from '../runtime/evaluate.ts';
import type { Outcome } from '../runtime/outcome.ts';
import { readTimespan } from '../runtime/timespan.ts';
import { innerFailure } from './inner-failure.ts';
import { readActivities, readBoolean } from './properties.ts';

const defaultTimeout = '7.00:00:00';

/**
 * Runs its activities, then looks at its condition, until that is true. A failing inner activity does not stop it; the loop fails
 * when its last iteration did, or when its own timeout passes.
 */
export const until: ActivityType = {
  control: true,
  async execute(context) {
    const activities = readActivities(context, 'activities');
    const limit = readTimespan(evaluate(context.properties['timeout'] ?? defaultTimeout, context.scope), 'timeout');
    const timeout = AbortSignal.timeout(Math.min(limit, 7 * 24 * 60 * 60 * 1000));
    const signal = AbortSignal.any([context.signal, timeout]);
    let failure: Outcome | undefined;
    let index = 0;
    do {
      failure = await context.runInner(activities, { index, signal });
      index++;
      if (context.signal.aborted) throw context.signal.reason;
      if (timeout.aborted)
        throw new ActivityError(
          'ActivityTimeout',
          `Until '${context.activity.name}' did not come true within ${limit / 1000} s (typeProperties.timeout), after ${index} iterations.`,
        );
      // An iteration may do nothing that waits; the process must still breathe.
      await new Promise((resolve) => setImmediate(resolve));
    } while (!readBoolean(context, 'expression'));
    if (failure !== undefined) throw innerFailure(failure);
    return {};
  },
};
