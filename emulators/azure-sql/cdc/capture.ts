import { after, before, type ChangeSet, can, where } from '../../sql-server/dml/change-set.ts';
import { duckTypeName, type Engine, quoteName, run } from '../../sql-server/index.ts';
import { type CaptureInstance, changeTable, instancesOf } from './instance.ts';
import type { LsnClock } from './lsn-clock.ts';

/**
 * Writes a change set's rows into the change tables, in the transaction that applies it. A change of the primary key is a delete and an
 * insert, all deletes of the statement first, as the log reader of the service reports it. Rows whose captured columns all stay the
 * same are not captured.
 */
export async function capture(engine: Engine, clock: LsnClock, change: ChangeSet): Promise<void> {
  const found = instancesOf(engine.catalog, change.table);
  if (found.length === 0) return;
  const position = clock.position(engine.transaction, change.rows);
  for (const instance of found) {
    const into = `cdc.${quoteName(changeTable(instance))}`;
    for (const select of selects(change, instance, position))
      await run(engine.connection, `INSERT INTO ${into} ${select}`);
    const { lsn, command } = position;
    engine.transaction.onReturn(() =>
      run(
        engine.connection,
        `DELETE FROM ${into} WHERE "__$start_lsn" = unhex('${lsn}') AND "__$command_id" = ${command}`,
      ),
    );
  }
}

/** Where a statement's rows come in the order of changes. */
export interface Position {
  /** 20 hex digits. */
  readonly lsn: string;
  readonly command: number;
  /** Sequence numbers above this one are the statement's: four per row, enough for all its images. */
  readonly sequence: bigint;
}

interface Captured {
  readonly index: number;
  readonly type: string;
  readonly max: boolean;
}

function selects(change: ChangeSet, instance: CaptureInstance, position: Position): string[] {
  const captured = instance.columns.map((column): Captured => {
    const index = change.table.columns.findIndex((each) => each.id === column.id);
    return { index, type: duckTypeName(column.type), max: column.type.length === 'max' };
  });
  const { rows } = change;
  const parts: string[] = [];
  const all = `unhex('${bytes(captured.length)}')`;
  const moved = keyChange(change);
  const row = (operation: number, filter: string, value: (each: Captured) => string, offset: bigint): string =>
    `SELECT ${fixed(change, position, offset, String(operation), all)}, ${captured.map((each) => cast(each, value)).join(', ')}, ${position.command} FROM ${change.relation} WHERE ${filter}`;
  if (can(change, 'delete')) parts.push(row(1, where(change, 'delete'), (each) => before(each.index), 0n));
  if (can(change, 'update')) {
    const updates = `(${where(change, 'update')})`;
    if (moved) parts.push(row(1, `${updates} AND (${moved})`, (each) => before(each.index), 0n));
    const changed = captured.filter((each) => each.index >= 0 && change.sets.has(each.index));
    if (changed.length > 0) {
      const differs = changed.map((each) => difference(change, each.index)).join(' OR ');
      const values = captured.map((each) =>
        cast(each, () => {
          const old = before(each.index);
          if (!change.sets.has(each.index)) return each.max ? `CASE WHEN o.op = 4 THEN ${old} END` : old;
          const image = each.max ? `CASE WHEN ${difference(change, each.index)} THEN ${old} END` : old;
          return `CASE WHEN o.op = 3 THEN ${image} ELSE ${after(change, each.index)} END`;
        }),
      );
      parts.push(
        `SELECT ${fixed(change, position, rows, 'o.op', mask(change, captured))}, ${values.join(', ')}, ${position.command} FROM ${change.relation} CROSS JOIN (VALUES (3), (4)) AS o(op) WHERE ${updates} AND (${differs})${
          moved ? ` AND NOT (${moved})` : ''
        }`,
      );
    }
    if (moved) parts.push(row(2, `${updates} AND (${moved})`, (each) => after(change, each.index), rows * 2n));
  }
  if (can(change, 'insert'))
    parts.push(row(2, where(change, 'insert'), (each) => after(change, each.index), rows * 3n));
  return parts;
}

const cast = (each: Captured, value: (each: Captured) => string): string =>
  each.index < 0 ? `CAST(NULL AS ${each.type})` : `CAST(${value(each)} AS ${each.type})`;

/** The columns before the captured ones. A change set's rowids count its rows, from a large number inside a transaction. */
function fixed(change: ChangeSet, position: Position, offset: bigint, operation: string, updateMask: string): string {
  const first = position.sequence + offset + 1n;
  return `unhex('${position.lsn}'), NULL, unhex(printf('%020X', rowid - (SELECT min(rowid) FROM ${change.relation}) + ${first})), ${operation}, ${updateMask}`;
}

const difference = (change: ChangeSet, index: number): string =>
  `${before(index)} IS DISTINCT FROM ${after(change, index)}`;

/** Whether the primary key of a row changes; undefined when the statement cannot change it. */
function keyChange(change: ChangeSet): string | undefined {
  const key = change.table.keys.find((each) => each.kind === 'primary');
  const indices = (key?.columns ?? [])
    .map((each) => change.table.columns.findIndex((column) => column.name.toLowerCase() === each.name.toLowerCase()))
    .filter((index) => change.sets.has(index));
  if (indices.length === 0) return undefined;
  return indices.map((index) => difference(change, index)).join(' OR ');
}

/** Ordinal 1 is the lowest bit of the last byte. */
function mask(change: ChangeSet, captured: readonly Captured[]): string {
  const groups: string[] = [];
  for (let from = 0; from < captured.length; from += 8) {
    const bits = captured.slice(from, from + 8).flatMap((each, bit) => {
      if (each.index < 0 || !change.sets.has(each.index)) return [];
      return [`CASE WHEN ${difference(change, each.index)} THEN ${1 << bit} ELSE 0 END`];
    });
    groups.unshift(bits.length === 0 ? `'00'` : `printf('%02X', ${bits.join(' + ')})`);
  }
  return `unhex(concat(${groups.join(', ')}))`;
}

/** Hex of a mask with the lowest `count` bits set. */
function bytes(count: number): string {
  const digits = Math.ceil(count / 8) * 2;
  return ((1n << BigInt(count)) - 1n).toString(16).toUpperCase().padStart(digits, '0');
}
