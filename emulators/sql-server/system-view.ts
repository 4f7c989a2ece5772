import type { CatalogColumn } from '../tsql/index.ts';
import type { SqlType, SqlValue } from '../tsql/sql-type.ts';
import { duckLiteral, duckTypeName, quoteName, quoteText, toDuck } from './duck-type.ts';
import type { Engine } from './engine.ts';

/** A view that the server has by itself: its columns, and a DuckDB relation of what the session may see now. */
export interface SystemView {
  readonly columns: readonly CatalogColumn[];
  sql(engine: Engine): string;
}

/** A cell is a value, or a DuckDB expression to compute when the view is read. */
export type Cell = SqlValue | { readonly expression: string };

export const sysname: SqlType = { name: 'nvarchar', length: 128 };

type Row = Readonly<Record<string, Cell>>;

/** A view whose rows the catalog gives. `columns`: name -> type; a cell left out is NULL. */
export function view(columns: Readonly<Record<string, SqlType>>, rows: (engine: Engine) => Iterable<Row>): SystemView {
  const names = Object.entries(columns);
  return {
    columns: names.map(([name, type]) => ({ name, type, nullable: true })),
    sql: (engine) => relation(names, [...rows(engine)]),
  };
}

/**
 * Rows as a DuckDB relation. A VALUES list of them would take DuckDB a tenth of a second to plan, a constant at a time: so the cells go as
 * one JSON text, in which a column that a query does not ask for costs nothing, and a column with one value throughout is that constant.
 */
function relation(columns: readonly (readonly [string, SqlType])[], rows: readonly Row[]): string {
  const told: { readonly name: string; readonly type: SqlType }[] = [];
  const items = columns.map(
    ([name, type]) => `CAST(${source(name, type)} AS ${duckTypeName(type)}) AS ${quoteName(name)}`,
  );
  function source(name: string, type: SqlType): string {
    const cells = rows.map((row) => row[name] ?? null);
    const literals = new Set(cells.map((each) => cell(each, type)));
    if (literals.size <= 1) return [...literals][0] ?? 'NULL';
    if (type.name !== 'datetimeoffset' && !cells.some(isExpression)) {
      const text = `r[${told.push({ name, type }) + 1}]`;
      return isBinary(type) ? `unhex(${text})` : text;
    }
    return `CASE r[1] ${cells.map((each, row) => `WHEN '${row}' THEN ${cell(each, type)}`).join(' ')} END`;
  }
  const texts = rows.map((row, number) => [
    String(number),
    ...told.map(({ name, type }) => textOf(row[name] ?? null, type)),
  ]);
  const json = quoteText(JSON.stringify(texts));
  return `(SELECT ${items.join(', ')} FROM (SELECT unnest(from_json(${json}, '[["VARCHAR"]]')) AS r))`;
}

/** What DuckDB casts to the value; bytes in hexadecimal. */
function textOf(value: Cell, type: SqlType): string | null {
  if (value === null || isExpression(value)) return null;
  if (isBinary(type)) return Buffer.from(value as Uint8Array).toString('hex');
  return String(typeof value === 'number' || typeof value === 'boolean' ? value : toDuck(value, type));
}

const isBinary = ({ name }: SqlType): boolean => name === 'binary' || name === 'varbinary';

const isExpression = (cell: Cell): cell is { readonly expression: string } =>
  typeof cell === 'object' && cell !== null && 'expression' in cell;

function cell(value: Cell, type: SqlType): string {
  if (value === null) return 'NULL';
  if (isExpression(value)) return value.expression;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return duckLiteral(value, type);
}
