import { countAll } from '../count.ts';
import { equal, type Gate } from '../gate.ts';

/** Every fact finds its dimensions. A customer that was erased before the first copy is unknown: that one only warns. */
export const dimensions: Gate = async ({ lake }) => {
  const orphans = await countAll(lake, {
    product: `SELECT COUNT_BIG(*) FROM gold.fact_order_line AS f
              LEFT JOIN gold.dim_product AS d ON d.product_id = f.product_id WHERE d.product_id IS NULL`,
    date: `SELECT COUNT_BIG(*) FROM gold.fact_order_line AS f
           LEFT JOIN gold.dim_date AS d ON d.date_key = f.date_key WHERE d.date_key IS NULL`,
    customer: `SELECT COUNT_BIG(*) FROM gold.fact_order_line AS f
               LEFT JOIN gold.dim_customer AS d ON d.customer_key = f.customer_key WHERE d.customer_key IS NULL`,
  });
  return (['product', 'date', 'customer'] as const).map((dimension) =>
    equal(
      { layer: 'gold', table: 'fact_order_line', gate: `${dimension}_known` },
      orphans[dimension] ?? 0n,
      0n,
      dimension === 'customer' ? 'warn' : 'error',
    ),
  );
};
