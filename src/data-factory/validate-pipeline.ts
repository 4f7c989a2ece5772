import { check, type Declarations, type ExpressionScope, type ParameterType } from './expression/index.ts';
import { checkStrings, declared, type ReportFinding } from './findings.ts';
import { arrayAt, isJsonArray, isJsonObject, type Json, objectAt, textAt } from './json.ts';
import type { FactoryObject } from './objects.ts';

/** "Azure subscription and service limits", Data Factory, and the pages of ForEach, Switch and nested activities. */
export const limits = {
  activities: 120,
  parameters: 50,
  batchCount: 50,
  switchCases: 25,
  activityNameLength: 55,
};

const conditions = new Set(['Succeeded', 'Failed', 'Skipped', 'Completed']);

/** Lists of inner activities, by the activity's type: where they are in its typeProperties. */
interface Branch {
  readonly path: string;
  readonly activities: readonly Json[];
}

interface PipelineFacts {
  readonly scope: ExpressionScope;
  readonly names: ReadonlySet<string>;
}

export function validatePipeline(object: FactoryObject, globalParameters: Declarations, report: ReportFinding): void {
  const properties = objectAt(object.body, 'properties');
  const names: string[] = [];
  collectNames(arrayAt(properties, 'activities'), names);
  if (names.length > limits.activities)
    report(
      'properties.activities',
      `The pipeline has ${names.length} activities, inner ones included; the limit is ${limits.activities}.`,
    );
  const parameters = declared(objectAt(properties, 'parameters'));
  if (Object.keys(parameters).length > limits.parameters)
    report(
      'properties.parameters',
      `The pipeline has ${Object.keys(parameters).length} parameters; the limit is ${limits.parameters}.`,
    );
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase()))
      report('properties.activities', `Two activities are called '${name}'; names are unique in a pipeline.`);
    seen.add(name.toLowerCase());
  }
  const scope: ExpressionScope = {
    parameters,
    globalParameters,
    variables: declared(objectAt(properties, 'variables')),
    activities: new Set(names),
    trigger: true,
  };
  validateActivities(
    arrayAt(properties, 'activities'),
    'properties.activities',
    [],
    new Set(),
    { scope, names: new Set(names) },
    report,
  );
}

function collectNames(activities: readonly Json[], names: string[]): void {
  for (const activity of activities) {
    const name = textAt(activity, 'name');
    if (name !== undefined) names.push(name);
    for (const branch of branchesOf(activity)) collectNames(branch.activities, names);
  }
}

function branchesOf(activity: Json): Branch[] {
  const properties = objectAt(activity, 'typeProperties');
  const lists = ['activities', 'ifTrueActivities', 'ifFalseActivities', 'defaultActivities'].flatMap((path) =>
    isJsonArray(properties[path]) ? [{ path, activities: properties[path] }] : [],
  );
  const cases = arrayAt(properties, 'cases').map((item, index) => ({
    path: `cases[${index}].activities`,
    activities: arrayAt(item, 'activities'),
  }));
  return isContainer(activity) ? [...lists, ...cases] : [];
}

const loops = new Set(['ForEach', 'Until']);
const branches = new Set(['IfCondition', 'Switch']);

function isContainer(activity: Json): boolean {
  const type = textAt(activity, 'type') ?? '';
  return loops.has(type) || branches.has(type);
}

/**
 * @param around the types of the containers around, outermost first
 * @param before the activities that have finished before the container around starts
 */
function validateActivities(
  activities: readonly Json[],
  path: string,
  around: readonly string[],
  before: ReadonlySet<string>,
  facts: PipelineFacts,
  report: ReportFinding,
): void {
  const siblings = new Map(
    activities.flatMap((activity) => {
      const name = textAt(activity, 'name');
      return name === undefined ? [] : [[name, upstreamNames(activity)] as const];
    }),
  );
  for (const circle of circles(siblings))
    report(path, `The activities depend on each other in a circle: ${circle.join(' -> ')}.`);
  activities.forEach((activity, index) => {
    const at = `${path}[${index}]`;
    if (!isJsonObject(activity) || textAt(activity, 'name') === undefined || textAt(activity, 'type') === undefined) {
      report(at, "An activity needs a 'name' and a 'type'.");
      return;
    }
    validateDependencies(activity, at, siblings, facts, report);
    validateNesting(activity, at, around, report);
    validateType(activity, at, report);
    const upstream = new Set([...before, ...closure(textAt(activity, 'name')!, siblings)]);
    const scope: ExpressionScope = { ...facts.scope, upstream, item: around.includes('ForEach') };
    validateExpressions(activity, at, scope, report);
    for (const branch of branchesOf(activity))
      validateActivities(
        branch.activities,
        `${at}.typeProperties.${branch.path}`,
        [...around, textAt(activity, 'type')!],
        upstream,
        facts,
        report,
      );
  });
}

function upstreamNames(activity: Json): string[] {
  return arrayAt(activity, 'dependsOn').flatMap((edge) => textAt(edge, 'activity') ?? []);
}

function closure(name: string, siblings: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const pending = [...(siblings.get(name) ?? [])];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    pending.push(...(siblings.get(next) ?? []));
  }
  return reached;
}

/** Each circle once, starting at its first activity in the pipeline's order. */
function circles(siblings: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name);
    if (start >= 0) {
      found.push([...trail.slice(start), name]);
      return;
    }
    if (done.has(name)) return;
    for (const next of siblings.get(name) ?? []) if (siblings.has(next)) visit(next, [...trail, name]);
    done.add(name);
  };
  for (const name of siblings.keys()) visit(name, []);
  return found;
}

