-- Shipments, cleaned: carriers in capitals, as the shop's list of carriers has them.
select
  shipment_id,
  order_id,
  upper(carrier) as carrier,
  tracking_number,
  status,
  shipped_at,
  delivered_at,
  created_at,
  updated_at,
  case when carrier <> upper(carrier) then 'carrier_case' else '' end as _repairs,
  _operation,
  _lsn,
  _command_id,
  _seqval
from changes
