import type {
  Expression,
  GroupingElement,
  OrderItem,
  QueryExpression,
  QuerySpecification,
  SelectItem,
  Top,
} from '../ast.ts';
import type { BoundExpression } from '../bound.ts';
import type { CatalogColumn } from '../catalog.ts';
import { isFolded, keyOf } from '../emit/compare.ts';
import { convert } from '../emit/convert.ts';
import { quoteIdentifier } from '../quote.ts';
import { SqlError } from '../sql-error.ts';
import { bindCondition } from './conditions.ts';
import { bindExpression, orderSql } from './expressions.ts';
import { bindFrom } from './from.ts';
import { type BoundBody, distinct, limitSql, positionOutOfRange, uniqueNames } from './query.ts';
import { fromItem, type Grouping, itemsOf, newAlias, type Scope, sameName } from './scope.ts';
import { isCharacter } from './types.ts';
import { hasAggregate } from './walk.ts';

export interface BoundItem {
  readonly name: string;
  readonly value: BoundExpression;
  readonly node?: Expression;
}

/** One SELECT. `query` brings ORDER BY and OFFSET when this is a query's whole body. */
export function bindSelect(spec: QuerySpecification, query: QueryExpression | undefined, outer: Scope): BoundBody {
  const { binding } = outer;
  const from = spec.from.length > 0 ? bindFrom(spec.from, outer) : { sql: '', items: [] };
  const scope: Scope = { binding, items: from.items, parent: outer, ctes: outer.ctes };
  const where = spec.where ? bindCondition(spec.where, { ...scope, aggregates: 'where' }) : undefined;

  const grouped =
    spec.groupBy.length > 0 || spec.having !== undefined || hasAggregate(spec.items) || hasAggregate(query?.orderBy);
  const groups = grouped ? bindGroups(spec.groupBy, scope) : undefined;
  const within = (clause: Grouping['clause']): Scope =>
    groups
      ? { ...scope, grouping: { keys: groups.keys, clause }, aggregates: 'allowed' }
      : { ...scope, aggregates: 'allowed' };

  const items = spec.items.flatMap((item) => bindItem(item, within('select list')));
  const having = spec.having ? bindCondition(spec.having, within('HAVING clause')) : undefined;
  const names = uniqueNames(items.map((item) => item.name));
  const columns = items.map((item, i) => outputColumn(item, names[i]!));

  const list = items.map((item, i) => `${columnSql(item.value)} AS ${quoteIdentifier(names[i]!)}`).join(', ');
  const order = query ? bindOrderBy(query.orderBy, items, within('ORDER BY clause')) : [];
  const parts = [
    from.sql && `FROM ${from.sql}`,
    where && `WHERE ${where}`,
    groups && groups.sql !== '' && `GROUP BY ${groups.sql}`,
    having && `HAVING ${having}`,
  ].filter((part) => part);
  const tail = parts.length > 0 ? ` ${parts.join(' ')}` : '';
  const orderText = order.length > 0 ? ` ORDER BY ${order.map((o) => o.sql).join(', ')}` : '';
  const offset = query ? limitSql(query, scope) : '';

  if (spec.distinct) {
    const sql = distinctSelect(`SELECT ${list}${tail}`, spec, items, columns, order, scope);
    return { sql: sql + offset, columns };
  }
  const top = spec.top ? bindTop(spec.top, order, scope) : { limit: '', qualify: '' };
  return { sql: `SELECT ${list}${tail}${top.qualify}${orderText}${top.limit}${offset}`, columns };
}

/** A bare NULL becomes int, a constant keeps the type its literal has. */
function columnSql(value: BoundExpression): string {
  if (value.untypedNull) return 'CAST(NULL AS INTEGER)';
  return value.sql;
}

function outputColumn({ name, value }: BoundItem, duckdbName: string): CatalogColumn {
  const { column } = value;
  return {
    name,
    type: value.type,
    nullable: value.nullable,
    duckdbName,
    ...(column?.identity && { identity: true }),
    ...(value.collation !== undefined && { collation: value.collation }),
    ...(value.untypedNull && { untypedNull: true }),
  };
}

