import { type DataType, type Field, quoteName, STRING } from '../../delta/data-type.ts';
import { type Position, SparkError } from '../spark-error.ts';
import type { Bound, BoundQuery, Environment } from './bound.ts';

export interface ScopeColumn {
  readonly name: string;
  readonly type: DataType;
  readonly sql: string;
}

/** One relation of a FROM clause, by the names it may be called. */
export interface ScopeRelation {
  /** Lower case, innermost last: ['main', 'silver', 'orders'] answers to orders.x, silver.orders.x and main.silver.orders.x. */
  readonly name: readonly string[];
  readonly columns: readonly ScopeColumn[];
  /** Asks the relation for its rows' file path; undefined when it has none. */
  readonly filePath?: () => string;
  /** Columns a USING join merged into one of another relation: unqualified names pass them over. */
  readonly merged: Set<string>;
}

/** What names mean at a place of a query. */
export interface Scope {
  readonly relations: readonly ScopeRelation[];
  /** Common table expressions, lower case, innermost definition first. */
  readonly ctes: ReadonlyMap<string, { readonly sqlName: string; readonly query: BoundQuery }>;
  readonly outer: Scope | undefined;
  /** Aliases of the select list that come before (lateral column aliases), or its output. */
  readonly aliases: ReadonlyMap<string, Bound>;
  /** ORDER BY and HAVING look at the output first, everything else at the relations. */
  readonly aliasesFirst: boolean;
}

/** State of one statement's binding. */
export class Binding {
  readonly environment: Environment;
  #count = 0;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  /** A fresh name for the emitted SQL. */
  fresh(prefix: string): string {
    return `${prefix}${++this.#count}`;
  }
}

export function emptyScope(outer?: Scope): Scope {
  return { relations: [], ctes: outer?.ctes ?? new Map(), outer, aliases: new Map(), aliasesFirst: false };
}

export function relationOf(
  sqlAlias: string,
  name: readonly string[],
  columns: readonly (Field | { name: string; type: DataType; sqlName: string })[],
): ScopeRelation {
  return {
    name: name.map((part) => part.toLowerCase()),
    columns: columns.map((column) => ({
      name: column.name,
      type: column.type,
      sql: `${sqlAlias}.${quoteName('sqlName' in column ? column.sqlName : column.name)}`,
    })),
    merged: new Set(),
  };
}

/**
 * Finds a column: of this query's relations, of the select list, of the queries around, a session variable. Parts after the column's name are
 * fields of a struct. https://docs.databricks.com/sql/language-manual/sql-ref-name-resolution.html
 */
export function resolveColumn(binding: Binding, scope: Scope, parts: readonly string[], at: Position): Bound {
  for (let current: Scope | undefined = scope; current !== undefined; current = current.outer) {
    const alias = parts.length > 0 ? current.aliases.get(parts[0]!.toLowerCase()) : undefined;
    if (alias !== undefined && current.aliasesFirst) return fields(alias, parts.slice(1), at);
    const found = inRelations(current, parts, at);
    if (found !== undefined) return found;
    if (alias !== undefined) return fields(alias, parts.slice(1), at);
  }
  const unqualified =
    parts.length === 3 && /^system$/i.test(parts[0]!)
      ? parts.slice(2)
      : parts.length === 2 && /^session$/i.test(parts[0]!)
        ? parts.slice(1)
        : parts;
  const variable =
    unqualified.length === 1 ? binding.environment.variables.get(unqualified[0]!.toLowerCase()) : undefined;
  if (variable !== undefined) return variable;
  const near = scope.relations.flatMap((relation) => relation.columns.map((column) => column.name));
  const written = parts.map((part) => `\`${part}\``).join('.');
  throw new SparkError(
    near.length === 0 ? 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION' : 'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    `A column, variable, or function parameter with name ${written} cannot be resolved.${
      near.length === 0
        ? ''
        : ` Did you mean one of the following? [${closest(parts.at(-1)!, near)
            .map((name) => `\`${name}\``)
            .join(', ')}].`
    }`,
    { at },
  );
}

function inRelations(scope: Scope, parts: readonly string[], at: Position): Bound | undefined {
  // The longest qualifier first: a.b may be column b of a, or field b of column a.
  for (let length = Math.min(parts.length - 1, 3); length >= 0; length--) {
    const qualifier = parts.slice(0, length).map((part) => part.toLowerCase());
    const name = parts[length]!.toLowerCase();
    const matches = scope.relations.flatMap((relation) => {
      const called = length === 0 || relation.name.slice(-length).join('\0') === qualifier.join('\0');
      if (!called || (length === 0 && relation.merged.has(name))) return [];
      const metadata = name === '_metadata' && relation.filePath !== undefined ? [{ relation }] : [];
      return [...relation.columns.filter((column) => column.name.toLowerCase() === name), ...metadata];
    });
    if (matches.length > 1)
      throw new SparkError(
        'AMBIGUOUS_REFERENCE',
        `Reference \`${parts.join('`.`')}\` is ambiguous, could be: ${scope.relations
          .filter((relation) => relation.columns.some((column) => column.name.toLowerCase() === name))
          .map((relation) => `\`${[...relation.name.slice(-1), parts[length]].join('`.`')}\``)
          .join(', ')}.`,
        { at },
      );
    const match = matches[0];
    if (match === undefined) continue;
    if ('relation' in match) return fileMetadata(match.relation.filePath!(), parts.slice(length + 1), at);
    return fields({ sql: match.sql, type: match.type }, parts.slice(length + 1), at);
  }
  return undefined;
}

/** https://docs.databricks.com/ingestion/file-metadata-column.html */
function fileMetadata(path: string, rest: readonly string[], at: Position): Bound {
  const field = rest[0]?.toLowerCase();
  if (field === 'file_path') return { sql: path, type: STRING };
  if (field === 'file_name') return { sql: `regexp_extract(${path}, '[^/]*$')`, type: STRING };
  throw new SparkError(
    'LOCAL_ENGINE_NOT_IMPLEMENTED',
    'The local engine implements _metadata.file_path and _metadata.file_name only.',
    { at },
  );
}

export function fields(bound: Bound, path: readonly string[], at: Position): Bound {
  let value = bound;
  for (const name of path) {
    const { type } = value;
    const field =
      type.kind === 'struct'
        ? type.fields.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
        : undefined;
    if (field === undefined)
      throw new SparkError('FIELD_NOT_FOUND', `No such struct field \`${name}\`.`, { at, sqlState: '42704' });
    value = { ...value, sql: `(${value.sql}).${quoteName(field.name)}`, type: field.type };
  }
  return value;
}

function closest(name: string, candidates: readonly string[]): string[] {
  const distance = (left: string, right: string): number => {
    let row = Array.from({ length: right.length + 1 }, (_, index) => index);
    for (let i = 1; i <= left.length; i++) {
      const next = [i];
      for (let j = 1; j <= right.length; j++)
        next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1)));
      row = next;
    }
    return row[right.length]!;
  };
  return [...new Set(candidates)].sort((left, right) => distance(name, left) - distance(name, right)).slice(0, 5);
}
