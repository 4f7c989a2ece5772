import type { Model } from '../../src/databricks/models.ts';
import { deleted, inserted, type Lakehouse, openLakehouse, updated } from './lakehouse.ts';

/** A shop of a few rows, from bronze to gold. */

let lakehouse: Lakehouse;
beforeAll(async () => {
  lakehouse = await openLakehouse(
    'gold.customer_value',
    'gold.daily_sales',
    'gold.dim_date',
    'gold.product_performance',
    'gold.fulfilment',
  );
  const { land, refine } = lakehouse;
  const customer = {
    customer_id: 1,
    city: 'Bonn',
    country_code: 'DE',
    marketing_opt_in: true,
    updated_at: '2026-01-05 00:00:00+00',
  };
  await land('customers', 1, [
    inserted(customer),
    updated({ ...customer, city: 'Köln', updated_at: '2026-01-10 12:00:00+00' }),
  ]);
  await land('products', 1, [
    inserted({
      product_id: 1,
      sku: 'L',
      name: 'Lamp',
      category: 'Home',
      unit_price: 10,
      unit_cost: 4,
      is_active: true,
    }),
    inserted({
      product_id: 2,
      sku: 'C',
      name: 'Chair',
      category: 'Home',
      unit_price: 50,
      unit_cost: 20,
      is_active: true,
    }),
    inserted({
      product_id: 3,
      sku: 'T',
      name: 'Table',
      category: 'Home',
      unit_price: 90,
      unit_cost: 40,
      is_active: true,
    }),
  ]);
  const order = (order_id: number, placed_at: string, values = {}) =>
    inserted({
      order_id,
      customer_id: 1,
      status: 'paid',
      currency: 'EUR',
      total_amount: 1,
      placed_at,
      paid_at: placed_at,
      ...values,
    });
  await land('orders', 1, [
    order(1, '2026-01-04 23:00:00+00'),
    order(2, '2026-01-10 11:59:59.999+00'),
    order(3, '2026-01-10 12:00:00+00'),
    order(4, '2026-01-10 13:00:00+00', { status: 'cancelled' }),
    order(5, '2026-01-11 00:00:00+00', { customer_id: 99 }),
  ]);
  const line = (order_item_id: number, order_id: number, product_id: number, quantity: number, values = {}) => ({
    order_item_id,
    order_id,
    product_id,
    line_number: 1,
    quantity,
    unit_price: product_id === 1 ? 10 : 50,
    discount_amount: 0,
    ...values,
  });
  await land('order_items', 1, [
    inserted(line(1, 1, 1, 2, { discount_amount: 1.5 })),
    inserted(line(2, 2, 2, 1)),
    inserted(line(3, 3, 1, 3)),
    inserted(line(4, 4, 2, 10)),
    inserted(line(5, 5, 1, 1)),
    inserted(line(6, 3, 2, 5)),
    deleted(line(6, 3, 2, 5)),
    inserted(line(7, 3, 2, 0)),
    inserted(line(8, 777, 1, 1)),
  ]);
  await land('returns', 1, [
    inserted({ return_id: 1, order_item_id: 1, quantity: 1, refund_amount: 9.25, status: 'refunded' }),
    inserted({ return_id: 2, order_item_id: 1, quantity: 1, refund_amount: 9.25, status: 'refunded' }),
  ]);
  await land('shipments', 1, [
    inserted({
      shipment_id: 1,
      order_id: 1,
      carrier: 'DHL',
      shipped_at: '2026-01-05 05:00:00+00',
      delivered_at: '2026-01-06 05:00:00+00',
    }),
    inserted({ shipment_id: 2, order_id: 3, carrier: 'dhl', shipped_at: '2026-01-05 12:00:00+00', delivered_at: null }),
  ]);
  await refine();
});
afterAll(() => lakehouse.close());

const fact = (id: number) => lakehouse.rows(`select * from gold.fact_order_line where order_item_id = ${id}`);

test.each([
  [1, 'before the first version began', '1-1'],
  [2, 'a millisecond before the move', '1-1'],
  [3, 'at the very moment of the move', '1-2'],
  [5, 'of a customer nobody knows', null],
])('line %d, %s, goes with version %s', async (id, _, customer_key) => {
  expect(await fact(id)).toMatchObject([{ customer_key }]);
});

test('a line has its money to the cent, its cost and its returns, once', async () => {
  expect(await fact(1)).toMatchObject([
    { net_amount: '18.50', cost_amount: '8.00', returned_quantity: '2', refund_amount: '18.50', date_key: '20260104' },
  ]);
  expect(await fact(2)).toMatchObject([{ net_amount: '50.00', returned_quantity: '0', refund_amount: '0.00' }]);
});

test.each([
  [6, 'was dropped'],
  [7, 'is in quarantine'],
  [8, 'has an order nobody knows'],
])('line %d, which %s, is no fact', async (id) => {
  expect(await fact(id)).toEqual([]);
});