export function bindItem(item: SelectItem, scope: Scope): readonly BoundItem[] {
  if (item.kind === 'assign') {
    const type = scope.binding.context.variable(item.variable);
    if (!type)
      throw new SqlError(137, `Must declare the scalar variable "${item.variable}".`, {
        severity: 15,
        line: item.line,
      });
    return [{ name: item.variable, value: convert(bindExpression(item.expression, scope), type) }];
  }
  if (item.kind === 'star') {
    const items = itemsOf(scope, item.qualifier);
    if (items.length === 0) throw new SqlError(263, 'Must specify table to select from.', { line: item.line });
    return items.flatMap((from) =>
      from.columns.flatMap(({ column }) => {
        if (column.hidden) return [];
        const node: Expression = {
          kind: 'column',
          name: { parts: [from.name, column.name], line: item.line },
          line: item.line,
        };
        const value = bindExpression(
          from.name === '' ? { ...node, name: { parts: [column.name], line: item.line } } : node,
          {
            ...scope,
            items: [from],
          },
        );
        return [{ name: column.name, value, node }];
      }),
    );
  }
  const value = bindExpression(item.expression, scope);
  const { expression } = item;
  const own =
    expression.kind === 'column' ? expression.name.parts.at(-1)! : expression.kind === 'action' ? '$action' : '';
  return [{ name: item.alias ?? own, value, node: expression }];
}

interface Groups {
  readonly sql: string;
  readonly keys: Grouping['keys'];
}

/** GROUP BY. Text groups by its key; the group's value is then any of its members. */
function bindGroups(elements: readonly GroupingElement[], scope: Scope): Groups {
  const several = elements.some((e) => e.kind !== 'expression');
  const keys: Grouping['keys'][number][] = [];
  const key = (node: Expression): string => {
    const plain = node.kind === 'parenthesized' ? node.operand : node;
    if (hasAggregate(plain)) {
      throw new SqlError(
        144,
        'Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause.',
        { severity: 15, line: node.line },
      );
    }
    const bound = bindExpression(plain, { ...scope, aggregates: 'where' });
    if (bound.literal !== undefined) {
      throw new SqlError(
        164,
        'Each GROUP BY expression must contain at least one column that is not an outer reference.',
        { severity: 15, line: node.line },
      );
    }
    const text = keyOf(bound);
    const member = isFolded(bound) ? `any_value(${bound.sql})` : bound.sql;
    const value = several && isFolded(bound) ? `CASE WHEN grouping(${text}) = 0 THEN ${member} END` : member;
    const { column: _, ...rest } = bound;
    keys.push({
      node: plain,
      raw: bound.sql,
      key: text,
      value: { ...(several ? rest : bound), sql: value, nullable: bound.nullable || several },
    });
    return text;
  };
  const set = (nodes: readonly Expression[]) =>
    nodes.length === 1 ? key(nodes[0]!) : `(${nodes.map(key).join(', ')})`;
  const element = (e: GroupingElement): string => {
    switch (e.kind) {
      case 'expression':
        return key(e.expression);
      case 'composite':
        return `(${e.expressions.map(key).join(', ')})`;
      case 'rollup':
      case 'cube':
        return `${e.kind.toUpperCase()} (${e.sets.map(set).join(', ')})`;
      case 'sets':
        return `GROUPING SETS (${e.elements.map(element).join(', ')})`;
    }
  };
  return { sql: elements.map(element).join(', '), keys };
}

interface BoundOrder {
  readonly sql: string;
  readonly value: BoundExpression;
  readonly item?: number;
  readonly descending: boolean;
}

