import { columnOf, type Defect, defectsOf } from '../../../src/shop/defects.ts';
import type { TableName } from '../../../src/shop/tables.ts';
import { changesOf, day, type FlatChange, type Named, named, opened, shop } from './shop-under-test.ts';

const bad = { ...shop, ordersPerDay: 45, defectRate: 0.06 };
const history = changesOf(bad, opened, opened + 60 * day).sort((a, b) => a.at - b.at || a.version - b.version);
const ledger = history
  .filter((change) => change.table === 'injected_defect')
  .map(({ at, values: [table, key, defect, column] }) => ({
    at,
    table: table as TableName,
    key: key as number,
    defect: defect as Defect,
    column: column as string,
  }));
const byRow = new Map(ledger.map((entry) => [`${entry.table} ${entry.key}`, entry]));
const rows = history.filter((change) => change.table !== 'injected_defect');
const inserts = rows.filter((change) => change.operation === 'insert');
const keysOf = (table: TableName) => new Set(inserts.filter((row) => row.table === table).map((row) => row.values[0]));
const known = { orders: keysOf('orders'), products: keysOf('products'), order_items: keysOf('order_items') };
const references = new Map<unknown, number[]>();
for (const row of inserts)
  if (row.table === 'payments') {
    const { provider_reference: reference, payment_id: key } = named('payments', row.values);
    references.set(reference, [...(references.get(reference) ?? []), key as number]);
  }

/** How each defect shows in a row: the eyes silver has to have. */
const shows: Record<Defect, (row: Named) => boolean> = {
  email_case: ({ email }) => email !== null && email !== (email as string).toLowerCase(),
  email_space: ({ email }) => email !== null && email !== (email as string).trim(),
  email_invalid: ({ email }) => email !== null && !(email as string).includes('@'),
  email_missing: ({ email }) => email === null,
  name_space: ({ name }) => /^ | {2}| $/.test(name as string),
  quantity_impossible: ({ quantity }) => (quantity as number) < 1 || (quantity as number) > 1000,
  product_orphan: ({ product_id: id }) => !known.products.has(id as number),
  duplicate: ({ payment_id: key, provider_reference: reference }) =>
    (references.get(reference) ?? []).indexOf(key as number) > 0,
  order_orphan: ({ order_id: id }) => !known.orders.has(id as number),
  item_orphan: ({ order_item_id: id }) => !known.order_items.has(id as number),
  carrier_case: ({ carrier }) => carrier !== (carrier as string).toUpperCase(),
  currency_case: ({ currency }) => currency !== (currency as string).toUpperCase(),
};

test('every version of every row shows exactly the defect the ledger has for it, and no other row shows any', () => {
  const wrong = rows.filter((change) => {
    if (change.operation === 'delete') return false;
    const table = change.table as TableName;
    const row = named(table, change.values);
    const found = (defectsOf[table] ?? []).filter((defect) => shows[defect](row));
    const noted = byRow.get(`${table} ${change.values[0]}`)?.defect;
    return found.join() !== (noted ?? '');
  });
  expect(wrong.slice(0, 5)).toEqual([]);
});

test('every kind of defect occurs', () => {
  expect(new Set(ledger.map((entry) => entry.defect))).toEqual(new Set(Object.keys(columnOf)));
});

test('the ledger names a row once, with its column, at the moment the row appears', () => {
  expect(byRow.size).toBe(ledger.length);
  const created = new Map(inserts.map((row) => [`${row.table} ${row.values[0]}`, row.at]));
  const wrong = ledger.filter(
    (entry) => created.get(`${entry.table} ${entry.key}`) !== entry.at || entry.column !== columnOf[entry.defect],
  );
  expect(wrong).toEqual([]);
});

test('rows that are deleted have none', () => {
  const deleted = rows.filter((change) => change.operation === 'delete');
  expect(deleted.length).toBeGreaterThan(20);
  expect(deleted.filter((change) => byRow.has(`${change.table} ${change.values[0]}`))).toEqual([]);
});

test('the share of bad rows is the rate', () => {
  for (const table of ['customers', 'orders', 'order_items', 'payments', 'shipments'] as const) {
    const eligible = inserts.filter((row) => row.table === table).length;
    const share = ledger.filter((entry) => entry.table === table).length / eligible;
    expect([table, share > 0.04 && share < 0.08]).toEqual([table, true]);
  }
});

test('a duplicate is a later row of its own with the same order, amount and reference', () => {
  const duplicates = ledger.filter((entry) => entry.defect === 'duplicate');
  const last = new Map<unknown, FlatChange>();
  for (const change of rows) if (change.table === 'payments') last.set(change.values[0], change);
  for (const { key } of duplicates) {
    const copy = named('payments', last.get(key)!.values);
    const original = named('payments', last.get(key - 1)!.values);
    expect(copy['created_at']).toBeGreaterThan(original['created_at'] as number);
    for (const column of ['order_id', 'amount', 'provider_reference', 'method'])
      expect([column, copy[column]]).toEqual([column, original[column]]);
  }
  expect(duplicates.length).toBeGreaterThan(20);
});

test('a shop without defects has an empty ledger', () => {
  const changes = changesOf({ ...bad, defectRate: 0 }, opened, opened + 10 * day);
  expect(changes.filter((change) => change.table === 'injected_defect')).toEqual([]);
});
