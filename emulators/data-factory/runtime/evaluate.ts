import {
  type ExpressionContext,
  ExpressionError,
  evaluateDeep,
  parseTemplate,
  type Value,
} from '../../../src/data-factory/expression/index.ts';
import { ActivityError } from './activity-error.ts';
import type { Activity } from './definitions.ts';
import type { ActivityResult, Scope } from './scope.ts';

/** A scope does not change, so its context is made once, however many expressions are evaluated in it. */
const contexts = new WeakMap<Scope, ExpressionContext>();

/**
 * A JSON value with every expression inside it evaluated.
 * @throws ActivityError (InvalidTemplate) with the expression, and what is wrong with it.
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (value === undefined) return undefined;
  try {
    return evaluateDeep(value as Value, contextOf(scope));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ActivityError('InvalidTemplate', `ErrorCode=InvalidTemplate, ErrorMessage=${error.message}`, {
      cause: error,
    });
  }
}

function contextOf(scope: Scope): ExpressionContext {
  const known = contexts.get(scope);
  if (known !== undefined) return known;
  const { pipeline, variables, activities, item, dataset, linkedService, ambient } = scope;
  const context: ExpressionContext = {
    ...ambient,
    ...(pipeline === undefined ? {} : { pipeline: pipeline as { readonly [key: string]: Value } }),
    ...(variables === undefined ? {} : { variables: (name: string) => lookUp(variables, name) as Value | undefined }),
    ...(activities === undefined ? {} : { activity: (name: string) => shown(activities, name) }),
    ...(item === undefined ? {} : { item: () => item.value as Value }),
    ...(dataset === undefined ? {} : { dataset: () => dataset as Value }),
    ...(linkedService === undefined ? {} : { linkedService: () => linkedService as Value }),
  };
  contexts.set(scope, context);
  return context;
}

function lookUp<T>(map: ReadonlyMap<string, T>, name: string): T | undefined {
  if (map.has(name)) return map.get(name);
  for (const [key, value] of map) if (key.toLowerCase() === name.toLowerCase()) return value;
  return undefined;
}

function shown(activities: ReadonlyMap<string, ActivityResult>, name: string): Value {
  const result = lookUp(activities, name);
  if (result === undefined)
    throw new ExpressionError(
      `The output of activity '${name}' can't be referenced since it is either not an ancestor to the current activity or does not exist.`,
    );
  const error = result.error === null ? null : anyCase({ ...result.error });
  return anyCase({ ...result, error }) as Value;
}

/** The service's own samples write both `.error.message` and `.Error.Message`; each property answers to both spellings. */
function anyCase(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => [
      [key.charAt(0).toLowerCase() + key.slice(1), value],
      [key.charAt(0).toUpperCase() + key.slice(1), value],
    ]),
  );
}

/** Parses every expression of a set of activities without evaluating any. @returns the first complaint, if there is one. */
export function findBrokenExpression(activities: readonly Activity[]): string | undefined {
  for (const activity of activities) {
    const fault = brokenIn(activity);
    if (fault !== undefined) return `Activity '${activity.name}': ${fault}`;
  }
  return undefined;
}

function brokenIn(value: unknown): string | undefined {
  if (typeof value === 'string')
    try {
      parseTemplate(value);
      return undefined;
    } catch (error) {
      if (error instanceof ExpressionError) return error.message;
      throw error;
    }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    // Prose is not evaluated: a description may well begin with an @.
    const fault = key === 'description' || key === 'annotations' ? undefined : brokenIn(inner);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
