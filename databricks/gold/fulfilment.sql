-- How fast orders reach their customers. Hours are averaged over whole seconds, so the result does not depend on the order of rows.
with shipments as (
  select
    cast(shipments.shipped_at as date) as ship_date,
    shipments.carrier,
    shipments.delivered_at,
    unix_timestamp(shipments.shipped_at) - unix_timestamp(orders.paid_at) as seconds_to_ship,
    unix_timestamp(shipments.delivered_at) - unix_timestamp(shipments.shipped_at) as seconds_in_transit
  from silver.shipments as shipments
  left join silver.orders as orders on orders.order_id = shipments.order_id
  where not shipments._is_deleted
)

select
  concat(cast(ship_date as string), '/', carrier) as fulfilment_key,
  ship_date,
  carrier,
  count(*) as shipments,
  count(delivered_at) as delivered,
  cast(sum(seconds_to_ship) as double) / cast(nullif(count(seconds_to_ship), 0) as double) / cast(3600 as double) as average_hours_to_ship,
  cast(sum(seconds_in_transit) as double) / cast(nullif(count(seconds_in_transit), 0) as double) / cast(3600 as double) as average_hours_in_transit
from shipments
group by ship_date, carrier
