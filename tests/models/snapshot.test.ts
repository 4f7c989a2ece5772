import { deleted, inserted, type Lakehouse, openLakehouse, updated } from './lakehouse.ts';

/** A new snapshot, taken when changes were lost: what it no longer names was deleted in the gap. */

const product = (product_id: number, name = 'Lamp', unit_price = 10) => ({
  product_id,
  sku: `SKU-${product_id}`,
  name,
  category: 'Home',
  unit_price,
  unit_cost: 4,
  is_active: true,
});
const customer = (customer_id: number, first_name: string) => ({
  customer_id,
  email: `${first_name.toLowerCase()}@example.com`,
  first_name,
  last_name: 'Archer',
  country_code: 'DE',
  marketing_opt_in: true,
  updated_at: '2026-01-01 10:00:00+00',
});

let lakehouse: Lakehouse;
afterEach(() => lakehouse.close());

const alive = async () =>
  (await lakehouse.rows('select product_id from silver.products where not _is_deleted order by product_id')).map(
    (row) => Number(row['product_id']),
  );
const silver = () => lakehouse.rows('select * from silver.products order by product_id');
const quarantined = async () =>
  (await lakehouse.rows('select product_id from silver.products_quarantine order by product_id')).map((row) =>
    Number(row['product_id']),
  );

describe('products', () => {
  beforeEach(async () => {
    lakehouse = await openLakehouse('silver.products');
  });

  test('a first snapshot brings its rows, and buries nothing', async () => {
    await lakehouse.snapshot('products', 1, [product(1), product(2), product(3, 'Free', -1)]);
    await lakehouse.refine();
    expect([await alive(), await quarantined()]).toEqual([[1, 2], [3]]);
  });

  test('what a later snapshot does not name gets a tombstone, also what was in quarantine; a repeat changes nothing', async () => {
    await lakehouse.land(
      'products',
      1,
      [1, 2, 3].map((id) => inserted(product(id))),
    );
    await lakehouse.land('products', 2, [inserted(product(4, 'Free', -1)), inserted(product(5, 'Free', -1))]);
    await lakehouse.refine();
    expect([await alive(), await quarantined()]).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    await lakehouse.snapshot('products', 10, [product(1, 'Renamed'), product(3), product(5, 'Free', -1)]);
    await lakehouse.refine();
    expect([await alive(), await quarantined()]).toEqual([[1, 3], [5]]);
    const before = await silver();
    expect(before.map(({ product_id, name, _is_deleted }) => [product_id, name, _is_deleted])).toEqual([
      ['1', 'Renamed', 'false'],
      ['2', 'Lamp', 'true'],
      ['3', 'Lamp', 'false'],
      ['4', 'Free', 'true'],
    ]);
    await lakehouse.refine();
    expect(await silver()).toEqual(before);
  });

  test('changes go on after it, for what it buried too', async () => {
    await lakehouse.land('products', 1, [inserted(product(1)), inserted(product(2))]);
    await lakehouse.refine();
    await lakehouse.snapshot('products', 10, [product(1)]);
    await lakehouse.refine();
    await lakehouse.land('products', 11, [
      updated(product(1, 'Later')),
      inserted(product(2, 'Back')),
      inserted(product(3)),
    ]);
    await lakehouse.refine();
    expect(await alive()).toEqual([1, 2, 3]);
    await lakehouse.land('products', 12, [deleted(product(3))]);
    await lakehouse.refine();
    expect(await alive()).toEqual([1, 2]);
  });

  test('a window and a snapshot that come together, and two snapshots: the newest is what holds', async () => {
    await lakehouse.land('products', 1, [inserted(product(1)), inserted(product(2)), inserted(product(3))]);
    await lakehouse.snapshot('products', 10, [product(1), product(2), product(4)]);
    await lakehouse.snapshot('products', 20, [product(1), product(4)]);
    await lakehouse.land('products', 21, [inserted(product(5))]);
    await lakehouse.refine();
    expect(await alive()).toEqual([1, 4, 5]);
  });
});

describe('customers', () => {
  beforeEach(async () => {
    lakehouse = await openLakehouse('gold.dim_customer');
  });

  test('a person who was erased in the gap is erased everywhere, and nobody else is', async () => {
    await lakehouse.land('customers', 1, [inserted(customer(1, 'Ann')), inserted(customer(2, 'Bob'))]);
    await lakehouse.refine();
    await lakehouse.snapshot('customers', 10, [customer(2, 'Bob')]);
    await lakehouse.refine();
    const names = 'customer_id, first_name, email';
    for (const table of ['silver.customers', 'silver.customer_history', 'gold.dim_customer'])
      expect(await lakehouse.rows(`select distinct ${names} from ${table} order by customer_id`)).toEqual([
        { customer_id: '1', first_name: null, email: null },
        { customer_id: '2', first_name: 'Bob', email: 'bob@example.com' },
      ]);
  });

  test('a key that is given to somebody new after an erasure keeps what is theirs', async () => {
    await lakehouse.land('customers', 1, [inserted(customer(1, 'Ann'))]);
    await lakehouse.land('customers', 2, [deleted(customer(1, 'Ann'))]);
    await lakehouse.land('customers', 3, [inserted(customer(1, 'Eve'))]);
    await lakehouse.refine();
    expect(await lakehouse.rows('select first_name from silver.customer_history order by _lsn')).toEqual([
      { first_name: null },
      { first_name: 'Eve' },
    ]);
  });
});
