import { duckDbType, quoteName, sameType } from '../../delta/data-type.ts';
import type { Expression, Query, QueryBody, Select, SortItem } from '../ast.ts';
import { type Position, SparkError } from '../spark-error.ts';
import { type Bound, type BoundQuery, outputColumns } from './bound.ts';
import { commonType, implicitCast, isIntegral, unify } from './coercion.ts';
import { bindCondition, bindExpression, type Place } from './expression.ts';
import { bindFrom } from './relation.ts';
import { type Binding, emptyScope, type Scope } from './scope.ts';

/** Binds a query: its DuckDB SQL and its columns. `outer` gives the names of the queries around it. */
export function bindQuery(binding: Binding, outer: Scope, query: Query): BoundQuery {
  const ctes = new Map(outer.ctes);
  const definitions: string[] = [];
  let scope: Scope = { ...outer, ctes };
  for (const cte of query.ctes) {
    const bound = renamed(bindQuery(binding, scope, cte.query), cte.columns, cte.name);
    const sqlName = binding.fresh('c');
    const columns = bound.columns.map((column) => quoteName(column.sqlName)).join(', ');
    definitions.push(`${sqlName}(${columns}) AS (${bound.sql})`);
    scope = { ...scope, ctes: new Map([...scope.ctes, [cte.name.toLowerCase(), { sqlName, query: bound }]]) };
  }
  const body = bindBody(binding, scope, query.body, query.orderBy);
  const limit = query.limit === undefined ? '' : ` LIMIT ${bindLimit(binding, scope, query.limit)}`;
  const offset = query.offset === undefined ? '' : ` OFFSET ${bindLimit(binding, scope, query.offset)}`;
  const definition = definitions.length === 0 ? '' : `WITH ${definitions.join(', ')} `;
  return { sql: `${definition}${body.sql}${limit}${offset}`, columns: body.columns };
}

/** A query whose columns an alias renames. */
export function renamed(bound: BoundQuery, names: readonly string[], of: string): BoundQuery {
  if (names.length === 0) return bound;
  if (names.length !== bound.columns.length)
    throw new SparkError(
      'ASSIGNMENT_ARITY_MISMATCH',
      `The number of columns or variables assigned or aliased: ${names.length} does not match the number of source expressions: ${bound.columns.length} (${of}).`,
      { sqlState: '42802' },
    );
  return {
    sql: bound.sql,
    columns: outputColumns(bound.columns.map((column, index) => ({ name: names[index]!, type: column.type }))),
  };
}

function bindLimit(binding: Binding, scope: Scope, expression: Expression): string {
  const place: Place = { binding, scope: emptyScope(scope), windows: new Map() };
  const bound = bindExpression(place, expression);
  if (!isIntegral(bound.type))
    throw new SparkError(
      'INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE',
      'The limit like expression must be of integer type.',
      { at: expression.at, sqlState: '42K0E' },
    );
  return `(${bound.sql})`;
}

function bindBody(binding: Binding, scope: Scope, body: QueryBody, orderBy: Query['orderBy']): BoundQuery {
  if (body.node === 'select') return bindSelect(binding, scope, body, orderBy);
  const bound =
    body.node === 'set'
      ? bindSet(binding, scope, body)
      : body.node === 'values'
        ? bindValues(binding, scope, body.rows, body.at)
        : bindQuery(binding, scope, body.query);
  if (orderBy !== 'ALL' && orderBy.length === 0)
    return body.node === 'nested' ? { ...bound, sql: `SELECT * FROM (${bound.sql})` } : bound;
  // Only the output can be ordered by.
  const alias = binding.fresh('q');
  const aliases = new Map(
    bound.columns.map((column): [string, Bound] => [
      column.name.toLowerCase(),
      { sql: `${alias}.${quoteName(column.sqlName)}`, type: column.type },
    ]),
  );
  const place: Place = { binding, scope: { ...emptyScope(scope), aliases, aliasesFirst: true }, windows: new Map() };
  const order = orderSql(place, orderBy, [...aliases.values()]);
  return { sql: `SELECT * FROM (${bound.sql}) AS ${alias}${order}`, columns: bound.columns };
}

