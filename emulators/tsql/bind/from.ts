import type { TableSource } from '../ast.ts';
import type { CatalogColumn, CatalogObject, Relation } from '../catalog.ts';
import { builtinTableFunction } from '../functions/table.ts';
import { notImplemented, SqlError } from '../sql-error.ts';
import { bindCondition } from './conditions.ts';
import { bindExpression } from './expressions.ts';
import { pivoted, unpivoted } from './pivot.ts';
import { bindQueryBody, bindSubquery, bindView } from './query.ts';
import { type FromItem, fromItem, newAlias, newBinding, type Scope, sameName } from './scope.ts';

export interface BoundFrom {
  readonly sql: string;
  readonly items: readonly FromItem[];
}

/** FROM: its items joined. `outer` is the scope of the query around, which APPLY's and subqueries' names may reach. */
export function bindFrom(sources: readonly TableSource[], outer: Scope): BoundFrom {
  const bound: BoundFrom[] = [];
  for (const source of sources) bound.push(bindSource(source, outer, []));
  const items = bound.flatMap((b) => b.items);
  checkExposed(items, sources[0]?.line ?? 1);
  return { sql: bound.map((b) => b.sql).join(' CROSS JOIN '), items };
}

function checkExposed(items: readonly FromItem[], line: number): void {
  items.forEach((item, i) => {
    const twin = items
      .slice(0, i)
      .find(
        (o) =>
          item.name !== '' && sameName(o.name, item.name) && o.schema?.toLowerCase() === item.schema?.toLowerCase(),
      );
    if (!twin) return;
    const message = `The objects "${item.name}" and "${twin.name}" in the FROM clause have the same exposed names. Use correlation names to distinguish them.`;
    throw new SqlError(1013, message, { line });
  });
}

/** `lateral`: items of the left side, seen by the right side of APPLY. */
function bindSource(source: TableSource, outer: Scope, lateral: readonly FromItem[]): BoundFrom {
  switch (source.kind) {
    case 'join': {
      const left = bindSource(source.left, outer, lateral);
      const right = bindSource(source.right, outer, lateral);
      const items = [
        ...(source.type === 'right' || source.type === 'full' ? left.items.map(asNullable) : left.items),
        ...(source.type === 'left' || source.type === 'full' ? right.items.map(asNullable) : right.items),
      ];
      if (source.type === 'cross') return { sql: `${left.sql} CROSS JOIN ${grouped(source.right, right)}`, items };
      const { grouping: _, ...plain } = outer;
      const scope: Scope = { ...plain, items: [...lateral, ...items], parent: outer, aggregates: 'on' };
      const on = bindCondition(source.on!, scope);
      const word = source.type === 'inner' ? 'JOIN' : `${source.type.toUpperCase()} JOIN`;
      return { sql: `${left.sql} ${word} ${grouped(source.right, right)} ON ${on}`, items };
    }
    case 'apply': {
      const left = bindSource(source.left, outer, lateral);
      const right = bindSource(source.right, outer, [...lateral, ...left.items]);
      const items = [...left.items, ...(source.outer ? right.items.map(asNullable) : right.items)];
      const join = source.outer ? 'LEFT JOIN LATERAL' : 'JOIN LATERAL';
      return { sql: `${left.sql} ${join} ${lateralSql(source.right, right)} ON TRUE`, items };
    }
    case 'pivot':
      return bindItem(pivoted(source, probe(source.source, outer, lateral)), outer, lateral);
    case 'unpivot':
      return bindItem(unpivoted(source, probe(source.source, outer, lateral)), outer, lateral);
    default:
      return bindItem(source, outer, lateral);
  }
}

/** What a source's columns are; its SQL and parameters are left behind. */
function probe(source: TableSource, outer: Scope, lateral: readonly FromItem[]): readonly FromItem[] {
  return bindSource(source, { ...outer, binding: newBinding(outer.binding.context) }, lateral).items;
}

function grouped(source: TableSource, bound: BoundFrom): string {
  return source.kind === 'join' || source.kind === 'apply' ? `(${bound.sql})` : bound.sql;
}

function lateralSql(source: TableSource, bound: BoundFrom): string {
  if (bound.sql.startsWith('(')) return bound.sql;
  if (source.kind === 'join' || source.kind === 'apply')
    throw notImplemented('APPLY of a join in parentheses', source.line);
  const item = bound.items[0]!;
  return `(SELECT * FROM ${bound.sql}) AS ${item.alias}`;
}

function asNullable(item: FromItem): FromItem {
  return { ...item, columns: item.columns.map((c) => ({ ...c, nullable: true })) };
}

