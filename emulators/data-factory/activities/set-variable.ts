import type { ActivityContext, ActivityType } from '../runtime/activity-context.ts';
import { badDefinition } from '../runtime/activity-error.ts';
import { convert } from '../runtime/parameters.ts';
import { readString } from './properties.ts';

/** Sets a variable, or (variable `pipelineReturnValue`, system) what the pipeline hands to an ExecutePipeline that waits for it. */
export const setVariable: ActivityType = {
  control: true,
  async execute(context) {
    const name = readString(context, 'variableName');
    if (context.properties['setSystemVariable'] === true) return setReturnValue(context, name);
    const declared = findVariable(context, name);
    const value = convert(context.evaluate(context.properties['value']), declared.type, `variable '${declared.name}'`);
    context.input({ name: declared.name, value });
    context.run.variables.set(declared.name, value);
    return { name: declared.name, value };
  },
};

/** A variable as the pipeline declares it. @throws ActivityError when it does not. */
export function findVariable(context: ActivityContext, name: string): { readonly name: string; readonly type: string } {
  for (const [declared, { type }] of Object.entries(context.run.definition.variables ?? {}))
    if (declared.toLowerCase() === name.toLowerCase()) return { name: declared, type };
  throw badDefinition(
    `The variable '${name}' that activity '${context.activity.name}' sets is not declared by the pipeline.`,
  );
}

interface ReturnPair {
  readonly key?: unknown;
  readonly value?: { readonly type?: string; readonly content?: unknown };
}

/** `[{ "key": ..., "value": { "type": "String" | "Expression" | ..., "content": ... } }]`, as Studio writes it. */
function setReturnValue(context: ActivityContext, name: string): unknown {
  if (name !== 'pipelineReturnValue')
    throw badDefinition(
      `The system variable '${name}' is not known; the only one that can be set is pipelineReturnValue.`,
    );
  const pairs = context.properties['value'];
  if (!Array.isArray(pairs))
    throw badDefinition(`The value of pipelineReturnValue must be an array of key-value pairs.`);
  const value = Object.fromEntries(
    (pairs as ReturnPair[]).map((pair) => {
      const key = context.evaluate(pair.key);
      if (typeof key !== 'string' || key === '')
        throw badDefinition(`A key of pipelineReturnValue is not a name: ${JSON.stringify(pair.key)}.`);
      return [key, returned(context, key, pair.value)];
    }),
  );
  context.input({ name, value });
  context.run.record.returnValue = { ...context.run.record.returnValue, ...value };
  context.run.changed();
  return { name, value };
}

function returned(context: ActivityContext, key: string, value: ReturnPair['value']): unknown {
  if (value === undefined) throw badDefinition(`pipelineReturnValue '${key}' has no value.`);
  if (value.type === 'Null') return null;
  if (value.type === 'Array' && Array.isArray(value.content))
    return (value.content as ReturnPair['value'][]).map((item) => returned(context, key, item));
  if (value.type === 'Object' && Array.isArray(value.content))
    return Object.fromEntries(
      (value.content as ReturnPair[]).map((pair) => [String(pair.key), returned(context, key, pair.value)]),
    );
  const content = context.evaluate(value.content);
  return value.type === undefined || value.type === 'Expression'
    ? content
    : convert(content, value.type, `pipelineReturnValue '${key}'`);
}
