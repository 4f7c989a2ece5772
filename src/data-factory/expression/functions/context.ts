import { ExpressionError } from '../error.ts';
import type { Inner, Value } from '../value.ts';
import { define } from './define.ts';

/** The functions that look at the run: what a place does not offer is an error naming the function. */
export const contextFunctions = [
  define('pipeline(): object', (context) => offered('pipeline', context.pipeline)),
  define('activity(name: string): object', (context, name: string) => {
    const activity = offered('activity', context.activity)(name);
    if (activity === undefined)
      throw new ExpressionError(
        `The template action '${name}' is not defined in the template, or has not run: activity('${name}') has no output. An activity sees only the activities that it depends on.`,
        { functionName: 'activity' },
      );
    return activity as Inner;
  }),
  define('item(): any', (context) => offered('item', context.item)() as Inner),
  define('variables(name: string): any', (context, name: string) => {
    const value = offered('variables', context.variables)(name);
    if (value === undefined)
      throw new ExpressionError(`The variable '${name}' is not defined in the pipeline.`, {
        functionName: 'variables',
      });
    return value as Inner;
  }),
  define('dataset(): object', (context) => offered('dataset', context.dataset)() as Inner),
  define('linkedService(): object', (context) => offered('linkedService', context.linkedService)() as Inner),
  define('trigger(): object', (context) => offered('trigger', context.trigger)() as Inner),
  define(
    'triggerOutputs(): object',
    (context) => member(offered('triggerOutputs', context.trigger)(), 'outputs') as Inner,
  ),
  define(
    'triggerBody(): object',
    (context) => member(member(offered('triggerBody', context.trigger)(), 'outputs'), 'body') as Inner,
  ),
];

function offered<T>(name: string, part: T | undefined): T {
  if (part !== undefined) return part;
  throw new ExpressionError(`The template function '${name}' is not expected at this location.`, {
    functionName: name,
  });
}

function member(value: Value, key: string): Value {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key))
    return (value as { [key: string]: Value })[key]!;
  throw new ExpressionError(`The trigger of this run has no '${key}'.`);
}