function bindSet(binding: Binding, scope: Scope, body: Extract<QueryBody, { node: 'set' }>): BoundQuery {
  const [left, right] = [bindBody(binding, scope, body.left, []), bindBody(binding, scope, body.right, [])];
  if (left.columns.length !== right.columns.length)
    throw new SparkError(
      'NUM_COLUMNS_MISMATCH',
      `${body.op} can only be performed on inputs with the same number of columns, but the first input has ${left.columns.length} columns and the second input has ${right.columns.length} columns.`,
    );
  const columns = outputColumns(
    left.columns.map((column, index) => {
      const type = commonType(column.type, right.columns[index]!.type);
      if (type === undefined)
        throw new SparkError(
          'INCOMPATIBLE_COLUMN_TYPE',
          `${body.op} can only be performed on tables with compatible column types: column ${index + 1}.`,
          { sqlState: '42825' },
        );
      return { name: column.name, type };
    }),
  );
  const side = (query: BoundQuery): string => {
    const alias = binding.fresh('u');
    const items = columns.map((column, index) => {
      const own = query.columns[index]!;
      const value = `${alias}.${quoteName(own.sqlName)}`;
      return `${sameType(own.type, column.type) ? value : implicitCast({ sql: value, type: own.type }, column.type, unknownPosition).sql} AS ${quoteName(column.sqlName)}`;
    });
    return `SELECT ${items.join(', ')} FROM (${query.sql}) AS ${alias}`;
  };
  return { sql: `(${side(left)}) ${body.op}${body.all ? ' ALL' : ''} (${side(right)})`, columns };
}

const unknownPosition: Position = { line: 1, column: 1 };

function bindValues(
  binding: Binding,
  scope: Scope,
  rows: readonly (readonly Expression[])[],
  at: Position,
): BoundQuery {
  const place: Place = { binding, scope: emptyScope(scope), windows: new Map() };
  const bound = rows.map((row) => row.map((cell) => bindExpression(place, cell)));
  const width = bound[0]!.length;
  if (bound.some((row) => row.length !== width))
    throw new SparkError(
      'INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH',
      `Invalid inline table: expected ${width} columns in every row.`,
      { at, sqlState: '42000' },
    );
  const unified = Array.from({ length: width }, (_, index) =>
    unify(
      bound.map((row) => row[index]!),
      at,
      'VALUES',
    ),
  );
  const columns = outputColumns(unified.map(({ type }, index) => ({ name: `col${index + 1}`, type })));
  const alias = binding.fresh('v');
  const tuples = bound.map(
    (_, row) => `(${unified.map(({ values, type }) => `CAST(${values[row]!.sql} AS ${duckDbType(type)})`).join(', ')})`,
  );
  const names = columns.map((column) => quoteName(column.sqlName)).join(', ');
  return { sql: `SELECT * FROM (VALUES ${tuples.join(', ')}) AS ${alias}(${names})`, columns };
}

interface Item {
  readonly name: string;
  readonly bound: Bound;
}

function bindSelect(binding: Binding, outer: Scope, select: Select, orderBy: Query['orderBy']): BoundQuery {
  const from = select.from === undefined ? undefined : bindFrom(binding, outer, select.from);
  const relations = from?.relations ?? [];
  const base: Scope = { relations, ctes: outer.ctes, outer, aliases: new Map(), aliasesFirst: false };
  const { windows } = select;
  const items = bindItems(binding, base, select);
  const aliases = new Map(items.map((item): [string, Bound] => [item.name.toLowerCase(), item.bound]));
  const place: Place = { binding, scope: base, windows };
  // GROUP BY looks at the relations before the aliases, HAVING, QUALIFY and ORDER BY at the output first.
  const grouping: Place = { binding, scope: { ...base, aliases }, windows };
  const output: Place = { binding, scope: { ...base, aliases, aliasesFirst: true }, windows };

  const where = select.where === undefined ? '' : ` WHERE ${bindCondition(place, select.where).sql}`;
  const groupBy = groupSql(grouping, select, items);
  const having = select.having === undefined ? '' : ` HAVING ${bindCondition(output, select.having).sql}`;
  const qualify = select.qualify === undefined ? '' : ` QUALIFY ${bindCondition(output, select.qualify).sql}`;
  const columns = outputColumns(items.map(({ name, bound }) => ({ name, type: bound.type })));
  const list = items.map(({ bound }, index) => `${bound.sql} AS ${quoteName(columns[index]!.sqlName)}`);
  const order = orderSql(
    output,
    orderBy,
    items.map((item) => item.bound),
  );
  // Read last: binding the expressions may have asked the relations for file paths.
  const source = from === undefined ? '' : ` FROM ${from.sql()}`;
  return {
    sql: `SELECT ${select.distinct ? 'DISTINCT ' : ''}${list.join(', ')}${source}${where}${groupBy}${having}${qualify}${order}`,
    columns,
  };
}

