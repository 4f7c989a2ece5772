import { countLayers } from '../../../src/medallion/layers.ts';
import { contextOf, counting, models } from './scripted-query.ts';

test('counts every table once, with a quarantine beside each table that has one', async () => {
  const source = counting({ customers: 10 });
  const lake = counting({ customers: 25, customers_quarantine: 1, customer_history: 24, dim_date: 365 });
  const context = contextOf({
    models: models('silver.customers', 'silver.customer_history', 'gold.dim_date'),
    source: source.query,
    lake: lake.query,
  });
  expect(await countLayers(context)).toEqual({
    source: { customers: 10 },
    bronze: { customers: 25 },
    silver: { customers: 25, customers_quarantine: 1, customer_history: 24 },
    gold: { dim_date: 365 },
  });
  // One round trip a layer.
  expect(source.asked.map(({ sql }) => sql)).toEqual([
    "SELECT N'customers' AS name, (SELECT COUNT_BIG(*) FROM [dbo].[customers]) AS total",
  ]);
  expect(lake.asked).toHaveLength(3);
});

test('a layer without tables is empty, and nobody is asked', async () => {
  const lake = counting({ dim_date: 1 });
  expect(await countLayers(contextOf({ models: models('gold.dim_date'), lake: lake.query }))).toEqual({
    source: {},
    bronze: {},
    silver: {},
    gold: { dim_date: 1 },
  });
});
