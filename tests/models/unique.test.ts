import fc from 'fast-check';
import { type Change, deleted, inserted, type Lakehouse, lsnText, openLakehouse, updated } from './lakehouse.ts';

/** Of the payments that share a provider's reference, the one that came first stays, of those that come together the lowest key. */

let lakehouse: Lakehouse;
/** Each test has a thousand keys and LSNs, and references, of its own. */
let base = 0;
beforeAll(async () => {
  lakehouse = await openLakehouse('silver.payments');
  await lakehouse.land('orders', 1, [inserted({ order_id: 1, status: 'paid', currency: 'EUR', total_amount: 1 })]);
});
beforeEach(() => {
  base += 1000;
});
afterAll(() => lakehouse.close());

const payment = (payment_id: number, reference: string | null): Change['row'] => ({
  payment_id: base + payment_id,
  order_id: 1,
  provider_reference: reference === null ? null : `${base}-${reference}`,
});
const land = (lsn: number, changes: readonly Change[]) => lakehouse.land('payments', base + lsn, changes);
const mine = () => `payment_id between ${base} and ${base + 999}`;

/** key -> where it lies. */
async function places(): Promise<Record<string, string>> {
  const key = `payment_id - ${base} as payment_id`;
  const live = await lakehouse.rows(`select ${key} from silver.payments where not _is_deleted and ${mine()}`);
  const aside = await lakehouse.rows(`select ${key}, _reasons from silver.payments_quarantine where ${mine()}`);
  return Object.fromEntries([
    ...live.map((row) => [row['payment_id'], 'silver']),
    ...aside.map((row) => [row['payment_id'], row['_reasons']]),
  ]);
}

test('within a window, whatever the order of rows', async () => {
  await land(1, [inserted(payment(9, 'a')), inserted(payment(3, 'a')), inserted(payment(5, 'a'))]);
  await lakehouse.refine();
  expect(await places()).toEqual({ 3: 'silver', 5: 'duplicate', 9: 'duplicate' });
});

test('against what silver holds already', async () => {
  await land(1, [inserted(payment(3, 'a'))]);
  await lakehouse.refine();
  await land(2, [inserted(payment(4, 'a'))]);
  await lakehouse.refine();
  expect(await places()).toEqual({ 3: 'silver', 4: 'duplicate' });
});

test('a change of the first does not make it a duplicate of itself', async () => {
  await land(1, [inserted(payment(3, 'a'))]);
  await lakehouse.refine();
  await land(2, [updated(payment(3, 'a'))]);
  await lakehouse.refine();
  expect(await places()).toEqual({ 3: 'silver' });
});

test('a reference that the first gives up in the same window is free', async () => {
  await land(1, [inserted(payment(3, 'a'))]);
  await lakehouse.refine();
  await land(2, [updated(payment(3, 'b')), inserted(payment(4, 'a'))]);
  await lakehouse.refine();
  expect(await places()).toEqual({ 3: 'silver', 4: 'silver' });
});

test('a reference whose first is deleted in the same window is free', async () => {
  await land(1, [inserted(payment(3, 'a'))]);
  await lakehouse.refine();
  await land(2, [deleted(payment(3, 'a')), inserted(payment(4, 'a'))]);
  await lakehouse.refine();
  expect(await places()).toEqual({ 4: 'silver' });
});

test('a duplicate that is given a reference of its own leaves quarantine', async () => {
  await land(1, [inserted(payment(3, 'a')), inserted(payment(4, 'a'))]);
  await lakehouse.refine();
  await land(2, [updated(payment(4, 'b'))]);
  await lakehouse.refine();
  expect(await places()).toEqual({ 3: 'silver', 4: 'silver' });
});

test('a lower key that comes later does not drive out the first', async () => {
  await land(1, [inserted(payment(5, 'a'))]);
  await lakehouse.refine();
  await land(2, [inserted(payment(3, 'a')), inserted(payment(9, 'a'))]);
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
      fc.array(fc.array(step, { minLength: 1, maxLength: 15 }), { minLength: 2, maxLength: 3 }),
      async (windows) => {
        base += 1000;
        for (const [index, steps] of windows.entries()) {
          await land(
            index + 1,
            steps.map(({ key, reference, remove }) => (remove ? deleted : updated)(payment(key, reference))),
          );
          await lakehouse.refine();
          const live = await lakehouse.rows(
            `select provider_reference as reference from silver.payments where not _is_deleted and provider_reference is not null and ${mine()}`,
          );
          const held = live.map((row) => row['reference']);
          expect(new Set(held).size).toBe(held.length);
          const lsn = lsnText(base + index + 1);
          const aside = await lakehouse.rows(
            `select provider_reference as reference from silver.payments_quarantine where _lsn = '${lsn}'`,
          );
          expect(aside.filter((row) => !held.includes(row['reference']!))).toEqual([]);
        }
      },
    ),
    { numRuns: 2 },
  );
});
