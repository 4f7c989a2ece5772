import { ActivityError } from '../runtime/activity-error.ts';
import type { Outcome } from '../runtime/outcome.ts';

/** What a control-flow activity says when one of the activities inside it failed: the service's wording. */
export function innerFailure({ activity, message }: Outcome): ActivityError {
  return new ActivityError(
    'ActivityFailed',
    `Activity failed because an inner activity failed; Inner activity name: ${activity.name}, Error: ${message}`,
  );
}
