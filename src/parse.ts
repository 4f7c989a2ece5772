/** Values that people hand over as text, to an option or to an action's input: one reading for both. */

export interface Parser<T> {
  /** What is expected, as it ends a message: `a whole number from 1 to 10`. */
  readonly expected: string;
  /** @returns undefined when the text is not what is expected. */
  parse(text: string): T | undefined;
}

export function wholeNumber(minimum: number, maximum: number): Parser<number> {
  return {
    expected: `a whole number from ${minimum} to ${maximum}`,
    parse: (text) => (/^-?\d+$/.test(text) ? within(Number(text), minimum, maximum) : undefined),
  };
}

export function ratio(minimum: number, maximum: number): Parser<number> {
  return {
    expected: `a number from ${minimum} to ${maximum}, such as 0.02`,
    parse: (text) => (/^\d*\.?\d+$/.test(text) ? within(Number(text), minimum, maximum) : undefined),
  };
}

function within(value: number, minimum: number, maximum: number): number | undefined {
  return value >= minimum && value <= maximum ? value : undefined;
}

export const flag: Parser<boolean> = {
  expected: 'true or false',
  parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
};

/** ISO 8601 in UTC, to the millisecond at most. A day that the month does not have is refused, not carried over. */
export const instant: Parser<Date> = {
  expected: 'an instant in UTC such as 2026-02-01T00:00:00Z',
  parse(text) {
    const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::\d{2}(?:\.\d{1,3})?)?Z$/.exec(text);
    const value = new Date(text);
    if (match === null || Number.isNaN(value.getTime())) return undefined;
    return value.toISOString().startsWith(match[1]!) ? value : undefined;
  },
};

export const jsonObject: Parser<Record<string, unknown>> = {
  expected: 'a JSON object such as {"name": "value"}',
  parse(text) {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    } catch {
      // Not JSON, so not an object of it.
    }
    return undefined;
  },
};