/** The select list with stars spread out. An alias may be used by the items after it. */
function bindItems(binding: Binding, scope: Scope, select: Select): Item[] {
  const items: Item[] = [];
  const lateral = new Map<string, Bound>();
  for (const { expression, alias } of select.items) {
    if (expression.node === 'star') {
      items.push(...spread(scope, expression));
      continue;
    }
    const bound = bindExpression(
      { binding, scope: { ...scope, aliases: lateral }, windows: select.windows },
      expression,
    );
    items.push({ name: alias ?? nameOf(expression), bound });
    if (alias !== undefined && !bound.generator && !lateral.has(alias.toLowerCase()))
      lateral.set(alias.toLowerCase(), bound);
  }
  return items;
}

/** A column keeps its name; other expressions are called by their text. */
function nameOf(expression: Expression): string {
  if (expression.node === 'column') return expression.parts.at(-1)!;
  if (expression.node === 'field') return expression.field;
  if (expression.node === 'cast' && expression.operand.node === 'column') return expression.operand.parts.at(-1)!;
  return expression.text.replace(/^count\s*\(\s*\*\s*\)$/i, 'count(1)');
}

function spread(scope: Scope, star: Extract<Expression, { node: 'star' }>): Item[] {
  const qualifier = star.qualifier.map((part) => part.toLowerCase());
  const relations = scope.relations.filter(
    (relation) => qualifier.length === 0 || relation.name.slice(-qualifier.length).join('\0') === qualifier.join('\0'),
  );
  if (relations.length === 0)
    throw new SparkError(
      'CANNOT_RESOLVE_STAR_EXPAND',
      `Cannot resolve ${[...star.qualifier, '*'].join('.')} given input columns. Please check that the specified table or struct exists and is accessible in the input columns.`,
      { at: star.at, sqlState: '42704' },
    );
  const except = new Set(star.except.map((name) => name.toLowerCase()));
  const columns = relations.flatMap((relation) =>
    relation.columns.filter((column) => qualifier.length > 0 || !relation.merged.has(column.name.toLowerCase())),
  );
  for (const name of except)
    if (!columns.some((column) => column.name.toLowerCase() === name))
      throw new SparkError(
        'UNRESOLVED_COLUMN.WITH_SUGGESTION',
        `A column with name \`${name}\` in EXCEPT cannot be resolved.`,
        { at: star.at },
      );
  return columns
    .filter((column) => !except.has(column.name.toLowerCase()))
    .map((column) => ({ name: column.name, bound: { sql: column.sql, type: column.type } }));
}

function groupSql(place: Place, select: Select, items: readonly Item[]): string {
  if (select.groupBy === undefined) return '';
  if (select.groupBy === 'ALL') {
    const keys = items
      .filter(({ bound }) => !bound.aggregate && bound.constant === undefined)
      .map(({ bound }) => bound.sql);
    return keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`;
  }
  const keys = select.groupBy.map((expression) => {
    const ordinal = ordinalOf(expression);
    if (ordinal === undefined) return bindExpression(place, expression).sql;
    const item = items[ordinal - 1];
    if (item === undefined)
      throw new SparkError(
        'GROUP_BY_POS_OUT_OF_RANGE',
        `GROUP BY position ${ordinal} is not in select list (valid range is [1, ${items.length}]).`,
        { at: expression.at },
      );
    if (item.bound.aggregate)
      throw new SparkError(
        'GROUP_BY_POS_AGGREGATE',
        `GROUP BY ${ordinal} refers to an expression that contains an aggregate function.`,
        { at: expression.at, sqlState: '42903' },
      );
    return item.bound.sql;
  });
  return ` GROUP BY ${keys.join(', ')}`;
}

function ordinalOf(expression: Expression): number | undefined {
  return expression.node === 'literal' && expression.type.kind === 'integer' ? Number(expression.value) : undefined;
}

function orderSql(place: Place, orderBy: Query['orderBy'], output: readonly Bound[]): string {
  if (orderBy === 'ALL')
    return output.length === 0 ? '' : ` ORDER BY ${output.map((bound) => `${bound.sql} ASC NULLS FIRST`).join(', ')}`;
  if (orderBy.length === 0) return '';
  const keys = orderBy.map((item: SortItem) => {
    const ordinal = ordinalOf(item.expression);
    const bound = ordinal === undefined ? bindExpression(place, item.expression) : output[ordinal - 1];
    if (bound === undefined)
      throw new SparkError(
        'ORDER_BY_POS_OUT_OF_RANGE',
        `ORDER BY position ${ordinal} is not in select list (valid range is [1, ${output.length}]).`,
        { at: item.expression.at, sqlState: '42805' },
      );
    return `${bound.sql} ${item.descending ? 'DESC' : 'ASC'} NULLS ${item.nullsFirst ? 'FIRST' : 'LAST'}`;
  });
  return ` ORDER BY ${keys.join(', ')}`;
}
