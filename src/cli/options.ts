import { InvalidArgumentError, Option } from 'commander';
import * as parse from '../parse.ts';

/** Options that several commands share, each with its check: a bad value is refused by the option's name. */

export function environmentOption(): Option {
  return new Option('--env <name>', 'environment to act on, a file of environments/').default('local');
}

export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return argument(parse.wholeNumber(minimum, maximum));
}

export const instant = argument(parse.instant);
export const jsonObject = argument(parse.jsonObject);

/** A parser as commander takes it. */
function argument<T>({ parse: read, expected }: parse.Parser<T>): (text: string) => T {
  return (text) => {
    const value = read(text);
    if (value === undefined) throw new InvalidArgumentError(`Expected ${expected}.`);
    return value;
  };
}

/** What the shop may be told to be, instead of what the environment says. */
export function shopOptions(): Option[] {
  return [
    new Option('--orders-per-day <n>', 'orders of a typical day').argParser(wholeNumber(1, 1_000_000)),
    new Option('--days <n>', 'length of the first window, in days').argParser(wholeNumber(1, 3660)),
    new Option('--seed <n>', 'seed of the shop').argParser(wholeNumber(0, 0xffffffff)),
    new Option('--defect-rate <r>', 'share of rows with an injected defect').argParser(argument(parse.ratio(0, 0.5))),
  ];
}

export interface ShopValues {
  readonly ordersPerDay?: number;
  readonly days?: number;
  readonly seed?: number;
  readonly defectRate?: number;
}
