import type { Activity, PipelineDefinition } from './definitions.ts';
import { branchesOf } from './definitions.ts';
import { findBrokenExpression } from './evaluate.ts';
import { findBrokenDependency } from './outcome.ts';

const loops = new Set(['ForEach', 'Until']);
const conditionals = new Set(['IfCondition', 'Switch']);

/**
 * What makes a pipeline impossible to run, found before anything runs: expressions that do not parse, broken dependencies, names
 * used twice, nesting that the service refuses. @returns the complaint, or undefined.
 */
export function findBrokenDefinition({ activities = [] }: PipelineDefinition): string | undefined {
  const names = new Set<string>();
  return findBrokenExpression(activities) ?? findBrokenSet(activities, [], names);
}

function findBrokenSet(
  activities: readonly Activity[],
  around: readonly Activity[],
  names: Set<string>,
): string | undefined {
  for (const { name } of activities) {
    if (names.has(name.toLowerCase())) return `There are two activities named '${name}'.`;
    names.add(name.toLowerCase());
  }
  const dependency = findBrokenDependency(activities);
  if (dependency !== undefined) return dependency;
  for (const activity of activities) {
    // "Control flow limitations": loops stand at the top only, conditionals at the top or directly in a loop.
    const [parent] = around.slice(-1);
    const nested =
      parent !== undefined &&
      (loops.has(activity.type) ||
        activity.type === 'Validation' ||
        (conditionals.has(activity.type) && conditionals.has(parent.type)));
    if (nested)
      return `Activity '${activity.name}' of type ${activity.type} cannot be nested inside '${parent.name}' of type ${parent.type}; call a pipeline with it instead.`;
    for (const branch of branchesOf(activity)) {
      const inner = findBrokenSet(branch, [...around, activity], names);
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}
