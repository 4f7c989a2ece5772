import { quoteName } from '../../delta/data-type.ts';
import type { Alias, NamedRelation, PathRelation, Relation } from '../ast.ts';
import { notImplemented, SparkError } from '../spark-error.ts';
import type { BoundQuery } from './bound.ts';
import { commonType, implicitCast } from './coercion.ts';
import { bindCondition, bindExpression, type Place } from './expression.ts';
import { bindQuery, renamed } from './query.ts';
import { type Binding, emptyScope, relationOf, type Scope, type ScopeColumn, type ScopeRelation } from './scope.ts';

/** A FROM clause: what its names are, and its SQL once every expression of the select is bound. */
export interface BoundFrom {
  readonly relations: readonly ScopeRelation[];
  readonly sql: () => string;
}

export function bindFrom(binding: Binding, outer: Scope, relation: Relation): BoundFrom {
  switch (relation.node) {
    case 'named':
      return bindNamed(binding, outer, relation);
    case 'path':
      return bindTable(binding, relation, relation.path);
    case 'subquery':
      return fromQuery(
        binding,
        bindQuery(binding, { ...outer, relations: [], aliases: new Map() }, relation.query),
        relation.alias,
        [],
      );
    case 'tableFunction':
      return bindTableFunction(binding, outer, relation);
    case 'join':
      return bindJoin(binding, outer, relation);
  }
}

function fromQuery(binding: Binding, query: BoundQuery, alias: Alias | undefined, name: readonly string[]): BoundFrom {
  const bound = renamed(query, alias?.columns ?? [], alias?.name ?? '');
  const sqlAlias = binding.fresh('r');
  const names = bound.columns.map((column) => quoteName(column.sqlName)).join(', ');
  return {
    relations: [relationOf(sqlAlias, alias === undefined ? name : [alias.name], bound.columns)],
    sql: () => `(${bound.sql}) AS ${sqlAlias}(${names})`,
  };
}

function bindNamed(binding: Binding, outer: Scope, relation: NamedRelation): BoundFrom {
  const cte = relation.parts.length === 1 ? outer.ctes.get(relation.parts[0]!.toLowerCase()) : undefined;
  if (cte === undefined) return bindTable(binding, relation, relation.parts.join('.'));
  const bound = renamed(cte.query, relation.alias?.columns ?? [], relation.alias?.name ?? '');
  const sqlAlias = binding.fresh('r');
  const names = bound.columns.map((column) => quoteName(column.sqlName)).join(', ');
  return {
    relations: [relationOf(sqlAlias, [relation.alias?.name ?? relation.parts[0]!], bound.columns)],
    sql: () => `${cte.sqlName} AS ${sqlAlias}(${names})`,
  };
}

function bindTable(binding: Binding, relation: NamedRelation | PathRelation, written: string): BoundFrom {
  const resolved = binding.environment.relations.get(relation);
  if (resolved === undefined)
    throw new SparkError(
      'TABLE_OR_VIEW_NOT_FOUND',
      `The table or view \`${written.split('.').join('`.`')}\` cannot be found. Verify the spelling and correctness of the schema and catalog.`,
      { at: relation.at },
    );
  const { alias } = relation;
  if (resolved.kind === 'view') {
    // A view's text is bound in its own right: neither the caller's CTEs nor its columns are visible in it.
    const query = renamed(bindQuery(binding, emptyScope(), resolved.query), resolved.columns, written);
    return fromQuery(binding, query, alias, resolved.name);
  }
  const sqlAlias = binding.fresh('r');
  if (alias !== undefined && alias.columns.length > 0)
    throw notImplemented('column aliases of a table; name the columns in a subquery', relation.at);
  let withFilePath = false;
  const scope = relationOf(sqlAlias, alias === undefined ? resolved.name : [alias.name], resolved.columns);
  const filePath = (): string => {
    withFilePath = true;
    return `${sqlAlias}."__file_path"`;
  };
  return { relations: [{ ...scope, filePath }], sql: () => `${resolved.sql(withFilePath)} AS ${sqlAlias}` };
}

