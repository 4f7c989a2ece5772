-- gold.fact_order_line: one row per order line
CREATE OR REPLACE TEMPORARY VIEW refined AS
WITH model AS (
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
)
SELECT
  CAST(`order_item_id` AS BIGINT) AS `order_item_id`,
  CAST(`order_id` AS BIGINT) AS `order_id`,
  CAST(`line_number` AS SMALLINT) AS `line_number`,
  CAST(`customer_key` AS STRING) AS `customer_key`,
  CAST(`customer_id` AS BIGINT) AS `customer_id`,
  CAST(`product_id` AS BIGINT) AS `product_id`,
  CAST(`date_key` AS INT) AS `date_key`,
  CAST(`ordered_at` AS TIMESTAMP) AS `ordered_at`,
  CAST(`order_status` AS STRING) AS `order_status`,
  CAST(`quantity` AS INT) AS `quantity`,
  CAST(`unit_price` AS DECIMAL(10,2)) AS `unit_price`,
  CAST(`discount_amount` AS DECIMAL(10,2)) AS `discount_amount`,
  CAST(`net_amount` AS DECIMAL(18,2)) AS `net_amount`,
  CAST(`cost_amount` AS DECIMAL(18,2)) AS `cost_amount`,
  CAST(`is_cancelled` AS BOOLEAN) AS `is_cancelled`,
  CAST(`returned_quantity` AS INT) AS `returned_quantity`,
  CAST(`refund_amount` AS DECIMAL(18,2)) AS `refund_amount`
FROM model;

SELECT assert_true(count(*) = 0, 'gold.fact_order_line: key (order_item_id) is not unique')
FROM (SELECT `order_item_id` FROM refined GROUP BY `order_item_id` HAVING count(*) > 1) AS repeated;

INSERT OVERWRITE `gold`.`fact_order_line`
SELECT * FROM refined;
