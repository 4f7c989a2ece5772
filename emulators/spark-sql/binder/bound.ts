import { type DataType, duckDbType as duckDbTypeOf, type Field, quoteString } from '../../delta/data-type.ts';
import type { NamedRelation, PathRelation, Query } from '../ast.ts';

/** An expression with its type, and its DuckDB SQL. */
export interface Bound {
  readonly sql: string;
  readonly type: DataType;
  /** Holds an aggregate outside of a window: GROUP BY ALL leaves it out. */
  readonly aggregate?: boolean;
  /** Makes rows (explode). */
  readonly generator?: boolean;
  /** The value of a string or number that is known now: patterns, formats and scales have to be. */
  readonly constant?: string | null;
  /** Written as a number: beside a decimal its digits count, not its type. */
  readonly digits?: string;
  /** For intervals: whether a part is smaller than a day. */
  readonly subDay?: boolean;
}

export interface OutputColumn {
  /** As Spark names it; may occur twice. */
  readonly name: string;
  /** As the emitted SQL names it; unique. */
  readonly sqlName: string;
  readonly type: DataType;
}

export interface BoundQuery {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
}

/** What a name or path stands for, looked up before binding. */
export type ResolvedRelation =
  | {
      readonly kind: 'table';
      readonly columns: readonly Field[];
      /** A relation for FROM that yields exactly `columns`, and `__file_path` when the query asks for file names. */
      readonly sql: (withFilePath: boolean) => string;
      /** Names by which columns may be qualified: [catalog, schema, table]. */
      readonly name: readonly string[];
    }
  | {
      readonly kind: 'view';
      readonly query: Query;
      readonly columns: readonly string[];
      readonly name: readonly string[];
    };

/** What binding needs to know of the session. */
export interface Environment {
  readonly relations: ReadonlyMap<NamedRelation | PathRelation, ResolvedRelation>;
  /** Session variables by lower-case name. */
  readonly variables: ReadonlyMap<string, Bound>;
  /** Named parameter markers by name. */
  readonly parameters: ReadonlyMap<string, Bound>;
  /** One instant for the whole statement, as Spark has it; microseconds since 1970. */
  readonly nowMicros: bigint;
  /** The current catalog and schema. */
  readonly namespace: readonly [catalog: string, schema: string];
}

/** A value as a typed literal. `text` is what a CAST of the string reads back; null is NULL. */
export function literal(type: DataType, text: string | null): Bound {
  const constant = text;
  if (text === null) return { sql: `CAST(NULL AS ${duckDbTypeOf(type)})`, type, constant };
  if (type.kind === 'string') return { sql: quoteString(text), type, constant };
  if (type.kind === 'boolean') return { sql: text === 'true' ? 'TRUE' : 'FALSE', type, constant };
  const number = type.kind === 'integer' || type.kind === 'long' || type.kind === 'short' || type.kind === 'byte';
  return {
    sql: `CAST(${number && /^-?\d+$/.test(text) ? text : quoteString(text)} AS ${duckDbTypeOf(type)})`,
    type,
    constant,
  };
}

/** Column names of a query's output, made unique for the emitted SQL. */
export function outputColumns(columns: readonly { name: string; type: DataType }[]): OutputColumn[] {
  const used = new Set<string>();
  return columns.map(({ name, type }) => {
    let sqlName = name;
    for (let count = 2; used.has(sqlName.toLowerCase()); count++) sqlName = `${name}#${count}`;
    used.add(sqlName.toLowerCase());
    return { name, sqlName, type };
  });
}
