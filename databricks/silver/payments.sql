-- Payments; repeats of one provider reference and payments of unknown orders are set aside.
select
  payment_id,
  order_id,
  method,
  status,
  amount,
  provider_reference,
  created_at,
  updated_at,
  '' as _repairs,
  _operation,
  _lsn,
  _command_id,
  _seqval
from changes
