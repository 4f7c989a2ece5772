-- Customers, cleaned: e-mail addresses trimmed and in lower case; one that cannot be an address is emptied.
with trimmed as (
  select *, trim(email) as trimmed_email from changes
)

select
  customer_id,
  case when instr(trimmed_email, '@') > 0 then lower(trimmed_email) end as email,
  trim(first_name) as first_name,
  trim(last_name) as last_name,
  phone,
  street,
  city,
  postal_code,
  upper(country_code) as country_code,
  marketing_opt_in,
  created_at,
  updated_at,
  concat_ws(
    ',',
    case when email is null then 'email_missing' end,
    case when instr(email, '@') = 0 then 'email_invalid' end,
    case when instr(email, '@') > 0 and email <> trimmed_email then 'email_space' end,
    case when instr(email, '@') > 0 and trimmed_email <> lower(trimmed_email) then 'email_case' end
  ) as _repairs,
  _operation,
  _lsn,
  _command_id,
  _seqval
from trimmed
