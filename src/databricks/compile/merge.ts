import type { ContractColumn } from '../contract.ts';
import { type Model, tableColumns } from '../models.ts';
import { quarantineColumns, quarantineOf } from './setup.ts';
import { list, quoteName, quoteTable } from './sql.ts';

/** A change never overwrites one of a later transaction: a repeated or late delivery changes nothing. */
const notOlder = 'source._lsn >= target._lsn';

/** The quarantine's merge comes first: the silver table's highest LSN then says that both are done. */
export function mergeQuarantine(model: Model): string {
  return merge(model, quarantineOf(model), quarantineColumns(model), "source._reasons <> ''");
}

export function mergeLatest(model: Model): string {
  return merge(model, model.id, tableColumns(model), "source._reasons = ''");
}

/** Rows that belong are updated or inserted; rows that no longer belong leave. */
function merge(model: Model, table: string, columns: readonly ContractColumn[], belongs: string): string {
  const names = columns.map((column) => quoteName(column.name));
  return [
    `MERGE INTO ${quoteTable(table)} AS target`,
    'USING refined AS source',
    `ON ${keyMatch(model.contract.key)}`,
    `WHEN MATCHED AND ${belongs} AND ${notOlder} THEN ${updateOf(names)}`,
    `WHEN MATCHED AND NOT (${belongs}) AND ${notOlder} THEN DELETE`,
    `WHEN NOT MATCHED AND ${belongs} THEN ${insertOf(names)}`,
  ].join('\n');
}

function updateOf(names: readonly string[]): string {
  return `UPDATE SET\n${list(
    names.map((name) => `target.${name} = source.${name}`),
    '  ',
  )}`;
}

function insertOf(names: readonly string[]): string {
  return `INSERT (${names.join(', ')})\n  VALUES (${names.map((name) => `source.${name}`).join(', ')})`;
}

function keyMatch(key: readonly string[]): string {
  return key.map((name) => `target.${quoteName(name)} = source.${quoteName(name)}`).join(' AND ');
}

/** Every change once, by its place in the source's log. */
export function mergeHistory(model: Model): string {
  const names = tableColumns(model).map((column) => quoteName(column.name));
  return [
    `MERGE INTO ${quoteTable(model.id)} AS target`,
    'USING typed AS source',
    `ON ${keyMatch(model.contract.key)}`,
    `WHEN NOT MATCHED THEN ${insertOf(names)}`,
  ].join('\n');
}

/** How bronze marks the rows of a snapshot: no captured change has this place in the log (`etl.plan_window`). */
const ofSnapshot = "_seqval = '0x00000000000000000000'";

/**
 * A snapshot names every key that lived when it was taken. What silver or quarantine holds from before the newest one, and it does not name, was
 * deleted where nobody saw: it gets its tombstone here. Without a snapshot in bronze, and once all is buried, nothing changes.
 */
export function buryUnnamed(model: Model): string[] {
  const bronze = quoteTable(`bronze.${model.contract.source}`);
  const key = model.contract.key.map(quoteName);
  const names = tableColumns(model).map((column) => quoteName(column.name));
  const held = [model.id, quarantineOf(model)].map((id) => `SELECT ${names.join(', ')} FROM ${quoteTable(id)}`);
  const buried = tableColumns(model).map(
    ({ name, type, personal }) =>
      `${personal ? `CAST(NULL AS ${type})` : (tombstone[name] ?? `held.${quoteName(name)}`)} AS ${quoteName(name)}`,
  );
  return [
    [
      `MERGE INTO ${quoteTable(model.id)} AS target`,
      'USING (',
      '  SELECT',
      list(buried, '    '),
      `  FROM (${held.join(' UNION ALL ')}) AS held`,
      `  JOIN (SELECT max(_lsn) AS _lsn FROM ${bronze} WHERE ${ofSnapshot}) AS taken ON held._lsn < taken._lsn`,
      `  LEFT ANTI JOIN (SELECT ${key.join(', ')}, _lsn FROM ${bronze} WHERE ${ofSnapshot}) AS named`,
      `    ON ${key.map((name) => `named.${name} = held.${name}`).join(' AND ')} AND named._lsn = taken._lsn`,
      '  WHERE NOT held._is_deleted',
      ') AS source',
      `ON ${keyMatch(model.contract.key)}`,
      `WHEN MATCHED THEN ${updateOf(names)}`,
      `WHEN NOT MATCHED THEN ${insertOf(names)}`,
    ].join('\n'),
    [
      `MERGE INTO ${quoteTable(quarantineOf(model))} AS target`,
      `USING (SELECT ${key.join(', ')} FROM ${quoteTable(model.id)} WHERE _is_deleted) AS source`,
      `ON ${keyMatch(model.contract.key)}`,
      'WHEN MATCHED THEN DELETE',
    ].join('\n'),
  ];
}

const tombstone: Readonly<Record<string, string>> = {
  _is_deleted: 'true',
  _repairs: "''",
  _lsn: 'taken._lsn',
  _command_id: '0',
  _seqval: "'0x00000000000000000000'",
};

/**
 * Erasure reaches back: the personal data of a subject who was deleted is emptied in all versions up to then. Bronze tells of deletes that
 * were captured, silver of those that only a snapshot brought to light.
 */
export function eraseHistory(model: Model): string[] {
  const personal = model.contract.columns.filter((column) => column.personal);
  if (personal.length === 0) return [];
  const subject = quoteName(model.contract.key[0]!);
  const statement = [
    `MERGE INTO ${quoteTable(model.id)} AS target`,
    'USING (',
    `  SELECT ${subject}, max(_lsn) AS _lsn`,
    `  FROM (SELECT ${subject}, _lsn FROM ${quoteTable(`bronze.${model.contract.source}`)} WHERE _operation = 1`,
    `    UNION ALL SELECT ${subject}, _lsn FROM ${quoteTable(`${model.layer}.${model.contract.versions_of}`)} WHERE _is_deleted) AS deleted`,
    `  GROUP BY ${subject}`,
    ') AS source',
    `ON target.${subject} = source.${subject}`,
    `WHEN MATCHED AND NOT target._is_deleted AND target._lsn <= source._lsn THEN UPDATE SET`,
    list([...personal.map((column) => `target.${quoteName(column.name)} = NULL`), 'target._is_deleted = true'], '  '),
  ].join('\n');
  return [statement];
}
