-- Shipments, cleaned: each carrier in its own spelling.
with spelled as (
  select
    *,
    case lower(carrier)
      when 'dhl' then 'DHL'
      when 'dpd' then 'DPD'
      when 'fedex' then 'FedEx'
      when 'gls' then 'GLS'
      when 'hermes' then 'Hermes'
      when 'postnl' then 'PostNL'
      when 'royal mail' then 'Royal Mail'
      when 'ups' then 'UPS'
      else carrier
    end as own_spelling
  from changes
)

select
  shipment_id,
  order_id,
  own_spelling as carrier,
  tracking_number,
  status,
  shipped_at,
  delivered_at,
  created_at,
  updated_at,
  case when carrier <> own_spelling then 'carrier_case' else '' end as _repairs,
  _operation,
  _lsn,
  _command_id,
  _seqval
from spelled
