import fc from 'fast-check';
import { type Change, deleted, inserted, type Lakehouse, lsnText, openLakehouse, updated } from './lakehouse.ts';

/** What every `latest` model holds to, on silver.products: the plainest of them. */

let lakehouse: Lakehouse;
beforeEach(async () => {
  lakehouse = await openLakehouse('silver.products');
});
afterEach(() => lakehouse.close());

const product = (product_id: number, values: Change['row'] = {}): Change['row'] => ({
  product_id,
  sku: `SKU-${product_id}`,
  name: 'Lamp',
  category: 'Home',
  unit_price: 10,
  unit_cost: 4,
  is_active: true,
  ...values,
});

const silver = () =>
  lakehouse.rows('select product_id, name, _is_deleted, _lsn from silver.products order by product_id');
const quarantine = () =>
  lakehouse.rows('select product_id, unit_price, _reasons from silver.products_quarantine order by product_id');

test('the last change of a key wins, within a window and over windows', async () => {
  await lakehouse.land('products', 1, [
    inserted(product(1, { name: 'first' })),
    inserted(product(2)),
    updated(product(1, { name: 'second' })),
  ]);
  await lakehouse.refine();
  expect(await silver()).toEqual([
    { product_id: '1', name: 'second', _is_deleted: 'false', _lsn: lsnText(1) },
    { product_id: '2', name: 'Lamp', _is_deleted: 'false', _lsn: lsnText(1) },
  ]);
  await lakehouse.land('products', 2, [updated(product(1, { name: 'third' }))]);
  await lakehouse.refine();
  expect(await silver()).toEqual([
    { product_id: '1', name: 'third', _is_deleted: 'false', _lsn: lsnText(2) },
    { product_id: '2', name: 'Lamp', _is_deleted: 'false', _lsn: lsnText(1) },
  ]);
});

test('several windows that were landed before one run are as good as one after the other', async () => {
  await lakehouse.land('products', 2, [updated(product(1, { name: 'later' }))]);
  await lakehouse.land('products', 1, [inserted(product(1, { name: 'earlier' }))]);
  await lakehouse.refine();
  expect(await silver()).toEqual([{ product_id: '1', name: 'later', _is_deleted: 'false', _lsn: lsnText(2) }]);
});

test('a run over nothing new, and a window delivered again, change nothing', async () => {
  const window = [inserted(product(1)), inserted(product(2, { unit_price: -1 })), deleted(product(1))];
  await lakehouse.land('products', 1, window);
  await lakehouse.refine();
  const [before, aside] = [await silver(), await quarantine()];
  await lakehouse.refine();
  await lakehouse.land('products', 1, window);
  await lakehouse.refine();
  expect([await silver(), await quarantine()]).toEqual([before, aside]);
});

test('a delete leaves a tombstone; a key that comes back is alive again', async () => {
  await lakehouse.land('products', 1, [inserted(product(1))]);
  await lakehouse.refine();
  await lakehouse.land('products', 2, [deleted(product(1))]);
  await lakehouse.refine();
  expect(await silver()).toEqual([{ product_id: '1', name: 'Lamp', _is_deleted: 'true', _lsn: lsnText(2) }]);
  await lakehouse.land('products', 3, [inserted(product(1, { name: 'Lamp II' }))]);
  await lakehouse.refine();
  expect(await silver()).toEqual([{ product_id: '1', name: 'Lamp II', _is_deleted: 'false', _lsn: lsnText(3) }]);
});

test('a bad row is set aside, leaves quarantine when it is mended, and moves there when it goes bad', async () => {
  await lakehouse.land('products', 1, [inserted(product(1, { unit_price: -1 })), inserted(product(2))]);
  await lakehouse.refine();
  expect((await silver()).map((row) => row['product_id'])).toEqual(['2']);
  expect(await quarantine()).toEqual([{ product_id: '1', unit_price: '-1.00', _reasons: 'price_negative' }]);

  await lakehouse.land('products', 2, [
    updated(product(1, { unit_price: 1 })),
    updated(product(2, { unit_price: -2 })),
  ]);
  await lakehouse.refine();
  expect((await silver()).map((row) => row['product_id'])).toEqual(['1']);
  expect(await quarantine()).toEqual([{ product_id: '2', unit_price: '-2.00', _reasons: 'price_negative' }]);
});

test('a quarantined row that is deleted becomes a tombstone: nobody waits for its mending', async () => {
  await lakehouse.land('products', 1, [inserted(product(1, { unit_price: -1 }))]);
  await lakehouse.refine();
  await lakehouse.land('products', 2, [deleted(product(1, { unit_price: -1 }))]);
  await lakehouse.refine();
  expect(await quarantine()).toEqual([]);
  expect(await silver()).toMatchObject([{ product_id: '1', _is_deleted: 'true' }]);
});

test('a check that cannot be decided is a broken one', async () => {
  await lakehouse.land('products', 1, [inserted(product(1, { unit_price: null }))]);
  await lakehouse.refine();
  expect(await quarantine()).toMatchObject([{ _reasons: 'price_negative' }]);
});

test('however a history is cut into windows and runs, silver ends as the history does', async () => {
  const step = fc.record({
    key: fc.integer({ min: 1, max: 20 }),
    price: fc.integer({ min: -1, max: 2 }),
    remove: fc.boolean(),
    cut: fc.nat({ max: 9 }).map((dice) => dice === 0),
    run: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
      const fresh = await openLakehouse('silver.products');
      try {
        const state = new Map<number, number | undefined>();
        let window: Change[] = [];
        let lsn = 1;
        for (const { key, price, remove, cut, run } of steps) {
          const row = product(key, { unit_price: remove ? (state.get(key) ?? 0) : price });
          if (remove && state.get(key) === undefined) continue;
          window.push(remove ? deleted(row) : state.get(key) === undefined ? inserted(row) : updated(row));
          state.set(key, remove ? undefined : price);
          if (!cut) continue;
          await fresh.land('products', lsn++, window);
          window = [];
          if (run) await fresh.refine();
        }
        await fresh.land('products', lsn, window);
        await fresh.refine();
        const of = async (condition: string, table: string): Promise<number[]> =>
          (await fresh.rows(`select product_id from ${table} where ${condition} order by product_id`)).map((row) =>
            Number(row['product_id']),
          );
        const keys = (wanted: (price: number | undefined) => boolean): number[] =>
          [...state]
            .filter(([, price]) => wanted(price))
            .map(([key]) => key)
            .sort((a, b) => a - b);
        expect(await of('not _is_deleted', 'silver.products')).toEqual(
          keys((price) => price !== undefined && price >= 0),
        );
        expect(await of('_is_deleted', 'silver.products')).toEqual(keys((price) => price === undefined));
        expect(await of('true', 'silver.products_quarantine')).toEqual(
          keys((price) => price !== undefined && price < 0),
        );
      } finally {
        await fresh.close();
      }
    }),
    { numRuns: 3 },
  );
});
