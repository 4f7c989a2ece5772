import type { ColumnChunk } from '../tsql/sql-type.ts';

/**
 * Where an API cursor stands and what a fetch shows of it: the arithmetic of sp_cursorfetch, without a cursor.
 * https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-cursorfetch-transact-sql
 */

export const FetchType = {
  first: 0x01,
  next: 0x02,
  previous: 0x04,
  last: 0x08,
  absolute: 0x10,
  relative: 0x20,
  refresh: 0x80,
  info: 0x100,
  previousWithoutAdjustment: 0x200,
} as const;

/** The rows fetched last. `from` is -1 before the first row and the count of all rows after the last. */
export interface FetchBuffer {
  readonly from: number;
  readonly rows: number;
}

export interface Fetched extends FetchBuffer {
  /** The move went before the first row, and the server showed the first rows instead. */
  readonly adjusted: boolean;
}

export const BEFORE_FIRST: FetchBuffer = { from: -1, rows: 0 };

/** @param total rows of the cursor. undefined: no such type of fetch. */
export function move(at: FetchBuffer, total: number, type: number, row: number, rows: number): Fetched | undefined {
  switch (type) {
    case FetchType.first:
      return rows === 0 ? { ...BEFORE_FIRST, adjusted: false } : forward(0, rows, total);
    case FetchType.next:
      return forward(at.from < 0 ? 0 : at.from + at.rows, rows, total);
    case FetchType.previous:
      return backward(at.from - rows, rows, total, at.from > 0);
    case FetchType.previousWithoutAdjustment:
      return backward(at.from - rows, at.from - rows < 0 ? at.from : rows, total, false, at.from > 0);
    case FetchType.last:
      return rows === 0 ? forward(total, 0, total) : forward(Math.max(0, total - rows), rows, total);
    case FetchType.absolute:
      if (row === 0) return { ...BEFORE_FIRST, adjusted: false };
      return row > 0 ? forward(row - 1, rows, total) : backward(total + row, rows, total);
    case FetchType.relative: {
      const start = (at.from < 0 && row > 0 ? -1 : at.from) + row;
      return start < 0 ? backward(start, rows, total, at.from > 0) : forward(start, rows, total);
    }
    case FetchType.refresh:
      return { ...at, adjusted: false };
    default:
      return undefined;
  }
}

function forward(start: number, rows: number, total: number): Fetched {
  const from = Math.min(start, total);
  return { from, rows: Math.min(rows, total - from), adjusted: false };
}

/** @param adjusts whether a window that would begin before the first row is moved onto it. */
function backward(start: number, rows: number, total: number, adjusts = start + rows > 0, cuts = false): Fetched {
  if (start >= 0) return forward(start, rows, total);
  if (adjusts && total > 0) return { ...forward(0, rows, total), adjusted: true };
  return cuts ? forward(0, rows, total) : { ...BEFORE_FIRST, adjusted: false };
}

/** Some rows of chunks that lie one after the other, with one more column that is the same in every row. */
export function cut(chunks: readonly ColumnChunk[], buffer: FetchBuffer, last: number): ColumnChunk[] {
  const found: ColumnChunk[] = [];
  let begin = 0;
  const end = buffer.from + buffer.rows;
  for (const chunk of chunks) {
    const [from, to] = [Math.max(buffer.from - begin, 0), Math.min(end - begin, chunk.rows)];
    if (from < to) {
      const values = chunk.values.map((each) => each.slice(from, to));
      found.push({ rows: to - from, values: [...values, new Array<number>(to - from).fill(last)] });
    }
    begin += chunk.rows;
    if (begin >= end) break;
  }
  return found;
}
