import { InvalidArgumentError, Option } from 'commander';

/** Options that several commands share, each with its check: a bad value is refused by the option's name. */

export function environmentOption(): Option {
  return new Option('--env <name>', 'environment to act on, a file of environments/').default('local');
}

export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum)
      throw new InvalidArgumentError(`Expected a whole number from ${minimum} to ${maximum}.`);
    return value;
  };
}

export function ratio(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d*\.?\d+$/.test(text) || value < minimum || value > maximum)
      throw new InvalidArgumentError(`Expected a number from ${minimum} to ${maximum}, such as 0.02.`);
    return value;
  };
}

export function instant(text: string): Date {
  const value = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/.test(text) || Number.isNaN(value.getTime()))
    throw new InvalidArgumentError('Expected an instant in UTC such as 2026-02-01T00:00:00Z.');
  return value;
}

export function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // told below
  }
  throw new InvalidArgumentError('Expected a JSON object such as {"name": "value"}.');
}

/** What the shop may be told to be, instead of what the environment says. */
export function shopOptions(): Option[] {
  return [
    new Option('--orders-per-day <n>', 'orders of a typical day').argParser(wholeNumber(1, 1_000_000)),
    new Option('--days <n>', 'length of the first window, in days').argParser(wholeNumber(1, 3660)),
    new Option('--seed <n>', 'seed of the shop').argParser(wholeNumber(0, 0xffffffff)),
    new Option('--defect-rate <r>', 'share of rows with an injected defect').argParser(ratio(0, 0.5)),
  ];
}

export interface ShopValues {
  readonly ordersPerDay?: number;
  readonly days?: number;
  readonly seed?: number;
  readonly defectRate?: number;
}