function bindItem(
  source: Exclude<TableSource, { kind: 'join' | 'apply' | 'pivot' | 'unpivot' }>,
  outer: Scope,
  lateral: readonly FromItem[],
): BoundFrom {
  const { binding } = outer;
  const { catalog } = binding.context;
  const { grouping: _, ...plain } = outer;
  const inner: Scope = lateral.length > 0 ? { ...plain, items: lateral, parent: outer } : outer;
  const relation = (bound: Relation, name: string, schema?: string, columnNames?: readonly string[]): BoundFrom => {
    const alias = newAlias(binding, name);
    const columns = renamed(bound.columns, columnNames, name, source.line);
    const item = {
      ...fromItem(alias, name, columns, schema),
      ...(bound.method && { method: bound.method.bind(bound) }),
    };
    return { sql: `${bound.sql} AS ${alias}`, items: [item] };
  };
  switch (source.kind) {
    case 'table': {
      const last = source.name.parts.at(-1)!;
      const cte = source.name.parts.length === 1 ? outer.ctes.get(last.toLowerCase()) : undefined;
      if (cte) return relation({ sql: cte.sqlName, columns: cte.columns }, source.alias ?? last);
      const object = catalog.object(source.name);
      if (!object) throw invalidObject(source.name.parts.join('.'), source.line);
      const schema = source.alias === undefined ? object.schema : undefined;
      return relation(objectRelation(object, outer), source.alias ?? last, schema);
    }
    case 'table variable': {
      const object = catalog.object({ parts: [source.name], line: source.line });
      if (!object)
        throw new SqlError(1087, `Must declare the table variable "${source.name}".`, {
          severity: 15,
          line: source.line,
        });
      return relation(objectRelation(object, outer), source.alias ?? source.name);
    }
    case 'derived': {
      const bound =
        source.query.body.kind === 'values'
          ? bindQueryBody(source.query.body, { ...inner })
          : bindSubquery(source.query, inner, { derived: true });
      return relation(
        { sql: `(${bound.sql})`, columns: namedColumns(bound.columns, source, source.columns) },
        source.alias,
        undefined,
        source.columns,
      );
    }
    case 'table function': {
      const args = source.args.map((arg) => bindExpression(arg, inner));
      const last = source.name.parts.at(-1)!;
      const bound = catalog.tableFunction(source.name, args) ?? builtinTableFunction(source.name, args);
      if (!bound) throw invalidObject(source.name.parts.join('.'), source.line);
      return relation(bound, source.alias ?? last, undefined, source.columns);
    }
    case 'openrowset': {
      const bound = catalog.openRowset?.(source);
      if (!bound) throw notImplemented('OPENROWSET', source.line);
      return relation(bound, source.alias ?? '', undefined, source.columns);
    }
    case 'openjson': {
      const bound = catalog.openJson?.(source, bindExpression(source.document, inner));
      if (!bound) throw notImplemented('OPENJSON', source.line);
      return relation(bound, source.alias ?? '');
    }
  }
}

export function invalidObject(name: string, line: number): SqlError {
  return new SqlError(208, `Invalid object name '${name}'.`, { line });
}

export function objectRelation(object: CatalogObject, outer: Scope): Relation {
  if (object.kind === 'table') return { sql: object.sql, columns: object.columns };
  if (object.query) return bindView(object, outer);
  return { sql: object.sql!, columns: object.columns ?? [] };
}

/** A derived table's columns: each named once. */
export function namedColumns(
  columns: readonly CatalogColumn[],
  source: { readonly alias: string; readonly line: number },
  names?: readonly string[],
): readonly CatalogColumn[] {
  if (names) return columns;
  const seen = new Set<string>();
  columns.forEach((column, i) => {
    if (column.name === '') {
      throw new SqlError(8155, `No column name was specified for column ${i + 1} of '${source.alias}'.`, {
        line: source.line,
      });
    }
    const key = column.name.toLowerCase();
    if (seen.has(key)) {
      throw new SqlError(8156, `The column '${column.name}' was specified multiple times for '${source.alias}'.`, {
        line: source.line,
      });
    }
    seen.add(key);
  });
  return columns;
}

/** `AS t(a, b)`: new names for the same DuckDB columns. */
export function renamed(
  columns: readonly CatalogColumn[],
  names: readonly string[] | undefined,
  table: string,
  line: number,
): readonly CatalogColumn[] {
  if (!names) return columns;
  if (names.length !== columns.length) {
    const [number, word] = names.length < columns.length ? [8158, 'more'] : [8159, 'fewer'];
    throw new SqlError(number, `'${table}' has ${word} columns than were specified in the column list.`, { line });
  }
  return columns.map((column, i) => ({ ...column, name: names[i]!, duckdbName: column.duckdbName ?? column.name }));
}
