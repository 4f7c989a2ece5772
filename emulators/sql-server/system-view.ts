import type { CatalogColumn } from '../tsql/index.ts';
import type { SqlType, SqlValue } from '../tsql/sql-type.ts';
import { duckLiteral, duckTypeName, quoteName } from './duck-type.ts';
import type { Engine } from './engine.ts';

/** A view that the server has by itself: its columns, and a DuckDB relation of what the session may see now. */
export interface SystemView {
  readonly columns: readonly CatalogColumn[];
  sql(engine: Engine): string;
}

/** A cell is a value, or a DuckDB expression to compute when the view is read. */
export type Cell = SqlValue | { readonly expression: string };

export const sysname: SqlType = { name: 'nvarchar', length: 128 };

/** A view whose rows the catalog gives. `columns`: name -> type; a cell left out is NULL. */
export function view(
  columns: Readonly<Record<string, SqlType>>,
  rows: (engine: Engine) => Iterable<Readonly<Record<string, Cell>>>,
): SystemView {
  const names = Object.entries(columns);
  return {
    columns: names.map(([name, type]) => ({ name, type, nullable: true })),
    sql(engine) {
      const tuples: string[] = [];
      for (const row of rows(engine)) {
        tuples.push(`(${names.map(([name, type]) => cell(row[name] ?? null, type)).join(', ')})`);
      }
      const types = names.map(
        ([name, type]) => `CAST(${quoteName(name)} AS ${duckTypeName(type)}) AS ${quoteName(name)}`,
      );
      const nothing = `(${names.map(() => 'NULL').join(', ')})`;
      const header = names.map(([name]) => quoteName(name)).join(', ');
      return `(SELECT ${types.join(', ')} FROM (VALUES ${tuples.length === 0 ? nothing : tuples.join(', ')}) AS v(${header})${
        tuples.length === 0 ? ' WHERE false' : ''
      })`;
    },
  };
}

function cell(value: Cell, type: SqlType): string {
  if (value === null) return 'NULL';
  if (typeof value === 'object' && 'expression' in value) return value.expression;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return duckLiteral(value, type);
}
