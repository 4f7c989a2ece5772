import type { ActivityType } from '../runtime/activity-context.ts';
import { badDefinition } from '../runtime/activity-error.ts';
import type { Outcome } from '../runtime/outcome.ts';
import { innerFailure } from './inner-failure.ts';
import { readActivities, readArray, readBoolean, readNumber } from './properties.ts';

const defaultBatchCount = 20;
const maximumBatchCount = 50;
const maximumItems = 100_000;

/** Every item is gone through even when one fails; the loop then fails. */
export const forEach: ActivityType = {
  control: true,
  async execute(context) {
    const items = readArray(context, 'items');
    const sequential = readBoolean(context, 'isSequential', false);
    const batchCount = readNumber(context, 'batchCount', defaultBatchCount);
    const activities = readActivities(context, 'activities');
    if (items.length > maximumItems)
      throw badDefinition(`ForEach '${context.activity.name}' has ${items.length} items; the most is ${maximumItems}.`);
    if (!Number.isInteger(batchCount) || batchCount < 1 || batchCount > maximumBatchCount)
      throw badDefinition(
        `The batchCount of ForEach '${context.activity.name}' is ${batchCount}; expected 1 to ${maximumBatchCount}.`,
      );
    context.input({ itemsCount: items.length });

    const failures = new Map<number, Outcome>();
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < items.length && !context.signal.aborted) {
        const index = next++;
        const failure = await context.runInner(activities, { item: items[index], index });
        if (failure !== undefined) failures.set(index, failure);
      }
    };
    await Promise.all(Array.from({ length: sequential ? 1 : Math.min(batchCount, items.length) }, worker));
    if (failures.size > 0) throw innerFailure(failures.get(Math.min(...failures.keys()))!);
    return {};
  },
};
