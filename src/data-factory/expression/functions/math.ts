import { ExpressionError } from '../error.ts';
import {
  compareNumbers,
  float,
  type Inner,
  integer,
  isArray,
  isInteger,
  isNumber,
  toDouble,
  typeOf,
  type WholeFloat,
} from '../value.ts';
import { define, type FunctionDefinition } from './define.ts';

type Numeric = number | bigint | WholeFloat;

/** range() builds its array at once; the service limits an array to its memory, this to a number. */
const maximumRange = 1_000_000;

export const mathFunctions: readonly FunctionDefinition[] = [
  arithmetic(
    'add',
    'summand1',
    'summand2',
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  arithmetic(
    'sub',
    'minuend',
    'subtrahend',
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  arithmetic(
    'mul',
    'multiplicand1',
    'multiplicand2',
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  // Integers divide towards zero, and the remainder has the dividend's sign: both as in C#.
  arithmetic(
    'div',
    'dividend',
    'divisor',
    (a, b) => a / nonZero('div', b),
    (a, b) => a / nonZero('div', b),
  ),
  arithmetic(
    'mod',
    'dividend',
    'divisor',
    (a, b) => a % nonZero('mod', b),
    (a, b) => a % nonZero('mod', b),
  ),
  define('max(number1: any, ...numbers: any): number', (_, ...values: Inner[]) => extreme('max', values, 1)),
  define('min(number1: any, ...numbers: any): number', (_, ...values: Inner[]) => extreme('min', values, -1)),
  define(
    'rand(minValue: integer, maxValue: integer): integer',
    (context, low: number | bigint, high: number | bigint) => {
      if (low >= high)
        throw new ExpressionError(
          `The template language function 'rand' expects 'minValue' to be below 'maxValue'; they are ${low} and ${high}.`,
        );
      const span = BigInt(high) - BigInt(low);
      return integer(BigInt(low) + (BigInt(Math.floor(context.random() * 2 ** 53)) * span) / 2n ** 53n);
    },
  ),
  define('range(startIndex: integer, count: integer): array', (_, start: number | bigint, count: number | bigint) => {
    if (count < 0 || count > maximumRange)
      throw new ExpressionError(
        `The template language function 'range' expects 'count' to be 0 to ${maximumRange}; it is ${count}.`,
      );
    return Array.from({ length: Number(count) }, (_item, index) => integer(BigInt(start) + BigInt(index)));
  }),
];

function arithmetic(
  name: string,
  first: string,
  second: string,
  exact: (a: bigint, b: bigint) => bigint,
  floating: (a: number, b: number) => number,
): FunctionDefinition {
  return define(`${name}(${first}: number, ${second}: number): number`, (_, a: Numeric, b: Numeric) =>
    isInteger(a) && isInteger(b) ? integer(exact(BigInt(a), BigInt(b))) : float(floating(toDouble(a), toDouble(b))),
  );
}

function nonZero<T extends number | bigint>(name: string, divisor: T): T {
  if (Number(divisor) === 0)
    throw new ExpressionError(
      `The template language function '${name}' cannot divide by zero: its second parameter is 0.`,
    );
  return divisor;
}

function extreme(name: string, args: readonly Inner[], sign: 1 | -1): Inner {
  const values = args.length === 1 && isArray(args[0]) ? args[0] : args;
  let best: Numeric | undefined;
  for (const value of values) {
    if (!isNumber(value))
      throw new ExpressionError(
        `The template language function '${name}' expects numbers, or one array of numbers. The provided value is of type '${typeOf(value)}'.`,
      );
    if (best === undefined || compareNumbers(value, best) * sign > 0) best = value;
  }
  if (best === undefined)
    throw new ExpressionError(
      `The template language function '${name}' expects at least one number; the array is empty.`,
    );
  return best;
}
