-- Returns; those of unknown order lines are set aside.
select
  return_id,
  order_item_id,
  reason,
  quantity,
  refund_amount,
  status,
  requested_at,
  created_at,
  updated_at,
  '' as _repairs,
  _operation,
  _lsn,
  _command_id,
  _seqval
from changes
