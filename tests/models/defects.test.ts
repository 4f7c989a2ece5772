import { type Change, inserted, type Lakehouse, openLakehouse } from './lakehouse.ts';

/** Each defect that the shop injects is repaired or set aside under its own name, and what only looks like one is left alone. */

interface Case {
  readonly what: string;
  readonly table: string;
  readonly row: Change['row'];
  /** The names of its repairs, in silver; or of its reasons, in quarantine. */
  readonly repairs?: string;
  readonly reasons?: string;
  /** What silver makes of some columns. */
  readonly becomes?: Readonly<Record<string, string | null>>;
}

const customer = (what: string, email: string | null, becomes: string | null, repairs: string): Case => ({
  what,
  table: 'customers',
  row: { email, country_code: 'de' },
  repairs,
  becomes: { email: becomes, country_code: 'DE' },
});
const product = (what: string, name: string, repairs: string): Case => ({
  what,
  table: 'products',
  row: { name, unit_price: 1 },
  repairs,
  becomes: { name: 'Desk Lamp' },
});
const order = (what: string, row: Change['row'], fate: Partial<Case>): Case => ({
  what,
  table: 'orders',
  row: { currency: 'EUR', status: 'paid', total_amount: 1, ...row },
  ...fate,
});
const item = (what: string, row: Change['row'], reasons = ''): Case => ({
  what,
  table: 'order_items',
  row: { order_id: 1, product_id: 1, quantity: 1, ...row },
  reasons,
});
const payment = (what: string, row: Change['row'], reasons = ''): Case => ({
  what,
  table: 'payments',
  row: { order_id: 1, ...row },
  reasons,
});
const returned = (what: string, order_item_id: number | null, reasons = ''): Case => ({
  what,
  table: 'returns',
  row: { order_item_id },
  reasons,
});
const shipment = (what: string, carrier: string, repairs: string): Case => ({
  what,
  table: 'shipments',
  row: { order_id: 1, carrier },
  repairs,
  becomes: { carrier: 'DHL' },
});

/** A row's key is its place among those of its table, from 1. */
const cases: readonly Case[] = [
  customer('a clean address', 'ann@example.com', 'ann@example.com', ''),
  customer('stray upper case', 'Ann@Example.COM', 'ann@example.com', 'email_case'),
  customer('spaces around', '  ann@example.com ', 'ann@example.com', 'email_space'),
  customer('both', ' Ann@example.com', 'ann@example.com', 'email_space,email_case'),
  customer('no @', 'ann.example.com', null, 'email_invalid'),
  customer('no @, with spaces and upper case', ' Nobody ', null, 'email_invalid'),
  customer('an empty address', '', null, 'email_invalid'),
  customer('none', null, null, 'email_missing'),
  product('a clean name', 'Desk Lamp', ''),
  product('a space before', ' Desk Lamp', 'name_space'),
  product('spaces doubled and behind', 'Desk   Lamp ', 'name_space'),
  order('a clean order', {}, { repairs: '', becomes: { currency: 'EUR' } }),
  order('a free one', { total_amount: 0 }, { repairs: '' }),
  order('a currency in lower case', { currency: 'eur' }, { repairs: 'currency_case', becomes: { currency: 'EUR' } }),
  order('an unknown status', { status: 'lost' }, { reasons: 'status_unknown' }),
  order('a negative total', { total_amount: -0.01 }, { reasons: 'total_negative' }),
  order('both', { status: null, total_amount: -1 }, { reasons: 'status_unknown,total_negative' }),
  item('one piece', { quantity: 1 }),
  item('a thousand', { quantity: 1000 }),
  item('none', { quantity: 0 }, 'quantity_impossible'),
  item('less than none', { quantity: -3 }, 'quantity_impossible'),
  item('too many', { quantity: 1001 }, 'quantity_impossible'),
  item('NULL of them', { quantity: null }, 'quantity_impossible'),
  item('an unknown product', { product_id: -7 }, 'product_orphan'),
  item('none of an unknown product', { quantity: 0, product_id: -7 }, 'quantity_impossible,product_orphan'),
  payment('the first of a reference', { provider_reference: 'a' }),
  payment('another reference', { provider_reference: 'b' }),
  payment('the second of a reference', { provider_reference: 'a' }, 'duplicate'),
  payment('the third', { provider_reference: 'a' }, 'duplicate'),
  payment('an unknown order', { order_id: -1, provider_reference: 'c' }, 'order_orphan'),
  payment('an order in quarantine, which is known all the same', { order_id: 4, provider_reference: 'd' }),
  payment('no reference', { provider_reference: null }),
  payment('no reference again: NULL never clashes', { provider_reference: null }),
  payment('a second of an unknown order', { order_id: -2, provider_reference: 'b' }, 'duplicate,order_orphan'),
  returned('a known line', 1),
  returned('a line in quarantine', 3),
  returned('an unknown line', -9, 'item_orphan'),
  shipment('a carrier of the list', 'DHL', ''),
  shipment('in lower case', 'dhl', 'carrier_case'),
  shipment('in mixed case', 'Dhl', 'carrier_case'),
];

const keys: Readonly<Record<string, string>> = {
  customers: 'customer_id',
  products: 'product_id',
  orders: 'order_id',
  order_items: 'order_item_id',
  payments: 'payment_id',
  returns: 'return_id',
  shipments: 'shipment_id',
};
const numbered = cases.map((each, index) => ({
  ...each,
  key: cases.slice(0, index + 1).filter(({ table }) => table === each.table).length,
}));

let lakehouse: Lakehouse;
beforeAll(async () => {
  lakehouse = await openLakehouse('silver.customers', 'silver.payments', 'silver.returns', 'silver.shipments');
  for (const [table, key] of Object.entries(keys)) {
    const rows = numbered.filter((each) => each.table === table);
    await lakehouse.land(
      table,
      1,
      rows.map((each) => inserted({ ...each.row, [key]: each.key })),
    );
  }
  await lakehouse.refine();
});
afterAll(() => lakehouse.close());

test.each(numbered)('$table: $what', async ({ table, key, repairs = '', reasons = '', becomes = {} }) => {
  const where = `where ${keys[table]} = ${key}`;
  const silver = await lakehouse.rows(`select * from silver.${table} ${where}`);
  const quarantine = await lakehouse.rows(`select * from silver.${table}_quarantine ${where}`);
  if (reasons === '') {
    expect(quarantine).toEqual([]);
    expect(silver).toMatchObject([{ _repairs: repairs, _is_deleted: 'false', ...becomes }]);
  } else {
    expect(silver).toEqual([]);
    expect(quarantine).toMatchObject([{ _reasons: reasons }]);
  }
});
