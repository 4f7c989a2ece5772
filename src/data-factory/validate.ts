import type { Declarations } from './expression/index.ts';
import { checkStrings, declared, type Finding, type ReportFinding } from './findings.ts';
import { arrayAt, type Json, objectAt, walk } from './json.ts';
import { builtInIntegrationRuntime, type FactoryObject, type FactoryObjects, keyOf, referencesOf } from './objects.ts';
import { validatePipeline } from './validate-pipeline.ts';

/**
 * Checks a factory offline: references between objects and their parameters, expressions, activity dependencies, nesting and limits.
 * What Studio and the service would refuse is an error, what only looks wrong is a warning.
 */
export function validate(objects: FactoryObjects): Finding[] {
  const byKey = new Map(objects.map((object) => [keyOf(object), object]));
  const factories = objects.filter((object) => object.folder === 'factory');
  const globalParameters = Object.assign(
    {},
    ...factories.map(({ body }) => declared(objectAt(body, 'properties', 'globalParameters'))),
  );
  const findings: Finding[] = [];
  for (const object of objects) {
    const report: ReportFinding = (path, message, severity = 'error') => {
      findings.push({ severity, object: keyOf(object), file: object.file, path, message });
    };
    validateName(object, report);
    validateReferences(object, byKey, report);
    switch (object.folder) {
      case 'pipeline':
        validatePipeline(object, globalParameters, report);
        break;
      case 'dataset':
        checkStrings(object.body['properties']!, { dataset: parametersOf(object) }, 'properties', report);
        break;
      case 'linkedService':
        checkStrings(object.body['properties']!, { linkedService: parametersOf(object) }, 'properties', report);
        break;
      case 'trigger':
        for (const [index, pipeline] of arrayAt(object.body['properties'], 'pipelines').entries())
          checkStrings(pipeline, { trigger: true }, `properties.pipelines[${index}]`, report);
        break;
    }
  }
  return findings;
}

/** "Naming rules": 1 to 260 characters, starting with a letter, digit or underscore. */
function validateName(object: FactoryObject, report: ReportFinding): void {
  const name = object.name.slice(object.name.lastIndexOf('/') + 1);
  if (name.length > 260) report('name', `The name has ${name.length} characters; the limit is 260.`);
  const forbidden = /[.+?/<>*%&:\\]/.exec(name)?.[0];
  if (forbidden !== undefined && object.folder !== 'factory')
    report('name', `The name '${name}' holds '${forbidden}', which Data Factory does not allow.`);
}

function validateReferences(
  object: FactoryObject,
  byKey: ReadonlyMap<string, FactoryObject>,
  report: ReportFinding,
): void {
  for (const reference of referencesOf(object.body)) {
    const target = byKey.get(keyOf(reference));
    if (target === undefined) {
      if (reference.folder === 'integrationRuntime' && reference.name === builtInIntegrationRuntime) continue;
      const close = Array.from(byKey.values()).find(
        ({ folder, name }) => folder === reference.folder && name.toLowerCase() === reference.name.toLowerCase(),
      );
      report(
        reference.path,
        `There is no ${reference.folder} '${reference.name}'${close === undefined ? '' : `; there is '${close.name}', and names are compared exactly`}.`,
      );
      continue;
    }
    if (!['dataset', 'linkedService', 'pipeline'].includes(target.folder)) continue;
    // ExecutePipeline and a trigger's pipelines keep the arguments beside the reference, not in it.
    const passed =
      target.folder === 'pipeline' ? argumentsBeside(object, reference.path) : (reference.parameters ?? {});
    validateArguments(target, passed, reference.path, report);
  }
}

function argumentsBeside(object: FactoryObject, path: string): { readonly [name: string]: Json } {
  const holderPath = path.replace(/\.?\w+$/, '');
  let passed: { readonly [name: string]: Json } = {};
  walk(object.body, (value, at) => {
    if (at === holderPath) passed = objectAt(value, 'parameters');
  });
  return passed;
}

function validateArguments(
  target: FactoryObject,
  passed: { readonly [name: string]: Json },
  path: string,
  report: ReportFinding,
): void {
  const parameters = objectAt(target.body, 'properties', 'parameters');
  for (const name of Object.keys(passed))
    if (!Object.hasOwn(parameters, name))
      report(
        path,
        `${keyOf(target)} has no parameter '${name}'; it has ${Object.keys(parameters).join(', ') || 'none'}.`,
      );
  for (const [name, definition] of Object.entries(parameters))
    if (!Object.hasOwn(passed, name) && objectAt(definition)['defaultValue'] === undefined)
      report(path, `${keyOf(target)} needs a value for its parameter '${name}', which has no default.`);
}

function parametersOf(object: FactoryObject): Declarations {
  return declared(objectAt(object.body, 'properties', 'parameters'));
}
