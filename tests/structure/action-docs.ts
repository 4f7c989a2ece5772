/**
 * The input and output tables of `actions/<name>/README.md`, made from `action.yml`, which is their source. The test beside fails when one is stale;
 * `node tests/structure/action-docs.ts` writes them anew.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';

interface Action {
  readonly inputs?: Readonly<Record<string, { description: string; required?: boolean; default?: string }>>;
  readonly outputs?: Readonly<Record<string, { description: string }>>;
}

const begin = '<!-- from action.yml: begin -->';
const end = '<!-- from action.yml: end -->';

/** The README with its tables as `action.yml` has them. @throws when it has no place for them. */
export function withTables(readme: string, actionYml: string): string {
  const [head, rest] = readme.split(begin);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined)
    throw new Error(`expected ${begin} and ${end}, each on a line of its own`);
  return `${head}${begin}\n${tables(parse(actionYml) as Action)}\n${end}${tail}`;
}

function tables({ inputs = {}, outputs = {} }: Action): string {
  const rows = (cells: readonly (readonly string[])[]): string =>
    cells.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
  const fallback = ({ required, default: value }: { required?: boolean; default?: string }): string =>
    required ? 'required' : value === undefined || value === '' ? '' : `\`${value}\``;
  return [
    rows([
      ['input', 'what it is', 'default'],
      ['---', '---', '---'],
      ...Object.entries(inputs).map(([name, input]) => [`\`${name}\``, input.description, fallback(input)]),
    ]),
    rows([
      ['output', 'what it is'],
      ['---', '---'],
      ...Object.entries(outputs).map(([name, output]) => [`\`${name}\``, output.description]),
    ]),
  ].join('\n\n');
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '../..');
  for (const file of globSync('actions/*/action.yml', { cwd: root })) {
    const readme = join(root, dirname(file), 'README.md');
    writeFileSync(readme, withTables(readFileSync(readme, 'utf8'), readFileSync(join(root, file), 'utf8')));
  }
}
