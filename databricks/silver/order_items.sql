-- Order lines; impossible quantities and unknown products are set aside.
select
  order_item_id,
  order_id,
  product_id,
  line_number,
  quantity,
  unit_price,
  discount_amount,
  created_at,
  updated_at,
  '' as _repairs,
  _operation,
  _lsn,
  _command_id,
  _seqval
from changes
