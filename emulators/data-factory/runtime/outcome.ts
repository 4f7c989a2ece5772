import type { Activity } from './definitions.ts';

/** How one activity of a set ended. */
export interface Outcome {
  readonly activity: Activity;
  readonly status: 'Succeeded' | 'Failed' | 'Skipped' | 'Cancelled';
  readonly message: string;
}

/** Whether an edge's conditions are met: any one of them is enough ("or" within an edge). */
export function meets(status: Outcome['status'], conditions: readonly string[]): boolean {
  // An edge without a condition cannot be made in Studio; the service reads it as Succeeded.
  const wanted = conditions.length === 0 ? ['Succeeded'] : conditions;
  return wanted.some(
    (condition) =>
      condition === status || (condition === 'Completed' && (status === 'Succeeded' || status === 'Failed')),
  );
}

/**
 * The first activity that makes a set fail, or undefined when the set succeeds. Only leaves count; a skipped leaf is replaced by the
 * activities it depends on, over and over ("Errors and conditional execution"): so a handled failure is no failure.
 */
export function firstFailure(outcomes: readonly Outcome[]): Outcome | undefined {
  const byName = new Map(outcomes.map((outcome) => [outcome.activity.name, outcome]));
  const parents = new Set(outcomes.flatMap(({ activity }) => (activity.dependsOn ?? []).map((edge) => edge.activity)));
  const seen = new Set<string>();
  const failed: Outcome[] = [];
  const visit = (outcome: Outcome): void => {
    if (seen.has(outcome.activity.name)) return;
    seen.add(outcome.activity.name);
    if (outcome.status === 'Failed' || outcome.status === 'Cancelled') failed.push(outcome);
    if (outcome.status === 'Skipped')
      for (const edge of outcome.activity.dependsOn ?? []) visit(byName.get(edge.activity)!);
  };
  for (const outcome of outcomes) if (!parents.has(outcome.activity.name)) visit(outcome);
  return failed[0];
}

/** Refuses dependencies on activities that are not there, and circles. Returns the complaint, or undefined. */
export function findBrokenDependency(activities: readonly Activity[]): string | undefined {
  const byName = new Map<string, Activity>();
  for (const activity of activities) {
    if (byName.has(activity.name)) return `There are two activities named '${activity.name}'.`;
    byName.set(activity.name, activity);
  }
  for (const { name, dependsOn = [] } of activities)
    for (const edge of dependsOn)
      if (!byName.has(edge.activity))
        return `Activity '${name}' depends on '${edge.activity}', which is not in the same set of activities.`;
  const done = new Set<string>();
  const circle = (name: string, path: readonly string[]): string | undefined => {
    if (path.includes(name))
      return `The activities ${[...path.slice(path.indexOf(name)), name].map((one) => `'${one}'`).join(' -> ')} depend on each other in a circle.`;
    if (done.has(name)) return undefined;
    for (const edge of byName.get(name)!.dependsOn ?? []) {
      const found = circle(edge.activity, [...path, name]);
      if (found !== undefined) return found;
    }
    done.add(name);
    return undefined;
  };
  for (const name of byName.keys()) {
    const found = circle(name, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The names of everything an activity depends on, directly or through others. */
export function ancestorsOf(activity: Activity, activities: readonly Activity[]): Set<string> {
  const byName = new Map(activities.map((one) => [one.name, one]));
  const found = new Set<string>();
  const visit = (one: Activity): void => {
    for (const edge of one.dependsOn ?? [])
      if (!found.has(edge.activity)) {
        found.add(edge.activity);
        visit(byName.get(edge.activity)!);
      }
  };
  visit(activity);
  return found;
}
