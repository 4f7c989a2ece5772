-- Products, cleaned: names without stray spaces.
select
  product_id,
  sku,
  regexp_replace(trim(name), ' +', ' ') as name,
  category,
  unit_price,
  unit_cost,
  is_active,
  created_at,
  updated_at,
  case when name <> regexp_replace(trim(name), ' +', ' ') then 'name_space' else '' end as _repairs,
  _operation,
  _lsn,
  _command_id,
  _seqval
from changes
