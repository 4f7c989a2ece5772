import type { ActivityContext, Frame, RunContext } from './activity-context.ts';
import { badDefinition } from './activity-error.ts';
import type { Activity } from './definitions.ts';
import { ancestorsOf, findBrokenDependency, firstFailure, meets, type Outcome } from './outcome.ts';
import { recordInactive, recordRecovered, recordSkipped, runActivity } from './run-activity.ts';
import type { ActivityResult } from './scope.ts';

/**
 * Runs a set of activities in the order their dependencies ask for, as many at once as those allow.
 * @returns the activity that makes the set fail, or undefined when it succeeds.
 */
export async function runActivities(
  run: RunContext,
  activities: readonly Activity[],
  frame: Frame,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const broken = findBrokenDependency(activities);
  if (broken !== undefined) throw badDefinition(broken);

  const results = new Map<string, ActivityResult>();
  const settled = new Map<string, Promise<Outcome>>();

  const settle = (activity: Activity): Promise<Outcome> => {
    const known = settled.get(activity.name);
    if (known !== undefined) return known;
    const outcome = (async (): Promise<Outcome> => {
      const edges = activity.dependsOn ?? [];
      const before = await Promise.all(
        edges.map((edge) => settle(activities.find((candidate) => candidate.name === edge.activity)!)),
      );
      // Several edges are "and"; a skip cascades because Skipped meets neither Succeeded, Failed nor Completed.
      const satisfied = edges.every((edge, index) => meets(before[index]!.status, edge.dependencyConditions));
      if (!satisfied || signal.aborted) return recordSkipped(run, activity, frame, signal.aborted);
      if (activity.state === 'Inactive') return recordInactive(run, activity, frame, results);
      if (frame.topLevel && run.recovered.has(activity.name)) return recordRecovered(run, activity, frame, results);

      const ancestors = ancestorsOf(activity, activities);
      const visible = new Map(frame.visible);
      for (const [name, result] of results) if (ancestors.has(name)) visible.set(name, result);
      const scope = { ...frame.scope, activities: visible };
      const runInner: ActivityContext['runInner'] = (inner, loop) =>
        runActivities(
          run,
          inner,
          {
            scope: loop !== undefined && 'item' in loop ? { ...scope, item: { value: loop.item } } : scope,
            visible,
            iteration: loop === undefined ? frame.iteration : `${frame.iteration}/${activity.name}[${loop.index}]`,
            topLevel: false,
          },
          loop?.signal ?? signal,
        );
      return runActivity(run, activity, { ...frame, scope, visible }, results, signal, runInner);
    })();
    settled.set(activity.name, outcome);
    return outcome;
  };

  return firstFailure(await Promise.all(activities.map(settle)));
}
