import { ExpressionError } from '../error.ts';
import { compareNumbers, deepEquals, type Inner, isInteger, isNumber, typeOf } from '../value.ts';
import { define, defineLazy, type FunctionDefinition, ordinal } from './define.ts';

export const logicalFunctions: readonly FunctionDefinition[] = [
  defineLazy('and(expression1: boolean, expression2: boolean): boolean', ([left, right]) =>
    truth('and', 0, left!) ? truth('and', 1, right!) : false,
  ),
  defineLazy('or(expression1: boolean, expression2: boolean): boolean', ([left, right]) =>
    truth('or', 0, left!) ? true : truth('or', 1, right!),
  ),
  defineLazy('if(expression: boolean, valueIfTrue: any, valueIfFalse: any): any', ([condition, yes, no]) =>
    truth('if', 0, condition!) ? yes!() : no!(),
  ),
  define('not(expression: boolean): boolean', (_, value: boolean) => !value),
  define('equals(object1: any, object2: any): boolean', (_, left: Inner, right: Inner) => equal(left, right)),
  ...(
    [
      ['greater', (order) => order > 0],
      ['greaterOrEquals', (order) => order >= 0],
      ['less', (order) => order < 0],
      ['lessOrEquals', (order) => order <= 0],
    ] as const satisfies [string, (order: number) => boolean][]
  ).map(([name, holds]) =>
    define(`${name}(value: any, compareTo: any): boolean`, (_, left: Inner, right: Inner) =>
      holds(order(name, left, right)),
    ),
  ),
];

function truth(name: string, index: number, argument: () => Inner): boolean {
  const value = argument();
  if (typeof value === 'boolean') return value;
  throw new ExpressionError(
    `The template language function '${name}' expects its ${ordinal(index)} parameter to be of type 'Boolean'. The provided value is of type '${typeOf(value)}'.`,
    { functionName: name },
  );
}

function equal(left: Inner, right: Inner): boolean {
  // The documentation's own example: equals(true, 1) is true.
  if (typeof left === 'boolean' && isInteger(right))
    return left === (Number(right) === 1) && (left || Number(right) === 0);
  if (typeof right === 'boolean' && isInteger(left)) return equal(right, left);
  return deepEquals(left, right);
}

/** Numbers by value, text by code unit. */
function order(name: string, left: Inner, right: Inner): number {
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  throw new ExpressionError(
    typeOf(left) === typeOf(right)
      ? `The template language function '${name}' expects two numbers or two strings. The function was invoked with values of type '${typeOf(left)}'.`
      : `The template language function '${name}' expects two parameters of matching types. The function was invoked with values of type '${typeOf(left)}' and '${typeOf(right)}' that do not match.`,
  );
}
