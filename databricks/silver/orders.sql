-- Orders, cleaned: currency codes in upper case.
select
  order_id,
  customer_id,
  status,
  upper(currency) as currency,
  shipping_amount,
  total_amount,
  placed_at,
  paid_at,
  shipped_at,
  delivered_at,
  cancelled_at,
  created_at,
  updated_at,
  case when currency <> upper(currency) then 'currency_case' else '' end as _repairs,
  _operation,
  _lsn,
  _command_id,
  _seqval
from changes
