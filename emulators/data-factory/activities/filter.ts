import type { ActivityType } from '../runtime/activity-context.ts';
import { badDefinition } from '../runtime/activity-error.ts';
import { evaluate } from '../runtime/evaluate.ts';
import { readArray } from './properties.ts';

export const filter: ActivityType = {
  control: true,
  async execute(context) {
    const items = readArray(context, 'items');
    context.input({ ItemsCount: items.length });
    const kept = items.filter((value) => {
      const verdict = evaluate(context.properties['condition'], { ...context.scope, item: { value } });
      if (typeof verdict === 'boolean') return verdict;
      throw badDefinition(
        `The condition of Filter '${context.activity.name}' must be a boolean; for ${JSON.stringify(value)} it is ${JSON.stringify(verdict)}.`,
      );
    });
    return { ItemsCount: items.length, FilteredItemsCount: kept.length, Value: kept };
  },
};
