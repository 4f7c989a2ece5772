import type { Call, Expression } from '../ast.ts';
import type { Bound } from '../binder/bound.ts';
import { bindCondition, bindExpression, inherited, type Place } from '../binder/expression.ts';
import { bindWindow } from '../binder/window.ts';
import { SparkError } from '../spark-error.ts';
import { registerAggregates } from './aggregate.ts';
import { registerCollections } from './collection.ts';
import { registerConditionals } from './conditional.ts';
import { registerDatetime } from './datetime.ts';
import type { FunctionDefinition, Registry } from './define.ts';
import { registerNumeric } from './numeric.ts';
import { registerStrings } from './string.ts';
import { registerWindows } from './window.ts';

/** Every function the local engine knows. What is not here is UNRESOLVED_ROUTINE. */
export const functions: ReadonlyMap<string, FunctionDefinition> = (() => {
  const registry: Registry = new Map();
  registerConditionals(registry);
  registerStrings(registry);
  registerNumeric(registry);
  registerDatetime(registry);
  registerCollections(registry);
  registerAggregates(registry);
  registerWindows(registry);
  return registry;
})();

export function bindCall(place: Place, call: Extract<Expression, { node: 'call' }>): Bound {
  const { name, at, text } = call;
  const definition = functions.get(name);
  if (definition === undefined)
    throw new SparkError(
      'UNRESOLVED_ROUTINE',
      `Cannot resolve routine \`${name}\` on search path [\`system\`.\`builtin\`]: not implemented by the local engine, or not a function.`,
      { at },
    );
  const star = call.args.length === 1 && call.args[0]!.node === 'star' && name === 'count';
  const args = star ? [] : call.args.map((arg) => bindExpression(place, arg));
  if (!star && (args.length < definition.min || args.length > definition.max))
    throw new SparkError(
      'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
      `The \`${name}\` requires ${definition.min === definition.max ? definition.min : `${definition.min} to ${definition.max}`} parameters but the actual number is ${args.length}.`,
      { at },
    );
  if (definition.kind === 'scalar' && (call.distinct || call.filter || call.over || call.ignoreNulls))
    throw new SparkError(
      'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX',
      `The function \`${name}\` does not support DISTINCT, FILTER, OVER or IGNORE NULLS.`,
      { at, sqlState: '42000' },
    );
  if (definition.kind === 'window' && call.over === undefined)
    throw new SparkError('WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE', `Window function "${text}" requires an OVER clause.`, {
      at,
      sqlState: '42601',
    });
  const bound = definition.bind({ name, args, call, place, at, text });
  const flags = inherited(...args);
  if (definition.kind === 'scalar')
    return { ...bound, aggregate: bound.aggregate || flags.aggregate, generator: bound.generator || flags.generator };
  // An aggregate over a window is computed per row; it aggregates only if its arguments do.
  return { ...bound, aggregate: call.over === undefined || flags.aggregate };
}

/** What follows an aggregate or window function's arguments. */
export function suffixOf(place: Place, call: Pick<Call, 'filter' | 'over'>, extraFilter?: string): string {
  const conditions = [
    ...(call.filter === undefined ? [] : [bindCondition(place, call.filter).sql]),
    ...(extraFilter === undefined ? [] : [extraFilter]),
  ];
  const filter = conditions.length === 0 ? '' : ` FILTER (WHERE ${conditions.join(' AND ')})`;
  return call.over === undefined ? filter : `${filter} OVER ${bindWindow(place, call.over)}`;
}
