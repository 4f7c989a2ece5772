import { ExpressionError } from './error.ts';
import {
  countFault,
  described,
  type FunctionDefinition,
  ordinal,
  type ParameterType,
  parameterAt,
} from './functions/define.ts';
import { findFunction } from './functions/index.ts';
import { type Expression, parseTemplate, type Template } from './parser.ts';
import { typeOf } from './value.ts';

/** The type of a declared parameter or variable, as the JSON spells it: String, Int, Bool, Array, SecureString and so on. */
export type Declarations = { readonly [name: string]: string };

/** What an expression may refer to at its place. What is absent is not offered there. */
export interface ExpressionScope {
  readonly parameters?: Declarations;
  readonly globalParameters?: Declarations;
  readonly variables?: Declarations;
  /** Every activity of the pipeline, and those that have finished whenever this place is reached. */
  readonly activities?: ReadonlySet<string>;
  readonly upstream?: ReadonlySet<string>;
  /** Inside a ForEach. */
  readonly item?: boolean;
  readonly dataset?: Declarations;
  readonly linkedService?: Declarations;
  readonly trigger?: boolean;
}

export interface ExpressionFinding {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** The whole string. */
  readonly expression: string;
  /** Zero-based offset in it. */
  readonly position: number;
}

/** "Azure subscription limits, Data Factory": characters per expression. */
const maximumCharacters = 8192;

/** "System variables supported by Azure Data Factory", pipeline scope. */
const systemVariables: ReadonlyMap<string, ParameterType> = new Map([
  ['DataFactory', 'string'],
  ['Pipeline', 'string'],
  ['RunId', 'string'],
  ['TriggerId', 'string'],
  ['TriggerName', 'string'],
  ['TriggerTime', 'string'],
  ['TriggerType', 'string'],
  ['GroupId', 'string'],
  ['TriggeredByPipelineName', 'string'],
  ['TriggeredByPipelineRunId', 'string'],
  ['parameters', 'object'],
  ['globalParameters', 'object'],
]);

/**
 * Finds what is wrong with a string before it runs: syntax, unknown functions, wrong number and types of arguments, references to what
 * is not declared or has not run, too long a text. `expected` is the type its place needs.
 */
export function check(
  template: Template | string,
  scope: ExpressionScope,
  expected?: ParameterType,
): ExpressionFinding[] {
  const text = typeof template === 'string' ? template : template.text;
  const findings: ExpressionFinding[] = [];
  const report: Report = (position, message, severity = 'error') => {
    findings.push({ severity, message, expression: text, position });
  };
  let parsed: Template;
  try {
    parsed = typeof template === 'string' ? parseTemplate(template) : template;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    report(error.position, error.reason);
    return findings;
  }
  if (parsed.kind === 'literal') return findings;
  if (text.length > maximumCharacters)
    report(0, `The expression has ${text.length} characters; the limit is ${maximumCharacters}.`);
  if (parsed.kind === 'interpolation') {
    for (const part of parsed.parts) if (typeof part !== 'string') infer(part, scope, report);
    return findings;
  }
  const type = infer(parsed.expression, scope, report);
  if (expected !== undefined && !fits(type, expected))
    report(0, `The expression yields ${described[type]}; ${described[expected]} is expected here.`);
  return findings;
}

type Report = (position: number, message: string, severity?: 'error' | 'warning') => void;

function infer(node: Expression, scope: ExpressionScope, report: Report): ParameterType {
  switch (node.kind) {
    case 'constant':
      return constantTypes[typeOf(node.value)] ?? 'any';
    case 'call':
      return inferCall(node, scope, report);
    case 'access':
      return inferAccess(node, scope, report);
  }
}

const constantTypes: { readonly [type: string]: ParameterType } = {
  Boolean: 'boolean',
  String: 'string',
  Integer: 'integer',
  Float: 'number',
};

function inferCall(node: Extract<Expression, { kind: 'call' }>, scope: ExpressionScope, report: Report): ParameterType {
  const definition = findFunction(node.name);
  const types = node.arguments.map((argument) => infer(argument, scope, report));
  if (definition === undefined) {
    report(node.position, `The template function '${node.name}' is not defined or not valid.`);
    return 'any';
  }
  const fault = countFault(definition, types.length);
  if (fault !== undefined) report(node.position, fault);
  types.forEach((type, index) => {
    const parameter = parameterAt(definition, index);
    if (parameter !== undefined && !fits(type, parameter.type))
      report(
        node.arguments[index]!.position,
        `The template language function '${definition.name}' expects its ${ordinal(index)} parameter '${parameter.name}' to be ${described[parameter.type]}; it is ${described[type]}.`,
      );
  });
  return checkReference(definition, node, scope, report);
}

