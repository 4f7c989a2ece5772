import fc from 'fast-check';
import { deleted, inserted, type Lakehouse, lsnText, openLakehouse, updated } from './lakehouse.ts';

/** Of the payments that share a provider's reference, the one that came first stays, of those that come together the lowest key. */

let lakehouse: Lakehouse;
beforeEach(async () => {
  lakehouse = await openLakehouse('silver.payments');
  await lakehouse.land('orders', 1, [inserted({ order_id: 1, status: 'paid', currency: 'EUR', total_amount: 1 })]);
});
afterEach(() => lakehouse.close());

const payment = (payment_id: number, provider_reference: string | null) => ({
  payment_id,
  order_id: 1,
  provider_reference,
});

/** key -> where it lies. */
async function places(): Promise<Record<string, string>> {
  const live = await lakehouse.rows('select payment_id from silver.payments where not _is_deleted');
  const aside = await lakehouse.rows('select payment_id, _reasons from silver.payments_quarantine');
  return Object.fromEntries([
    ...live.map((row) => [row['payment_id'], 'silver']),
    ...aside.map((row) => [row['payment_id'], row['_reasons']]),
  ]);
}

test('within a window, whatever the order of rows', async () => {
  await lakehouse.land('payments', 1, [
    inserted(payment(9, 'a')),
    inserted(payment(3, 'a')),
    inserted(payment(5, 'a')),
  ]);
  await lakehouse.refine();
  expect(await places()).toEqual({ 3: 'silver', 5: 'duplicate', 9: 'duplicate' });
});

test('against what silver holds already', async () => {
  await lakehouse.land('payments', 1, [inserted(payment(3, 'a'))]);
  await lakehouse.refine();
  await lakehouse.land('payments', 2, [inserted(payment(4, 'a'))]);
  await lakehouse.refine();
  expect(await places()).toEqual({ 3: 'silver', 4: 'duplicate' });
});

test('a change of the first does not make it a duplicate of itself', async () => {
  await lakehouse.land('payments', 1, [inserted(payment(3, 'a'))]);
  await lakehouse.refine();
  await lakehouse.land('payments', 2, [updated(payment(3, 'a'))]);
  await lakehouse.refine();
  expect(await places()).toEqual({ 3: 'silver' });
});

test('a reference that the first gives up in the same window is free', async () => {
  await lakehouse.land('payments', 1, [inserted(payment(3, 'a'))]);
  await lakehouse.refine();
  await lakehouse.land('payments', 2, [updated(payment(3, 'b')), inserted(payment(4, 'a'))]);
  await lakehouse.refine();
  expect(await places()).toEqual({ 3: 'silver', 4: 'silver' });
});

test('a reference whose first is deleted in the same window is free', async () => {
  await lakehouse.land('payments', 1, [inserted(payment(3, 'a'))]);
  await lakehouse.refine();
  await lakehouse.land('payments', 2, [deleted(payment(3, 'a')), inserted(payment(4, 'a'))]);
  await lakehouse.refine();
  expect(await places()).toEqual({ 4: 'silver' });
});

test('a duplicate that is given a reference of its own leaves quarantine', async () => {
  await lakehouse.land('payments', 1, [inserted(payment(3, 'a')), inserted(payment(4, 'a'))]);
  await lakehouse.refine();
  await lakehouse.land('payments', 2, [updated(payment(4, 'b'))]);
  await lakehouse.refine();
  expect(await places()).toEqual({ 3: 'silver', 4: 'silver' });
});

test('a lower key that comes later does not drive out the first', async () => {
  await lakehouse.land('payments', 1, [inserted(payment(5, 'a'))]);
  await lakehouse.refine();
  await lakehouse.land('payments', 2, [inserted(payment(3, 'a')), inserted(payment(9, 'a'))]);
  await lakehouse.refine();
  expect(await places()).toEqual({ 3: 'duplicate', 5: 'silver', 9: 'duplicate' });
});

test('whatever comes, no two rows of silver share a reference, and none is set aside whose reference nobody holds', async () => {
  const step = fc.record({
    key: fc.integer({ min: 1, max: 12 }),
    reference: fc.constantFrom('a', 'b', 'c', 'd', null),
    remove: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 15 }), { minLength: 2, maxLength: 4 }),
      async (windows) => {
        const fresh = await openLakehouse('silver.payments');
        try {
          await fresh.land('orders', 1, [inserted({ order_id: 1, status: 'paid', currency: 'EUR', total_amount: 1 })]);
          for (const [index, steps] of windows.entries()) {
            await fresh.land(
              'payments',
              index + 1,
              steps.map(({ key, reference, remove }) => (remove ? deleted : updated)(payment(key, reference))),
            );
            await fresh.refine();
            const live = await fresh.rows(
              'select provider_reference as reference from silver.payments where not _is_deleted and provider_reference is not null',
            );
            const held = live.map((row) => row['reference']);
            expect(new Set(held).size).toBe(held.length);
            const lsn = lsnText(index + 1);
            const aside = await fresh.rows(
              `select provider_reference as reference from silver.payments_quarantine where _lsn = '${lsn}'`,
            );
            expect(aside.filter((row) => !held.includes(row['reference']!))).toEqual([]);
          }
        } finally {
          await fresh.close();
        }
      },
    ),
    { numRuns: 3 },
  );
});
