/**
 * The Data Factory expression language: pure, no I/O. The publish validator checks with it, the local runtime evaluates with it.
 * Facts: Microsoft's "Expressions and functions in Azure Data Factory".
 */
export type { ExpressionContext } from './context.ts';
export { ExpressionError } from './error.ts';
export { evaluate, evaluateDeep } from './evaluate.ts';
export { functionNames } from './functions/index.ts';
export { parseJson, stringifyJson } from './json.ts';
export { type Expression, parseTemplate, type Template } from './parser.ts';
export type { Value } from './value.ts';