/** The functions that look at the run: is it offered here, does it exist, has it run? */
function checkReference(
  definition: FunctionDefinition,
  node: Extract<Expression, { kind: 'call' }>,
  scope: ExpressionScope,
  report: Report,
): ParameterType {
  const offered: { readonly [name: string]: unknown } = {
    pipeline: scope.parameters,
    activity: scope.activities,
    variables: scope.variables,
    item: scope.item || undefined,
    dataset: scope.dataset,
    linkedService: scope.linkedService,
    trigger: scope.trigger || undefined,
    triggerBody: scope.trigger || undefined,
    triggerOutputs: scope.trigger || undefined,
  };
  if (!Object.hasOwn(offered, definition.name)) return definition.returns;
  if (offered[definition.name] === undefined) {
    report(node.position, `The template function '${definition.name}' is not expected at this location.`);
    return definition.returns;
  }
  const name = constantText(node.arguments[0]);
  if (definition.name === 'activity' && name !== undefined && scope.activities !== undefined) {
    if (!scope.activities.has(name))
      report(
        node.position,
        `activity('${name}') names no activity of this pipeline; known are ${list(scope.activities)}.`,
      );
    else if (scope.upstream !== undefined && !scope.upstream.has(name))
      report(
        node.position,
        `activity('${name}') may not have run here: this activity does not depend on it, directly or through others.`,
      );
  }
  if (definition.name === 'variables' && name !== undefined && scope.variables !== undefined) {
    if (Object.hasOwn(scope.variables, name)) return declaredType(scope.variables[name]);
    report(
      node.position,
      `variables('${name}') names no variable of this pipeline; known are ${list(Object.keys(scope.variables))}.`,
    );
  }
  return definition.returns;
}

function inferAccess(
  node: Extract<Expression, { kind: 'access' }>,
  scope: ExpressionScope,
  report: Report,
): ParameterType {
  const target = infer(node.target, scope, report);
  const keyType = infer(node.key, scope, report);
  if (!['any', 'object', 'array'].includes(target))
    report(node.position, `Property selection is not supported on ${described[target]}.`);
  if (target === 'array' && !fits(keyType, 'integer'))
    report(node.position, 'Array elements can only be selected using an integer index.');
  const key = constantText(node.key);
  const owner = declarationsOf(node.target, scope);
  if (key === undefined || owner === undefined) return 'any';
  if (Object.hasOwn(owner.names, key)) return declaredType(owner.names[key]);
  // A safe accessor says that the author knows it may be missing.
  report(
    node.position,
    `${owner.what} '${key}' is not declared; known are ${list(Object.keys(owner.names))}.`,
    node.safe ? 'warning' : 'error',
  );
  return 'any';
}

/** What the properties of a target are known to be, where they are known. */
function declarationsOf(target: Expression, scope: ExpressionScope): { what: string; names: Declarations } | undefined {
  if (target.kind === 'call') {
    const name = findFunction(target.name)?.name;
    if (name === 'pipeline' && scope.parameters !== undefined)
      return { what: "pipeline()'s property", names: Object.fromEntries(systemVariables) };
    if (name === 'dataset' && scope.dataset !== undefined)
      return { what: 'The dataset parameter', names: scope.dataset };
    if (name === 'linkedService' && scope.linkedService !== undefined)
      return { what: 'The linked service parameter', names: scope.linkedService };
    return undefined;
  }
  if (target.kind !== 'access' || target.target.kind !== 'call') return undefined;
  if (findFunction(target.target.name)?.name !== 'pipeline') return undefined;
  const member = constantText(target.key);
  if (member === 'parameters' && scope.parameters !== undefined)
    return { what: 'The pipeline parameter', names: scope.parameters };
  if (member === 'globalParameters' && scope.globalParameters !== undefined)
    return { what: 'The global parameter', names: scope.globalParameters };
  return undefined;
}

function constantText(node: Expression | undefined): string | undefined {
  return node?.kind === 'constant' && typeof node.value === 'string' ? node.value : undefined;
}

const declaredTypes: { readonly [type: string]: ParameterType } = {
  string: 'string',
  securestring: 'string',
  int: 'integer',
  integer: 'integer',
  float: 'number',
  number: 'number',
  bool: 'boolean',
  boolean: 'boolean',
  array: 'array',
  object: 'object',
};

function declaredType(type: string | undefined): ParameterType {
  return declaredTypes[type?.toLowerCase() ?? ''] ?? 'any';
}

/** Whether a value of one static type may be taken for another: false only where it certainly may not. */
function fits(type: ParameterType, expected: ParameterType): boolean {
  if (type === 'any' || expected === 'any' || type === expected) return true;
  switch (expected) {
    case 'integer':
    case 'number':
      return type === 'integer' || type === 'number';
    case 'list':
      return type === 'string' || type === 'array' || type === 'collection';
    case 'collection':
      return type === 'string' || type === 'array' || type === 'object' || type === 'list';
    default:
      return type === 'list' || type === 'collection';
  }
}

function list(names: Iterable<string>): string {
  const quoted = Array.from(names, (name) => `'${name}'`);
  return quoted.length === 0 ? 'none' : quoted.join(', ');
}
