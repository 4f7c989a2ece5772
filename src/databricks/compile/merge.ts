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
    `WHEN MATCHED AND ${belongs} AND ${notOlder} THEN UPDATE SET`,
    list(
      names.map((name) => `target.${name} = source.${name}`),
      '  ',
    ),
    `WHEN MATCHED AND NOT (${belongs}) AND ${notOlder} THEN DELETE`,
    `WHEN NOT MATCHED AND ${belongs} THEN INSERT (${names.join(', ')})`,
    `  VALUES (${names.map((name) => `source.${name}`).join(', ')})`,
  ].join('\n');
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
    `WHEN NOT MATCHED THEN INSERT (${names.join(', ')})`,
    `  VALUES (${names.map((name) => `source.${name}`).join(', ')})`,
  ].join('\n');
}

/** Erasure reaches back: the personal data of a subject whose row was deleted is emptied in all its versions. */
export function eraseHistory(model: Model): string[] {
  const personal = model.contract.columns.filter((column) => column.personal);
  if (personal.length === 0) return [];
  const subject = quoteName(model.contract.key[0]!);
  const statement = [
    `MERGE INTO ${quoteTable(model.id)} AS target`,
    `USING (SELECT DISTINCT ${subject} FROM ${quoteTable(`bronze.${model.contract.source}`)} WHERE _operation = 1) AS source`,
    `ON target.${subject} = source.${subject}`,
    `WHEN MATCHED AND NOT target._is_deleted THEN UPDATE SET`,
    list([...personal.map((column) => `target.${quoteName(column.name)} = NULL`), 'target._is_deleted = true'], '  '),
  ].join('\n');
  return [statement];
}
