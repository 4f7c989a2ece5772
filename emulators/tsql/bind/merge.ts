import type { Merge, MergeBranch } from '../ast.ts';
import type { BindContext, BoundMerge } from '../bound.ts';
import type { CatalogTable } from '../catalog.ts';
import { quoteIdentifier } from '../quote.ts';
import { notImplemented } from '../sql-error.ts';
import { assignmentValue, setColumns } from './change.ts';
import { bindCondition } from './conditions.ts';
import { bindExpression } from './expressions.ts';
import { bindFrom } from './from.ts';
import { insertColumns, insertIndices, wrongCount } from './insert.ts';
import { bindOutput } from './output.ts';
import { bindCommonTables } from './query.ts';
import { type FromItem, fromItem, newAlias, newBinding, rootScope, type Scope } from './scope.ts';
import { assigned, changed, columnIndex, columnValue, defaultOf, oldColumns, ROWID, targetTable } from './target.ts';

export function bindMerge(node: Merge, context: BindContext): BoundMerge {
  if (node.top) throw notImplemented('MERGE TOP', node.line);
  const binding = newBinding(context, node.maxRecursion);
  const { scope: outer, sql: withSql } = bindCommonTables(node.with, rootScope(binding));
  const table = targetTable(node.target, context);
  const alias = newAlias(binding, node.targetAlias ?? table.name);
  const exposed = node.targetAlias ?? node.target.name.parts.at(-1)!;
  const item = fromItem(alias, exposed, table.columns, node.targetAlias === undefined ? table.schema : undefined);
  const bound = bindFrom([node.source], outer);
  const source = bound.items;
  // A mark tells a source row from the outer join's NULLs.
  const marked = newAlias(binding, 'source');
  const inner = source.flatMap((s) => s.columns.map((c) => c.sql));
  const names = inner.map((_, i) => quoteIdentifier(`s${i}`));
  let n = 0;
  const items: readonly FromItem[] = source.map((s) => ({
    ...s,
    columns: s.columns.map((c) => ({ ...c, sql: `${marked}.${names[n++]}` })),
  }));
  const sourceSql = `(SELECT TRUE AS "$source"${inner.map((sql, i) => `, ${sql} AS ${names[i]}`).join('')} FROM ${bound.sql}) AS ${marked}`;
  const both: Scope = { ...outer, items: [item, ...items] };
  const on = bindCondition(node.on, { ...both, aggregates: 'on' });
  const bySource = node.branches.some((b) => b.when === 'not matched by source');
  const byTarget = node.branches.some((b) => b.when === 'not matched');
  const join = bySource && byTarget ? 'FULL JOIN' : bySource ? 'LEFT JOIN' : byTarget ? 'RIGHT JOIN' : 'JOIN';

  const rowid = `${alias}.rowid`;
  const matched = {
    matched: `${rowid} IS NOT NULL AND ${marked}."$source"`,
    'not matched': `${rowid} IS NULL`,
    'not matched by source': `${marked}."$source" IS NULL`,
  };
  const scopeOf = (branch: MergeBranch): Scope =>
    branch.when === 'not matched'
      ? { ...outer, items }
      : branch.when === 'matched'
        ? both
        : { ...outer, items: [item] };
  const tests = node.branches.map((branch) => {
    const and = branch.and ? ` AND (${bindCondition(branch.and, { ...scopeOf(branch), aggregates: 'where' })})` : '';
    return `(${matched[branch.when]}${and})`;
  });
  const branches = node.branches.map((branch) => branchValues(branch, table, item, scopeOf(branch), context));
  const sets = table.columns.flatMap((_, i) =>
    node.branches.some((b, k) => b.action.kind === 'update' && branches[k]!.has(i)) ? [i] : [],
  );
  const inserts = table.columns.flatMap((_, i) =>
    node.branches.some((b, k) => b.action.kind === 'insert' && branches[k]!.has(i)) ? [i] : [],
  );
  const written = table.columns.flatMap((_, i) => (sets.includes(i) || inserts.includes(i) ? [i] : []));
  const branch = `CASE ${tests.map((test, k) => `WHEN ${test} THEN ${k}`).join(' ')} END`;
  // The branch is chosen once, below, so that a branch's expressions run for its own rows alone.
  const rows = newAlias(binding, 'rows');
  const news = written.map((i) => {
    const cases = branches.map((values, k) => `WHEN ${k} THEN ${values.get(i) ?? item.columns[i]!.sql}`);
    return `CASE (${branch}) ${cases.join(' ')} END AS ${changed('new', i)}`;
  });
  const actions = node.branches.map((b, k) => `WHEN ${k} THEN '${b.action.kind.toUpperCase()}'`);
  const output = node.output
    ? bindOutput(
        node.output,
        table,
        context,
        {
          inserted: (i) => (written.includes(i) ? changed('new', i) : changed('old', i)),
          deleted: (i) => changed('old', i),
          merge: new Set(written),
        },
        { items: [item, ...items], item },
      )
    : undefined;
  const list = [
    `${rowid} AS ${ROWID}`,
    ...oldColumns(table, item),
    ...news,
    ...(output?.extra ?? []),
    `${branch} AS "$branch"`,
  ];
  const text = `SELECT * EXCLUDE ("$branch"), CASE "$branch" ${actions.join(' ')} END AS "$action" FROM (SELECT ${list.join(', ')} FROM ${table.sql} AS ${alias} ${join} ${sourceSql} ON ${on}) AS ${rows} WHERE "$branch" IS NOT NULL`;
  return {
    kind: 'merge',
    sql: withSql + text,
    parameters: binding.parameters,
    target: table,
    inserts,
    sets,
    ...(output && { output: output.bound }),
  };
}

/** What a branch writes, by column: its values, and defaults for the columns an INSERT leaves out. */
function branchValues(
  branch: MergeBranch,
  table: CatalogTable,
  item: FromItem,
  scope: Scope,
  context: BindContext,
): ReadonlyMap<number, string> {
  const values = new Map<number, string>();
  const { action } = branch;
  if (action.kind === 'update') {
    setColumns(action.set, table);
    for (const set of action.set) {
      if (set.column === undefined) throw notImplemented('variables in SET of MERGE', set.line);
      const index = columnIndex(table, set.column, set.line);
      const column = table.columns[index]!;
      values.set(index, assigned(assignmentValue(set, columnValue(item, index), scope, column), column, table));
    }
  } else if (action.kind === 'insert') {
    const given = action.values ? insertColumns(table, action.columns, context, branch.line) : [];
    if (action.values && action.values.length !== given.length)
      throw wrongCount(given.length, action.values.length, branch.line);
    for (const index of insertIndices(table, given)) {
      const column = table.columns[index]!;
      const node = action.values?.[given.indexOf(index)];
      const value =
        !node || node.kind === 'default'
          ? defaultOf(column, scope)
          : bindExpression(node, { ...scope, aggregates: 'where' });
      values.set(index, assigned(value, column, table));
    }
  }
  return values;
}
