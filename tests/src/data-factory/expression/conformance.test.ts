import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ExpressionError,
  parseJson,
  stringifyJson,
  type Value,
} from '../../../../src/data-factory/expression/index.ts';
import { run } from './context.ts';

interface Case {
  readonly kind?: string;
  readonly expression: string;
  readonly result?: Value;
  readonly error?: true;
}

function cases(file: string): Case[] {
  const text = readFileSync(join(import.meta.dirname, '../../../conformance', file), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => parseJson(line) as unknown as Case);
}

/** What the expression gives, as exact JSON text. */
function outcome({ expression }: Case): string {
  try {
    return stringifyJson(run(expression));
  } catch (error) {
    if (error instanceof ExpressionError) return 'error';
    throw error;
  }
}

const dotnet = Map.groupBy(cases('adf-expressions-dotnet.jsonl'), ({ kind }) => kind ?? '');

test.each(Array.from(dotnet))('.NET: %s', (_kind, group) => {
  const wanted = group.map((item) => [item.expression, item.error ? 'error' : stringifyJson(item.result!)]);
  expect(group.map((item) => [item.expression, outcome(item)])).toEqual(wanted);
});

test('no case of .NET is lost', () => {
  expect(Array.from(dotnet.values()).flat()).toHaveLength(1247);
});

test.each(cases('adf-expressions-documented.jsonl'))('documented: $expression', (item) => {
  expect(outcome(item)).toBe(stringifyJson(item.result!));
});
