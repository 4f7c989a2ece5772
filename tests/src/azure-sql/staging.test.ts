import { applyStatement, driverType } from '../../../src/azure-sql/staging.ts';
import { tables } from '../../../src/shop/tables.ts';

test('a change is applied by key, number and kind; identifiers are quoted', () => {
  expect(applyStatement('returns', 'delete')).toBe(
    "DELETE t FROM [dbo].[returns] AS t JOIN [etl].[staging_returns] AS s ON s.[return_id] = t.[return_id] WHERE s.[change_number] = @number AND s.[change_operation] = 'D';",
  );
  expect(applyStatement('products', 'update')).toMatch(
    /^UPDATE t SET \[sku\] = s\.\[sku\], .* FROM \[dbo\]\.\[products\] AS t JOIN/,
  );
  expect(applyStatement('products', 'update')).not.toContain('[product_id] = s.[product_id],');
  expect(applyStatement('orders', 'insert')).toMatch(
    /^INSERT INTO \[dbo\]\.\[orders\] \(\[order_id\], .*\) SELECT s\.\[order_id\], /,
  );
});

test('every column has a type of the driver, with its facets', () => {
  const facets = new Set<string>();
  for (const table of tables)
    for (const { type } of table.columns) {
      const { type: driver, length, precision, scale } = driverType(type) as unknown as Record<string, unknown>;
      facets.add(JSON.stringify({ kind: type.kind, driver: typeof driver, length, precision, scale }));
    }
  expect([...facets].sort()).toContain('{"kind":"decimal","driver":"function","precision":12,"scale":2}');
  expect([...facets].sort()).toContain('{"kind":"datetime2","driver":"function","scale":3}');
  expect([...facets].sort()).toContain('{"kind":"nvarchar","driver":"function","length":320}');
});