/** ORDER BY of a SELECT: positions, then names of the select list, then expressions over FROM. */
function bindOrderBy(order: readonly OrderItem[], items: readonly BoundItem[], scope: Scope): readonly BoundOrder[] {
  return order.flatMap((o): readonly BoundOrder[] => {
    const { expression, descending } = o;
    const at = positionOf(expression, items, o.line);
    const value = at === undefined ? bindExpression(expression, scope) : items[at]!.value;
    if (value.literal !== undefined) {
      if (at !== undefined) return [];
      const message = `A constant expression was encountered in the ORDER BY list, position ${order.indexOf(o) + 1}.`;
      throw new SqlError(408, message, { line: o.line });
    }
    const found = at ?? items.findIndex((item) => item.value.sql === value.sql);
    return [{ sql: orderSql(value, descending), value, descending, ...(found >= 0 && { item: found }) }];
  });
}

function positionOf(expression: Expression, items: readonly BoundItem[], line: number): number | undefined {
  if (expression.kind === 'literal' && expression.type === 'int') {
    const position = Number(expression.text);
    if (position < 1 || position > items.length) throw positionOutOfRange(expression.text, line);
    return position - 1;
  }
  if (expression.kind !== 'column' || expression.name.parts.length !== 1) return undefined;
  const name = expression.name.parts[0]!;
  const found = items.flatMap((item, i) => (sameName(item.name, name) ? [i] : []));
  if (found.length > 1 && new Set(found.map((i) => items[i]!.value.sql)).size > 1) {
    throw new SqlError(209, `Ambiguous column name '${name}'.`, { line });
  }
  return found[0];
}

function distinctSelect(
  select: string,
  spec: QuerySpecification,
  items: readonly BoundItem[],
  columns: readonly CatalogColumn[],
  order: readonly BoundOrder[],
  scope: Scope,
): string {
  const folded = items.some((item) => isCharacter(item.value.type) || isFolded(item.value));
  const sql = folded ? distinct(select, columns, scope) : select.replace(/^SELECT/, 'SELECT DISTINCT');
  if (order.length === 0 && !spec.top) return sql;
  const alias = newAlias(scope.binding, 'd');
  const outputs = fromItem(alias, '', columns).columns;
  const outer = order.map((o): BoundOrder => {
    if (o.item === undefined) {
      throw new SqlError(145, 'ORDER BY items must appear in the select list if SELECT DISTINCT is specified.', {
        severity: 15,
        line: spec.line,
      });
    }
    const value: BoundExpression = { ...o.value, sql: outputs[o.item]!.sql };
    return { ...o, value, sql: orderSql(value, o.descending) };
  });
  const top = spec.top ? bindTop(spec.top, outer, scope) : { limit: '', qualify: '' };
  const orderText = outer.length > 0 ? ` ORDER BY ${outer.map((o) => o.sql).join(', ')}` : '';
  return `SELECT * FROM (${sql}) AS ${alias}${top.qualify}${orderText}${top.limit}`;
}

function bindTop(top: Top, order: readonly BoundOrder[], scope: Scope): { limit: string; qualify: string } {
  if (top.percent) return topPercent(top, order, scope);
  const count = topCount(top, scope);
  if (!top.withTies) return { limit: ` LIMIT ${count}`, qualify: '' };
  if (order.length === 0)
    throw new SqlError(1062, 'The TOP N WITH TIES clause is not allowed without a corresponding ORDER BY clause.', {
      line: top.line,
    });
  return { limit: '', qualify: ` QUALIFY rank() OVER (ORDER BY ${order.map((o) => o.sql).join(', ')}) <= ${count}` };
}

/** A percentage of the rows, rounded up to a whole row. */
function topPercent(top: Top, order: readonly BoundOrder[], scope: Scope): { limit: string; qualify: string } {
  const percent = convert(bindExpression(top.count, { ...scope, items: [] }), { name: 'float' }).sql;
  const by = order.length === 0 ? '' : `ORDER BY ${order.map((o) => o.sql).join(', ')}`;
  const place = top.withTies ? 'rank()' : 'row_number()';
  return { limit: '', qualify: ` QUALIFY ${place} OVER (${by}) <= ceil(count(*) OVER () * ${percent} / 100)` };
}

export function topCount(top: Top, scope: Scope): string {
  return convert(bindExpression(top.count, { ...scope, items: [] }), { name: 'bigint' }).sql;
}
