import type { ExpressionContext } from './context.ts';
import { ExpressionError } from './error.ts';
import { checkArguments, countFault } from './functions/define.ts';
import { findFunction } from './functions/index.ts';
import { toText } from './functions/text.ts';
import { type Expression, parseTemplate, type Template } from './parser.ts';
import { type Inner, isArray, isInteger, isObject, plain, typeOf, type Value } from './value.ts';

/**
 * The value of a template: a single expression keeps its type, anything else is text.
 * @throws ExpressionError with the expression, the position, and what the service says.
 */
export function evaluate(template: Template, context: ExpressionContext): Value {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return plain(reduce(template.expression, template.text, context));
    case 'interpolation':
      return template.parts
        .map((part) => (typeof part === 'string' ? part : toText(reduce(part, template.text, context))))
        .join('');
  }
}

/**
 * A copy of a JSON value with its expressions evaluated: every string, and `{ "type": "Expression", "value": "..." }` objects, which
 * are replaced whole. Keys are left alone.
 */
export function evaluateDeep(json: Value, context: ExpressionContext): Value {
  if (typeof json === 'string') return evaluate(parseTemplate(json), context);
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map((item) => evaluateDeep(item, context));
  const object = json as { readonly [key: string]: Value };
  if (object['type'] === 'Expression' && typeof object['value'] === 'string')
    return evaluate(parseTemplate(object['value']), context);
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, evaluateDeep(value, context)]));
}

function reduce(node: Expression, text: string, context: ExpressionContext): Inner {
  switch (node.kind) {
    case 'constant':
      return node.value;
    case 'call':
      return call(node, text, context);
    case 'access':
      return select(node, text, context);
  }
}

function call(node: Extract<Expression, { kind: 'call' }>, text: string, context: ExpressionContext): Inner {
  const definition = findFunction(node.name);
  if (definition === undefined)
    throw new ExpressionError(`The template function '${node.name}' is not defined or not valid.`, {
      expression: text,
      position: node.position,
      functionName: node.name,
    });
  try {
    if (definition.lazy !== undefined) {
      const fault = countFault(definition, node.arguments.length);
      if (fault !== undefined) throw new ExpressionError(fault);
      return definition.lazy(node.arguments.map((argument) => () => reduce(argument, text, context)));
    }
    const args = node.arguments.map((argument) => reduce(argument, text, context));
    checkArguments(definition, args);
    return definition.call(args, context);
  } catch (error) {
    if (error instanceof ExpressionError) throw error.at(text, node.position, definition.name);
    throw error;
  }
}

function select(node: Extract<Expression, { kind: 'access' }>, text: string, context: ExpressionContext): Inner {
  const target = reduce(node.target, text, context);
  const key = reduce(node.key, text, context);
  if (isObject(target) && typeof key === 'string' && Object.hasOwn(target, key)) return target[key]!;
  if (isArray(target) && isInteger(key)) {
    const item = target[Number(key)];
    if (item !== undefined) return item;
  }
  if (node.safe && (target === null || isObject(target) || isArray(target))) return null;
  throw new ExpressionError(
    `The expression '${text.replace(/^@/, '')}' cannot be evaluated because ${selectionFault(target, key)}`,
    { expression: text, position: node.position },
  );
}

function selectionFault(target: Inner, key: Inner): string {
  const property = toText(key);
  if (isArray(target))
    return isInteger(key)
      ? target.length === 0
        ? `array index '${property}' cannot be selected from an empty array.`
        : `array index '${property}' is outside bounds (0, ${target.length - 1}) of array.`
      : `property '${property}' cannot be selected. Array elements can only be selected using an integer index.`;
  if (isObject(target))
    return `property '${property}' doesn't exist, available properties are '${Object.keys(target).join(', ')}'.`;
  return `property '${property}' cannot be selected. Property selection is not supported on values of type '${typeOf(target)}'.`;
}