function bindTableFunction(
  binding: Binding,
  outer: Scope,
  { call, alias }: Extract<Relation, { node: 'tableFunction' }>,
): BoundFrom {
  const place: Place = { binding, scope: emptyScope({ ...outer, relations: [] }), windows: new Map() };
  if (call.node !== 'call') throw notImplemented('this table function', call.at);
  if (call.name === 'explode') {
    const bound = bindExpression(place, call);
    const query: BoundQuery = {
      sql: `SELECT ${bound.sql} AS "col"`,
      columns: [{ name: 'col', sqlName: 'col', type: bound.type }],
    };
    return fromQuery(binding, query, alias, ['explode']);
  }
  if (call.name === 'range') {
    const args = call.args.map((arg) => implicitCast(bindExpression(place, arg), { kind: 'long' }, arg.at).sql);
    const query: BoundQuery = {
      sql: `SELECT range AS "id" FROM range(${args.join(', ')})`,
      columns: [{ name: 'id', sqlName: 'id', type: { kind: 'long' } }],
    };
    return fromQuery(binding, query, alias, ['range']);
  }
  throw notImplemented(`the table function ${call.name}`, call.at);
}

function bindJoin(binding: Binding, outer: Scope, join: Extract<Relation, { node: 'join' }>): BoundFrom {
  const [left, right] = [bindFrom(binding, outer, join.left), bindFrom(binding, outer, join.right)];
  const relations = [...left.relations, ...right.relations];
  const scope: Scope = { relations, ctes: outer.ctes, outer, aliases: new Map(), aliasesFirst: false };
  const conditions = join.on === undefined ? [] : [bindCondition({ binding, scope, windows: new Map() }, join.on).sql];
  const merged = join.using.map((name) => {
    const key = name.toLowerCase();
    const [one, two] = [columnOf(left, key), columnOf(right, key)];
    if (one === undefined || two === undefined)
      throw new SparkError(
        'UNRESOLVED_USING_COLUMN_FOR_JOIN',
        `USING column \`${name}\` cannot be resolved on the ${one === undefined ? 'left' : 'right'} side of the join.`,
        { sqlState: '42703' },
      );
    const type = commonType(one.type, two.type) ?? one.type;
    const at = { line: 1, column: 1 };
    const [a, b] = [implicitCast(one, type, at).sql, implicitCast(two, type, at).sql];
    conditions.push(`(${a} = ${b})`);
    const value = join.kind === 'FULL' ? `coalesce(${a}, ${b})` : join.kind === 'RIGHT' ? b : a;
    return { name: one.name, type, sql: value };
  });
  for (const relation of relations)
    for (const { name } of merged)
      if (relation.columns.some((column) => column.name.toLowerCase() === name.toLowerCase()))
        relation.merged.add(name.toLowerCase());
  const kinds = {
    INNER: 'INNER JOIN',
    LEFT: 'LEFT JOIN',
    RIGHT: 'RIGHT JOIN',
    FULL: 'FULL JOIN',
    CROSS: 'CROSS JOIN',
    SEMI: 'SEMI JOIN',
    ANTI: 'ANTI JOIN',
  };
  const semi = join.kind === 'SEMI' || join.kind === 'ANTI';
  const on = join.kind === 'CROSS' ? '' : ` ON ${conditions.length === 0 ? 'TRUE' : conditions.join(' AND ')}`;
  // The merged columns come first, as a nameless relation of their own.
  const shared: ScopeRelation[] = merged.length === 0 ? [] : [{ name: [], columns: merged, merged: new Set() }];
  return {
    relations: [...shared, ...(semi ? left.relations : relations)],
    sql: () => {
      const other = join.right.node === 'join' ? `(${right.sql()})` : right.sql();
      return `${left.sql()} ${kinds[join.kind]} ${other}${on}`;
    },
  };
}

function columnOf(from: BoundFrom, name: string): ScopeColumn | undefined {
  return from.relations
    .filter((relation) => !relation.merged.has(name))
    .flatMap((relation) => relation.columns)
    .find((column) => column.name.toLowerCase() === name);
}
