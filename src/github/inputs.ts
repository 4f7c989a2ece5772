import * as core from '@actions/core';
import { ConfigurationError } from '../errors.ts';

/** Inputs of an action, as the runner hands them over; each failure names the input, the value and what was expected. */

/** @returns undefined when the input is empty. */
export function text(name: string): string | undefined {
  return core.getInput(name) || undefined;
}

export function requiredText(name: string): string {
  const value = text(name);
  if (value === undefined) throw new ConfigurationError(`input '${name}' is required and is empty.`);
  return value;
}

export function integer(name: string, range: { minimum: number; maximum: number }): number | undefined {
  const value = text(name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^-?\d+$/.test(value) || number < range.minimum || number > range.maximum)
    throw new ConfigurationError(
      `input '${name}' is '${value}'; expected a whole number from ${range.minimum} to ${range.maximum}.`,
    );
  return number;
}

export function flag(name: string): boolean {
  const value = text(name) ?? 'false';
  if (value !== 'true' && value !== 'false')
    throw new ConfigurationError(`input '${name}' is '${value}'; expected true or false.`);
  return value === 'true';
}

export function json(name: string): Record<string, unknown> {
  const value = text(name);
  if (value === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch {
    // told below, with the value
  }
  throw new ConfigurationError(`input '${name}' is '${value}'; expected a JSON object such as {"name": "value"}.`);
}

/** An instant in UTC such as 2026-02-01T00:00:00Z. */
export function instant(name: string): Date | undefined {
  const value = text(name);
  if (value === undefined) return undefined;
  const date = new Date(value);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/.test(value) || Number.isNaN(date.getTime()))
    throw new ConfigurationError(
      `input '${name}' is '${value}'; expected an instant in UTC such as 2026-02-01T00:00:00Z.`,
    );
  return date;
}
