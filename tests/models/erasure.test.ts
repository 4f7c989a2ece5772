import { deleted, inserted, type Lakehouse, openLakehouse, updated } from './lakehouse.ts';

/** A customer who is erased leaves a key behind and nothing that names them, in any table, back to the first version. */

const personal = ['email', 'first_name', 'last_name', 'phone', 'street', 'city', 'postal_code'];
const ann = {
  customer_id: 1,
  email: 'ann@example.com',
  first_name: 'Ann',
  last_name: 'Archer',
  phone: '+49 1',
  street: 'Lindenweg 1',
  city: 'Bonn',
  postal_code: '53111',
  country_code: 'DE',
  marketing_opt_in: true,
  updated_at: '2026-01-01 10:00:00+00',
};
const bob = { ...ann, customer_id: 2, email: 'bob@example.com', first_name: 'Bob' };

let lakehouse: Lakehouse;
beforeAll(async () => {
  lakehouse = await openLakehouse('silver.customers', 'gold.dim_customer');
  await lakehouse.land('customers', 1, [inserted(ann), inserted(bob)]);
  await lakehouse.refine();
  await lakehouse.land('customers', 2, [updated({ ...ann, city: 'Köln', updated_at: '2026-01-02 10:00:00+00' })]);
  await lakehouse.refine();
});
afterAll(() => lakehouse.close());

const versions = () =>
  lakehouse.rows(
    'select version, city, valid_from, valid_to, is_current, is_erased from gold.dim_customer where customer_id = 1 order by version',
  );

test('before: a version for each change of what is tracked, one ending where the next begins', async () => {
  expect(await versions()).toEqual([
    {
      version: '1',
      city: 'Bonn',
      valid_from: '2026-01-01T10:00:00.000Z',
      valid_to: '2026-01-02T10:00:00.000Z',
      is_current: 'false',
      is_erased: 'false',
    },
    {
      version: '2',
      city: 'Köln',
      valid_from: '2026-01-02T10:00:00.000Z',
      valid_to: null,
      is_current: 'true',
      is_erased: 'false',
    },
  ]);
});

test('before: a change of what is not tracked makes no version', async () => {
  await lakehouse.land('customers', 3, [
    updated({ ...ann, city: 'Köln', phone: '+49 2', updated_at: '2026-01-03 10:00:00+00' }),
  ]);
  await lakehouse.refine();
  expect(await lakehouse.rows('select count(*) as n from silver.customer_history where customer_id = 1')).toEqual([
    { n: '3' },
  ]);
  expect(await versions()).toHaveLength(2);
});

describe('after', () => {
  beforeAll(async () => {
    await lakehouse.land('customers', 4, [deleted({ ...ann, city: 'Köln' })]);
    await lakehouse.refine();
  });

  test.each(['silver.customers', 'silver.customers_quarantine', 'silver.customer_history'])(
    '%s holds no personal data',
    async (table) => {
      const rows = await lakehouse.rows(
        `select ${personal.join(', ')}, country_code, _is_deleted from ${table} where customer_id = 1`,
      );
      expect(rows).toHaveLength({ 'silver.customers': 1, 'silver.customer_history': 3 }[table] ?? 0);
      for (const row of rows)
        expect(row).toEqual({
          ...Object.fromEntries(personal.map((column) => [column, null])),
          country_code: 'DE',
          _is_deleted: 'true',
        });
    },
  );

  test('gold.dim_customer keeps the key, and nothing of the person', async () => {
    const rows = await lakehouse.rows(
      'select email, first_name, last_name, city, postal_code, is_erased from gold.dim_customer where customer_id = 1',
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows)
      expect(row).toEqual({
        email: null,
        first_name: null,
        last_name: null,
        city: null,
        postal_code: null,
        is_erased: 'true',
      });
  });

  test('no other customer is touched', async () => {
    expect(
      await lakehouse.rows('select first_name, _is_deleted from silver.customer_history where customer_id = 2'),
    ).toEqual([{ first_name: 'Bob', _is_deleted: 'false' }]);
    expect(await lakehouse.rows('select email from silver.customers where customer_id = 2')).toEqual([
      { email: 'bob@example.com' },
    ]);
  });

  test('a history that is delivered again stays erased', async () => {
    await lakehouse.land('customers', 1, [inserted(ann), inserted(bob)]);
    await lakehouse.refine();
    expect(
      await lakehouse.rows(
        'select customer_id from silver.customer_history where customer_id = 1 and email is not null',
      ),
    ).toEqual([]);
  });
});
