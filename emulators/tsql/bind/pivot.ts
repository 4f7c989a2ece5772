import type { DerivedTable, Expression, Pivot, QuerySpecification, SelectItem, TableSource, Unpivot } from '../ast.ts';
import { SqlError } from '../sql-error.ts';
import { type FromItem, sameName } from './scope.ts';

/**
 * PIVOT and UNPIVOT as the queries they stand for: a GROUP BY with an aggregate over CASE for each column, and an APPLY of VALUES.
 * `items` are the source's, bound once to learn its columns.
 */

interface Named {
  readonly name: string;
  readonly expression: Expression;
}

function columnsOf(items: readonly FromItem[], line: number): readonly Named[] {
  return items.flatMap((item) =>
    item.columns.map(({ column: { name } }) => ({
      name,
      expression: {
        kind: 'column',
        name: { parts: item.name === '' ? [name] : [item.name, name], line },
        line,
      } as const,
    })),
  );
}

const has = (names: readonly string[], name: string): boolean => names.some((each) => sameName(each, name));

function derived(
  node: Pivot | Unpivot,
  items: readonly SelectItem[],
  from: TableSource,
  more: Partial<QuerySpecification>,
): DerivedTable {
  const { alias, line } = node;
  const body: QuerySpecification = { kind: 'select', distinct: false, items, from: [from], groupBy: [], ...more, line };
  return { kind: 'derived', alias, query: { with: [], body, orderBy: [], start: 0, end: 0, line }, line };
}

const item = ({ name, expression }: Named, line: number): SelectItem => ({
  kind: 'item',
  expression,
  alias: name,
  line,
});

export function pivoted(node: Pivot, items: readonly FromItem[]): DerivedTable {
  const { aggregate, column, line } = node;
  const [argument] = aggregate.args;
  if (argument?.kind !== 'column' || aggregate.args.length !== 1) {
    throw new SqlError(102, "Incorrect syntax near '('.", { severity: 15, line });
  }
  const used = [argument.name.parts.at(-1)!, column.parts.at(-1)!];
  const others = columnsOf(items, line).filter(({ name }) => !has(used, name));
  const cells = node.values.map((value): SelectItem => {
    const right: Expression = { kind: 'literal', type: 'nstring', text: value, line };
    const left: Expression = { kind: 'column', name: column, line };
    const branches = [{ when: { kind: 'comparison', operator: '=', left, right, line } as const, result: argument }];
    return { kind: 'item', alias: value, expression: { ...aggregate, args: [{ kind: 'case', branches, line }] }, line };
  });
  const groupBy = others.map(({ expression }) => ({ kind: 'expression', expression, line }) as const);
  return derived(node, [...others.map((each) => item(each, line)), ...cells], node.source, { groupBy });
}

export function unpivoted(node: Unpivot, items: readonly FromItem[]): DerivedTable {
  const { line } = node;
  const all = columnsOf(items, line);
  const turned = node.columns.map((name) => {
    const found = all.find((each) => sameName(each.name, name.parts.at(-1)!));
    if (!found) throw new SqlError(207, `Invalid column name '${name.parts.at(-1)}'.`, { line });
    return found;
  });
  const others = all.filter(({ name }) => !turned.some((each) => sameName(each.name, name)));
  const type = { written: 'nvarchar', type: { name: 'nvarchar', length: 128 }, line } as const;
  const rows = turned.map(({ name, expression }): Expression[] => {
    const operand: Expression = { kind: 'literal', type: 'nstring', text: name, line };
    return [expression, { kind: 'cast', function: 'cast', try: false, type, operand, line }];
  });
  const values: DerivedTable = {
    kind: 'derived',
    alias: '$unpivot',
    columns: [node.value, node.name],
    query: { with: [], body: { kind: 'values', rows, line }, orderBy: [], start: 0, end: 0, line },
    line,
  };
  const taken = [node.value, node.name].map(
    (name): Named => ({ name, expression: { kind: 'column', name: { parts: ['$unpivot', name], line }, line } }),
  );
  return derived(
    node,
    [...others, ...taken].map((each) => item(each, line)),
    { kind: 'apply', outer: false, left: node.source, right: values, line },
    { where: { kind: 'is null', not: true, operand: taken[0]!.expression, line } },
  );
}