function validateDependencies(
  activity: Json,
  at: string,
  siblings: ReadonlyMap<string, readonly string[]>,
  facts: PipelineFacts,
  report: ReportFinding,
): void {
  arrayAt(activity, 'dependsOn').forEach((edge, index) => {
    const name = textAt(edge, 'activity');
    const where = `${at}.dependsOn[${index}]`;
    if (name === undefined) report(where, "A dependency names its 'activity'.");
    else if (!siblings.has(name))
      report(
        where,
        facts.names.has(name)
          ? `'${name}' lies in another container; an activity depends only on activities beside it.`
          : `There is no activity '${name}' to depend on.`,
      );
    const given = arrayAt(edge, 'dependencyConditions');
    if (given.length === 0) report(where, "A dependency has at least one of 'dependencyConditions'.");
    for (const condition of given)
      if (typeof condition !== 'string' || !conditions.has(condition))
        report(where, `The condition ${JSON.stringify(condition)} is not one of ${Array.from(conditions).join(', ')}.`);
  });
}

/** "Nested activities": loops hold If and Switch; If and Switch hold no container; loops are not nested; Validation stays outside. */
function validateNesting(activity: Json, at: string, around: readonly string[], report: ReportFinding): void {
  const type = textAt(activity, 'type')!;
  const parent = around.at(-1);
  if (parent === undefined) return;
  if (type === 'Validation') report(at, `A Validation activity cannot be inside ${parent}.`);
  if (!isContainer(activity)) return;
  const loop = around.find((outer) => loops.has(outer));
  if (branches.has(parent))
    report(at, `${type} cannot be inside ${parent}: put it in a pipeline of its own and use ExecutePipeline.`);
  else if (loops.has(type) && loop !== undefined)
    report(at, `${type} cannot be inside ${loop}: put it in a pipeline of its own and use ExecutePipeline.`);
}

function validateType(activity: Json, at: string, report: ReportFinding): void {
  const name = textAt(activity, 'name')!;
  if (name.length > limits.activityNameLength)
    report(
      `${at}.name`,
      `The activity's name has ${name.length} characters; the limit is ${limits.activityNameLength}.`,
    );
  const properties = objectAt(activity, 'typeProperties');
  switch (textAt(activity, 'type')) {
    case 'ForEach': {
      const batchCount = properties['batchCount'];
      if (
        batchCount !== undefined &&
        !(typeof batchCount === 'number' && batchCount >= 1 && batchCount <= limits.batchCount)
      )
        report(
          `${at}.typeProperties.batchCount`,
          `batchCount is ${String(batchCount)}; expected 1 to ${limits.batchCount}.`,
        );
      if (properties['isSequential'] !== true)
        for (const [index, inner] of arrayAt(properties, 'activities').entries())
          if (textAt(inner, 'type') === 'SetVariable')
            report(
              `${at}.typeProperties.activities[${index}]`,
              'SetVariable inside a ForEach that runs in parallel is unsafe: a variable belongs to the whole pipeline.',
              'warning',
            );
      break;
    }
    case 'Switch': {
      const cases = arrayAt(properties, 'cases');
      if (cases.length > limits.switchCases)
        report(
          `${at}.typeProperties.cases`,
          `The Switch has ${cases.length} cases; the limit is ${limits.switchCases}.`,
        );
      const values = cases.map((item) => textAt(item, 'value'));
      for (const [index, value] of values.entries())
        if (value === undefined || values.indexOf(value) !== index)
          report(
            `${at}.typeProperties.cases[${index}]`,
            value === undefined ? "A case has a 'value' that is text." : `The case '${value}' is there twice.`,
          );
      break;
    }
  }
}

/** Members of an activity that hold plain text, or that are looked at on their own. */
const notEvaluated = new Set(['name', 'type', 'description', 'dependsOn', 'typeProperties']);

/** What the expression of a control activity has to yield. */
const expectations: { readonly [type: string]: readonly [property: string, type: ParameterType] } = {
  ForEach: ['items', 'array'],
  Filter: ['items', 'array'],
  IfCondition: ['expression', 'boolean'],
  Until: ['expression', 'boolean'],
};

function validateExpressions(activity: Json, at: string, scope: ExpressionScope, report: ReportFinding): void {
  const type = textAt(activity, 'type')!;
  for (const [key, value] of Object.entries(isJsonObject(activity) ? activity : {}))
    if (!notEvaluated.has(key)) checkStrings(value, scope, `${at}.${key}`, report);
  const inner = new Set(branchesOf(activity).map(({ path }) => path.replace(/\[.*$/, '')));
  const own = Object.entries(objectAt(activity, 'typeProperties')).filter(([key]) => !inner.has(key));
  const [property, expected] = expectations[type] ?? [];
  // Until looks at what its own activities did; Filter's condition looks at one item.
  const scopeOf = (key: string): ExpressionScope => {
    if (type === 'Until' && key === 'expression')
      return { ...scope, upstream: new Set([...(scope.upstream ?? []), ...namesWithin(activity)]) };
    if (type === 'Filter' && key === 'condition') return { ...scope, item: true };
    return scope;
  };
  for (const [key, value] of own) {
    const where = `${at}.typeProperties.${key}`;
    checkStrings(value, scopeOf(key), where, report);
    const text = isJsonObject(value) ? textAt(value, 'value') : typeof value === 'string' ? value : undefined;
    if (key !== property || text === undefined || expected === undefined) continue;
    const mismatch = check(text, scopeOf(key), expected).filter(({ message }) => message.includes('is expected here'));
    for (const { message } of mismatch) report(where, `${message} In ${JSON.stringify(text)}.`);
  }
}

function namesWithin(activity: Json): string[] {
  const names: string[] = [];
  for (const branch of branchesOf(activity)) collectNames(branch.activities, names);
  return names;
}
