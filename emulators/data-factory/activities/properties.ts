import type { ActivityContext } from '../runtime/activity-context.ts';
import { badDefinition } from '../runtime/activity-error.ts';
import type { Activity, ResourceReference } from '../runtime/definitions.ts';

/** Reading typeProperties: each function evaluates, checks the type, and says which property of which activity is wrong. */

export function readString(context: ActivityContext, property: string): string {
  const value = context.evaluate(context.properties[property]);
  return typeof value === 'string' ? value : wrong(context, property, value, 'a string');
}

export function readOptionalString(context: ActivityContext, property: string): string | undefined {
  return context.properties[property] == null ? undefined : readString(context, property);
}

export function readBoolean(context: ActivityContext, property: string, absent?: boolean): boolean {
  const value = context.evaluate(context.properties[property]) ?? absent;
  return typeof value === 'boolean' ? value : wrong(context, property, value, 'a boolean');
}

export function readArray(context: ActivityContext, property: string): readonly unknown[] {
  const value = context.evaluate(context.properties[property]);
  return Array.isArray(value) ? value : wrong(context, property, value, 'an array');
}

/** A number, from a number or from text that is one. */
export function readNumber(context: ActivityContext, property: string, absent?: number): number {
  const value = context.evaluate(context.properties[property]) ?? absent;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'bigint') return Number(number);
  return typeof number === 'number' && Number.isFinite(number) ? number : wrong(context, property, value, 'a number');
}

export function readActivities(context: ActivityContext, property: string): readonly Activity[] {
  const value = context.properties[property] ?? [];
  return Array.isArray(value) ? (value as Activity[]) : wrong(context, property, value, 'an array of activities');
}

export function readObject(context: ActivityContext, property: string): Readonly<Record<string, unknown>> {
  const value = context.properties[property];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : wrong(context, property, value, 'an object');
}

/** A reference, such as a Lookup's `dataset`, or an entry of `inputs`. */
export function requireReference(context: ActivityContext, reference: unknown, property: string): ResourceReference {
  const candidate = reference as Partial<ResourceReference> | null | undefined;
  return typeof candidate?.referenceName === 'string'
    ? (candidate as ResourceReference)
    : wrong(context, property, reference, 'a reference');
}

function wrong(context: ActivityContext, property: string, value: unknown, expected: string): never {
  const shown = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value)).slice(0, 200);
  throw badDefinition(
    `The property '${property}' of activity '${context.activity.name}' (${context.activity.type}) must be ${expected}; it is ${shown}.`,
  );
}
