-- Order lines with their order, the customer as they were when they ordered, cost and returns.
with lines as (
  select * from silver.order_items where not _is_deleted
),

orders as (
  select * from silver.orders where not _is_deleted
),

returned as (
  select
    order_item_id,
    sum(quantity) as returned_quantity,
    sum(refund_amount) as refund_amount
  from silver.returns
  where not _is_deleted
  group by order_item_id
),

customers as (
  select
    customer_key,
    customer_id,
    case when version = 1 then timestamp '1900-01-01 00:00:00' else valid_from end as valid_from,
    coalesce(valid_to, timestamp '9999-12-31 00:00:00') as valid_to
  from gold.dim_customer
)

select
  lines.order_item_id,
  lines.order_id,
  lines.line_number,
  customers.customer_key,
  orders.customer_id,
  lines.product_id,
  year(orders.placed_at) * 10000 + month(orders.placed_at) * 100 + day(orders.placed_at) as date_key,
  orders.placed_at as ordered_at,
  orders.status as order_status,
  lines.quantity,
  lines.unit_price,
  lines.discount_amount,
  lines.quantity * lines.unit_price - lines.discount_amount as net_amount,
  lines.quantity * products.unit_cost as cost_amount,
  orders.status = 'cancelled' as is_cancelled,
  coalesce(returned.returned_quantity, 0) as returned_quantity,
  coalesce(returned.refund_amount, 0) as refund_amount
from lines
inner join orders on orders.order_id = lines.order_id
left join gold.dim_product as products on products.product_id = lines.product_id
left join returned on returned.order_item_id = lines.order_item_id
left join customers
  on customers.customer_id = orders.customer_id
  and customers.valid_from <= orders.placed_at
  and orders.placed_at < customers.valid_to
