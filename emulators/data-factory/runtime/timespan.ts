import { badDefinition } from './activity-error.ts';

/**
 * A .NET time span, `[d.]hh:mm:ss[.fffffff]`, in milliseconds.
 * @throws ActivityError naming the property and the value.
 */
export function readTimespan(value: unknown, property: string): number {
  const match =
    typeof value === 'string'
      ? /^(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?$/.exec(value.trim())
      : null;
  if (match === null)
    throw badDefinition(
      `The value '${String(value)}' of '${property}' is not a time span; expected d.hh:mm:ss, such as 0.12:00:00.`,
    );
  const [, days = '0', hours, minutes, seconds = '0', fraction = '0'] = match;
  const whole = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  return (whole + Number(`0.${fraction}`)) * 1000;
}
