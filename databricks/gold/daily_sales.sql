-- Sales by the day the order was placed; cancelled orders are counted apart and bring no revenue.
select
  date_key,
  cast(ordered_at as date) as date,
  count(distinct case when not is_cancelled then order_id end) as orders,
  count(distinct case when not is_cancelled then customer_id end) as customers,
  sum(case when not is_cancelled then quantity else 0 end) as units,
  sum(case when not is_cancelled then net_amount else 0 end) as revenue,
  sum(case when not is_cancelled then coalesce(cost_amount, 0) else 0 end) as cost,
  sum(case when not is_cancelled then refund_amount else 0 end) as refunds,
  count(distinct case when is_cancelled then order_id end) as cancelled_orders
from gold.fact_order_line
group by date_key, cast(ordered_at as date)
