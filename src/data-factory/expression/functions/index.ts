import { collectionFunctions } from './collection.ts';
import { contextFunctions } from './context.ts';
import { conversionFunctions } from './conversion.ts';
import { dateFunctions } from './date.ts';
import type { FunctionDefinition } from './define.ts';
import { logicalFunctions } from './logical.ts';
import { mathFunctions } from './math.ts';
import { stringFunctions } from './string.ts';

const all: readonly FunctionDefinition[] = [
  ...stringFunctions,
  ...collectionFunctions,
  ...logicalFunctions,
  ...conversionFunctions,
  ...mathFunctions,
  ...dateFunctions,
  ...contextFunctions,
];

const byName: ReadonlyMap<string, FunctionDefinition> = new Map(
  all.map((definition) => [definition.name.toLowerCase(), definition]),
);

export function findFunction(name: string): FunctionDefinition | undefined {
  return byName.get(name.toLowerCase());
}

/** Every function's documented spelling. */
export const functionNames: readonly string[] = all.map((definition) => definition.name).sort();
