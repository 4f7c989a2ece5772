import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ColumnDefinition,
  ledgerColumns,
  sqlTypeText,
  tableOf,
  tables,
  type Value,
} from '../../../src/shop/tables.ts';
import { changesOf, day, opened, shop } from './shop-under-test.ts';

const schema = join(import.meta.dirname, '../../../sql/schema');

/** The columns a script gives a table, as `name type NULL`. */
function columnsIn(file: string, table: string): string[] {
  const script = readFileSync(join(schema, file), 'utf8');
  const body = script.split(`CREATE TABLE ${table} (`)[1]?.split('\n);')[0] ?? '';
  return body.split('\n').flatMap((line) => {
    const column = /^ {2}([a-z_]+) ([a-z0-9]+(?:\([\d,]+\))?) ((?:NOT )?NULL)\b/.exec(line);
    return column === null ? [] : [`${column[1]} ${column[2]} ${column[3]}`];
  });
}

test.each(tables.map((table) => table.name))('sql/schema has %s as the generator has it', (name) => {
  const { columns, key } = tables.find((table) => table.name === name)!;
  expect(columnsIn('002_shop_tables.sql', `dbo.${name}`)).toEqual(
    columns.map((column) => `${column.name} ${sqlTypeText(column.type)} ${column.nullable ? 'NULL' : 'NOT NULL'}`),
  );
  expect(columnsIn('004_staging_tables.sql', `etl.staging_${name}`)).toEqual([
    'change_operation char(1) NOT NULL',
    'change_number int NOT NULL',
    ...columns.map(
      (column) => `${column.name} ${sqlTypeText(column.type)} ${column.name === key ? 'NOT NULL' : 'NULL'}`,
    ),
  ]);
});

test('sql/schema stages the ledger as the generator has it', () => {
  expect(columnsIn('004_staging_tables.sql', 'etl.staging_injected_defect')).toEqual(
    ledgerColumns.map((column) => `${column.name} ${sqlTypeText(column.type)} NOT NULL`),
  );
});

function fits({ type, nullable }: ColumnDefinition, value: Value): boolean {
  if (value === null) return nullable;
  switch (type.kind) {
    case 'bit':
      return typeof value === 'boolean';
    case 'char':
    case 'varchar':
      // Text that is not Unicode has to survive any code page.
      return typeof value === 'string' && value.length <= type.length && /^[\x20-\x7e]*$/.test(value);
    case 'nvarchar':
      return typeof value === 'string' && value.length <= type.length;
    case 'decimal':
      return typeof value === 'number' && Math.abs(value) < 10 ** (type.precision - type.scale);
    default:
      return Number.isSafeInteger(value);
  }
}

test('every value fits its column', () => {
  const wrong: unknown[] = [];
  for (const change of changesOf({ ...shop, ordersPerDay: 100 }, opened, opened + 40 * day)) {
    if (change.table === 'injected_defect' || change.operation === 'delete') continue;
    const { columns } = tableOf(change.table);
    columns.forEach((column, index) => {
      if (!fits(column, change.values[index]!)) wrong.push([change.table, column.name, change.values[index]]);
    });
    if (change.values.length !== columns.length) wrong.push(change);
  }
  expect(wrong.slice(0, 5)).toEqual([]);
});