test('a cancelled order is counted apart and brings no revenue', async () => {
  expect(
    await lakehouse.rows(
      'select date_key, orders, customers, units, revenue, cost, refunds, cancelled_orders from gold.daily_sales order by date_key',
    ),
  ).toEqual([
    {
      date_key: '20260104',
      orders: '1',
      customers: '1',
      units: '2',
      revenue: '18.50',
      cost: '8.00',
      refunds: '18.50',
      cancelled_orders: '0',
    },
    {
      date_key: '20260110',
      orders: '2',
      customers: '1',
      units: '4',
      revenue: '80.00',
      cost: '32.00',
      refunds: '0.00',
      cancelled_orders: '1',
    },
    {
      date_key: '20260111',
      orders: '1',
      customers: '1',
      units: '1',
      revenue: '10.00',
      cost: '4.00',
      refunds: '0.00',
      cancelled_orders: '0',
    },
  ]);
});

test('product_performance leaves cancelled orders out, and has products that never sold', async () => {
  expect(
    await lakehouse.rows(
      'select product_id, orders, units, revenue, margin, returned_units, return_rate, revenue_rank from gold.product_performance order by product_id',
    ),
  ).toEqual([
    {
      product_id: '1',
      orders: '3',
      units: '6',
      revenue: '58.50',
      margin: '34.50',
      returned_units: '2',
      return_rate: String(2 / 6),
      revenue_rank: '1',
    },
    {
      product_id: '2',
      orders: '1',
      units: '1',
      revenue: '50.00',
      margin: '30.00',
      returned_units: '0',
      return_rate: '0.0',
      revenue_rank: '2',
    },
    {
      product_id: '3',
      orders: '0',
      units: '0',
      revenue: '0.00',
      margin: '0.00',
      returned_units: '0',
      return_rate: '0.0',
      revenue_rank: '3',
    },
  ]);
});

test('customer_value nets refunds and leaves cancelled orders out', async () => {
  expect(
    await lakehouse.rows(
      'select customer_id, frequency, monetary, recency_days from gold.customer_value order by customer_id',
    ),
  ).toEqual([
    { customer_id: '1', frequency: '3', monetary: '80.00', recency_days: '1' },
    { customer_id: '99', frequency: '1', monetary: '10.00', recency_days: '0' },
  ]);
});

test('fulfilment joins what a carrier is called in any case, and averages what is there', async () => {
  expect(
    await lakehouse.rows(
      'select carrier, shipments, delivered, average_hours_to_ship, average_hours_in_transit from gold.fulfilment',
    ),
  ).toEqual([
    // 6 hours after payment, and 5 days before it: clocks of two systems.
    {
      carrier: 'DHL',
      shipments: '2',
      delivered: '1',
      average_hours_to_ship: '-57.0',
      average_hours_in_transit: '24.0',
    },
  ]);
});

test('dim_date covers whole years, each day once', async () => {
  expect(
    await lakehouse.rows(
      'select count(*) as days, count(distinct date_key) as keys, min(date_key) as first, max(date_key) as last from gold.dim_date',
    ),
  ).toEqual([{ days: '365', keys: '365', first: '20260101', last: '20261231' }]);
  expect(await lakehouse.rows('select day_of_week, is_weekend from gold.dim_date where date_key = 20260104')).toEqual([
    { day_of_week: '7', is_weekend: 'true' },
  ]);
});

test('a run over nothing new leaves gold as it is', async () => {
  const tables = [
    'fact_order_line',
    'daily_sales',
    'customer_value',
    'dim_customer',
    'product_performance',
    'fulfilment',
  ];
  const read = async () => {
    const all = [];
    for (const table of tables) all.push(await lakehouse.rows(`select * from gold.${table} order by 1`));
    return all;
  };
  const before = await read();
  await lakehouse.refine();
  expect(await read()).toEqual(before);
});

describe('a gold model whose key repeats', () => {
  // Twice the source's rows under one key: what a join that multiplies would do.
  const doubled = (model: Model): Model =>
    model.id === 'gold.dim_product' ? { ...model, select: `${model.select}\nunion all\n${model.select}` } : model;

  test('fails its task by name, and leaves the table as it was', async () => {
    const before = await lakehouse.rows('select * from gold.dim_product order by product_id');
    await expect(lakehouse.refine(doubled)).rejects.toThrow('gold.dim_product: key (product_id) is not unique');
    expect(await lakehouse.rows('select * from gold.dim_product order by product_id')).toEqual(before);
  });
});

describe('an expectation of severity error that is broken', () => {
  const strict = (model: Model): Model =>
    model.id === 'silver.products'
      ? {
          ...model,
          contract: {
            ...model.contract,
            expectations: [{ name: 'named', severity: 'error', check: "name <> ''" }],
          },
        }
      : model;

  test('fails its task by name before anything is written, and mends by itself once the row does', async () => {
    const before = await lakehouse.rows('select * from silver.products order by product_id');
    const product = { product_id: 1, sku: 'L', category: 'Home', unit_price: 11, unit_cost: 4, is_active: true };
    await lakehouse.land('products', 2, [
      updated({ ...product, name: null }),
      updated({ ...product, product_id: 2, name: 'Stool' }),
    ]);
    await expect(lakehouse.refine(strict)).rejects.toThrow('silver.products: rows break the expectation named');
    expect(await lakehouse.rows('select * from silver.products order by product_id')).toEqual(before);

    await lakehouse.land('products', 3, [updated({ ...product, name: 'Lamp' })]);
    await lakehouse.refine(strict);
    expect(await lakehouse.rows('select product_id, name from silver.products order by product_id')).toEqual([
      { product_id: '1', name: 'Lamp' },
      { product_id: '2', name: 'Stool' },
      { product_id: '3', name: 'Table' },
    ]);
  });
});
