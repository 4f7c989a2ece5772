import * as core from '@actions/core';
import { ConfigurationError } from '../errors.ts';
import * as parse from '../parse.ts';

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
  return read(name, parse.wholeNumber(range.minimum, range.maximum));
}

/** False when the input is empty. */
export function flag(name: string): boolean {
  return read(name, parse.flag) ?? false;
}

/** An empty object when the input is empty. */
export function json(name: string): Record<string, unknown> {
  return read(name, parse.jsonObject) ?? {};
}

/** An instant in UTC such as 2026-02-01T00:00:00Z. */
export function instant(name: string): Date | undefined {
  return read(name, parse.instant);
}

function read<T>(name: string, parser: parse.Parser<T>): T | undefined {
  const given = text(name);
  if (given === undefined) return undefined;
  const value = parser.parse(given);
  if (value === undefined) throw new ConfigurationError(`input '${name}' is '${given}'; expected ${parser.expected}.`);
  return value;
}
