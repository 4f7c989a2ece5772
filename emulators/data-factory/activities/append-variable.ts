import type { ActivityType } from '../runtime/activity-context.ts';
import { badDefinition } from '../runtime/activity-error.ts';
import { readString } from './properties.ts';
import { findVariable } from './set-variable.ts';

export const appendVariable: ActivityType = {
  control: true,
  async execute(context) {
    const { name, type } = findVariable(context, readString(context, 'variableName'));
    if (type.toLowerCase() !== 'array')
      throw badDefinition(
        `The variable '${name}' that activity '${context.activity.name}' appends to is of type ${type}, not Array.`,
      );
    const value = context.evaluate(context.properties['value']);
    context.input({ name, value });
    // Read and written in one turn: appending inside a parallel ForEach loses nothing.
    context.run.variables.set(name, [...((context.run.variables.get(name) as unknown[] | undefined) ?? []), value]);
    return { name, value };
  },
};
