-- Recency, frequency and monetary value per customer. Ties are broken by the customer's number, so the scores are the same on every run.
with purchases as (
  select
    customer_id,
    min(ordered_at) as first_order_at,
    max(ordered_at) as last_order_at,
    count(distinct order_id) as frequency,
    sum(net_amount - refund_amount) as monetary
  from gold.fact_order_line
  where not is_cancelled
  group by customer_id
),

latest as (
  select cast(max(ordered_at) as date) as day from gold.fact_order_line
),

scored as (
  select
    purchases.*,
    datediff(latest.day, cast(purchases.last_order_at as date)) as recency_days,
    ntile(5) over (order by purchases.last_order_at, purchases.customer_id) as recency_score,
    ntile(5) over (order by purchases.frequency, purchases.customer_id) as frequency_score,
    ntile(5) over (order by purchases.monetary, purchases.customer_id) as monetary_score
  from purchases
  cross join latest
)

select
  customer_id,
  first_order_at,
  last_order_at,
  recency_days,
  frequency,
  monetary,
  recency_score,
  frequency_score,
  monetary_score,
  case
    when recency_score >= 4 and frequency_score >= 4 and monetary_score >= 4 then 'champion'
    when frequency_score >= 4 then 'loyal'
    when recency_score >= 4 then 'promising'
    when recency_score <= 2 and monetary_score >= 4 then 'at_risk'
    else 'other'
  end as segment
from scored
