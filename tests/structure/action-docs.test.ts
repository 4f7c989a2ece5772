import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { withTables } from './action-docs.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const actions = globSync('actions/*/action.yml', { cwd: root }).map((file) => dirname(file));

test.each(actions)(
  "%s/README.md has action.yml's tables (node tests/structure/action-docs.ts writes them)",
  (action) => {
    const readme = read(`${action}/README.md`);
    expect(readme).toBe(withTables(readme, read(`${action}/action.yml`)));
  },
);

test.each(actions)("%s/README.md's example gives inputs that there are, and every required one", (action) => {
  const { inputs } = parse(read(`${action}/action.yml`)) as { inputs: Record<string, { required?: boolean }> };
  const example = /```yaml\n([\s\S]*?)```/.exec(read(`${action}/README.md`))![1]!;
  const steps = parse(example) as { uses?: string; with?: Record<string, string> }[];
  const given = Object.keys(steps.find((step) => step.uses === `./${action}`)!.with!);
  expect(given.filter((name) => !(name in inputs))).toEqual([]);
  expect(Object.keys(inputs).filter((name) => inputs[name]!.required && !given.includes(name))).toEqual([]);
});

test.each(actions)('%s reads the inputs and sets the outputs that action.yml declares, and no others', (action) => {
  const declared = parse(read(`${action}/action.yml`)) as {
    inputs: Record<string, unknown>;
    outputs: Record<string, unknown>;
  };
  const source = read(`${action}/main.ts`);
  const inputs = [...source.matchAll(/\b(?:text|requiredText|integer|flag|json|instant)\('([a-z-]+)'/g)].map(
    (match) => match[1]!,
  );
  // Every action opens its environment in runAction.
  expect([...new Set(['environment', ...inputs])].sort()).toEqual(Object.keys(declared.inputs).sort());
  const set = /setOutputs\(\{([\s\S]*?)\}\)/.exec(source)![1]!;
  const outputs = set
    .split(/,(?![^(]*\))/)
    .map((item) => /^\s*'?([a-z-]+)/.exec(item)?.[1])
    .filter((name) => name !== undefined);
  expect(outputs.sort()).toEqual(Object.keys(declared.outputs).sort());
});

test('tables are made from action.yml, in its order, and what is around them stays', () => {
  const readme = 'before\n<!-- from action.yml: begin -->\nold\n<!-- from action.yml: end -->\nafter\n';
  const action = [
    'inputs:',
    '  b: { description: "One | two", required: true }',
    '  a: { description: A, default: x }',
    '  c: { description: C }',
    'outputs:',
    '  o: { description: O }',
  ].join('\n');
  expect(withTables(readme, action).split('\n')).toEqual([
    'before',
    '<!-- from action.yml: begin -->',
    '| input | what it is | default |',
    '| --- | --- | --- |',
    '| `b` | One \\| two | required |',
    '| `a` | A | `x` |',
    '| `c` | C |  |',
    '',
    '| output | what it is |',
    '| --- | --- |',
    '| `o` | O |',
    '<!-- from action.yml: end -->',
    'after',
    '',
  ]);
  expect(() => withTables('no place', action)).toThrow('from action.yml: begin');
});
