import { equal, type Gate } from '../gate.ts';

/** Gold's revenue is silver's, to the cent. */
export const revenue: Gate = async ({ lake }) => {
  const [row] = await lake(`
    SELECT
      CONVERT(varchar(40), (SELECT COALESCE(SUM(revenue), 0) FROM gold.daily_sales)) AS gold,
      CONVERT(varchar(40), (
        SELECT COALESCE(SUM(i.quantity * i.unit_price - i.discount_amount), 0)
        FROM silver.order_items AS i
        JOIN silver.orders AS o ON o.order_id = i.order_id
        WHERE i._is_deleted = 0 AND o._is_deleted = 0 AND o.status <> 'cancelled'
      )) AS silver`);
  return [
    equal(
      { layer: 'gold', table: 'daily_sales', gate: 'revenue_equals_silver' },
      String(row?.['gold']),
      String(row?.['silver']),
    ),
  ];
};
