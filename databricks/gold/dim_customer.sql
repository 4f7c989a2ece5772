-- Type-2 history of customers. A version begins when a tracked attribute differs from the version before.
with changes as (
  select
    customer_id,
    email,
    first_name,
    last_name,
    city,
    postal_code,
    country_code,
    marketing_opt_in,
    updated_at,
    _is_deleted as is_erased,
    concat_ws('|', coalesce(email, ''), coalesce(first_name, ''), coalesce(last_name, ''), coalesce(city, ''),
      coalesce(postal_code, ''), coalesce(country_code, ''), cast(marketing_opt_in as string)) as attributes,
    row_number() over (partition by customer_id order by _lsn, _command_id, _seqval) as change_number
  from silver.customer_history
),

compared as (
  select
    *,
    lag(attributes) over (partition by customer_id order by change_number) as attributes_before
  from changes
),

versions as (
  select
    *,
    row_number() over (partition by customer_id order by change_number) as version,
    lead(updated_at) over (partition by customer_id order by change_number) as next_from
  from compared
  where attributes_before is null or attributes <> attributes_before
)

select
  concat(cast(customer_id as string), '-', cast(version as string)) as customer_key,
  customer_id,
  version,
  email,
  first_name,
  last_name,
  city,
  postal_code,
  country_code,
  marketing_opt_in,
  updated_at as valid_from,
  next_from as valid_to,
  next_from is null as is_current,
  is_erased
from versions
