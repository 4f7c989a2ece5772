-- Products as they are now.
select
  product_id,
  sku,
  name,
  category,
  unit_price,
  unit_cost,
  is_active
from silver.products
where not _is_deleted
