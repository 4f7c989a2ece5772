-- How each product sells; products that never sold are there with zeros.
with sold as (
  select
    product_id,
    count(distinct order_id) as orders,
    sum(quantity) as units,
    sum(net_amount) as revenue,
    sum(net_amount - coalesce(cost_amount, 0)) as margin,
    sum(returned_quantity) as returned_units
  from gold.fact_order_line
  where not is_cancelled
  group by product_id
)

select
  products.product_id,
  products.sku,
  products.name,
  products.category,
  coalesce(sold.orders, 0) as orders,
  coalesce(sold.units, 0) as units,
  coalesce(sold.revenue, 0) as revenue,
  coalesce(sold.margin, 0) as margin,
  coalesce(sold.returned_units, 0) as returned_units,
  case
    when sold.units > 0 then cast(sold.returned_units as double) / cast(sold.units as double)
    else cast(0 as double)
  end as return_rate,
  row_number() over (order by coalesce(sold.revenue, 0) desc, products.product_id) as revenue_rank
from gold.dim_product as products
left join sold on sold.product_id = products.product_id
