import { columnOf, type Defect } from './defects.ts';
import type { Window } from './shop.ts';
import type { Row, TableName } from './tables.ts';

export type Operation = 'insert' | 'update' | 'delete';

/** One version of one row. */
export interface Change {
  readonly operation: Operation;
  /** 1 for the insert, then counting up over the row's whole life, whatever the window. */
  readonly version: number;
  /** When it happened, epoch milliseconds. */
  readonly at: number;
  /** The row after the change, in the order of the table's columns; a delete has its key alone. */
  readonly values: Row;
}

/** Some changes of one table. A key's changes come in the order of their versions; between keys no order is promised. */
export interface ChangeChunk {
  readonly table: TableName | 'injected_defect';
  readonly changes: readonly Change[];
}

/** Where an entity's life is written: only what lies in the window is kept. */
export interface ChangeSink {
  readonly window: Window;
  insert(table: TableName, at: number, values: Row): void;
  update(table: TableName, version: number, at: number, values: Row): void;
  delete(table: TableName, version: number, at: number, key: number): void;
  /** Notes a defect with the insert of its row. */
  defect(table: TableName, at: number, key: number, defect: Defect | null): void;
}

/** A sink that hands out what it holds, chunk by chunk. */
export interface ChangeBuffer extends ChangeSink {
  readonly size: number;
  drain(): ChangeChunk[];
}

export function createChangeBuffer(window: Window): ChangeBuffer {
  let held = new Map<ChangeChunk['table'], Change[]>();
  let size = 0;

  function add(table: ChangeChunk['table'], operation: Operation, version: number, at: number, values: Row): void {
    if (at <= window.from || at > window.to) return;
    let changes = held.get(table);
    if (changes === undefined) {
      changes = [];
      held.set(table, changes);
    }
    changes.push({ operation, version, at, values });
    size++;
  }

  return {
    window,
    get size() {
      return size;
    },
    insert: (table, at, values) => add(table, 'insert', 1, at, values),
    update: (table, version, at, values) => add(table, 'update', version, at, values),
    delete: (table, version, at, key) => add(table, 'delete', version, at, [key]),
    defect(table, at, key, defect) {
      if (defect !== null) add('injected_defect', 'insert', 1, at, [table, key, defect, columnOf[defect]]);
    },
    drain() {
      const chunks = Array.from(held, ([table, changes]) => ({ table, changes }));
      held = new Map();
      size = 0;
      return chunks;
    },
  };
}
