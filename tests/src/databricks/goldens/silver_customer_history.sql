-- silver.customer_history: one row per change of a customer
CREATE OR REPLACE TEMPORARY VIEW changes AS
SELECT * FROM `bronze`.`customers`
WHERE _lsn > (SELECT coalesce(max(_lsn), '') FROM `silver`.`customer_history`) AND _operation <> 1;

CREATE OR REPLACE TEMPORARY VIEW typed AS
WITH model AS (
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
)
SELECT
  CAST(`customer_id` AS BIGINT) AS `customer_id`,
  CASE WHEN _operation <> 1 THEN CAST(`email` AS STRING) END AS `email`,
  CASE WHEN _operation <> 1 THEN CAST(`first_name` AS STRING) END AS `first_name`,
  CASE WHEN _operation <> 1 THEN CAST(`last_name` AS STRING) END AS `last_name`,
  CASE WHEN _operation <> 1 THEN CAST(`phone` AS STRING) END AS `phone`,
  CASE WHEN _operation <> 1 THEN CAST(`street` AS STRING) END AS `street`,
  CASE WHEN _operation <> 1 THEN CAST(`city` AS STRING) END AS `city`,
  CASE WHEN _operation <> 1 THEN CAST(`postal_code` AS STRING) END AS `postal_code`,
  CAST(`country_code` AS STRING) AS `country_code`,
  CAST(`marketing_opt_in` AS BOOLEAN) AS `marketing_opt_in`,
  CAST(`created_at` AS TIMESTAMP) AS `created_at`,
  CAST(`updated_at` AS TIMESTAMP) AS `updated_at`,
  _operation = 1 AS _is_deleted,
  CASE WHEN _operation = 1 THEN '' ELSE _repairs END AS _repairs,
  _lsn,
  _command_id,
  _seqval
FROM model;

MERGE INTO `silver`.`customer_history` AS target
USING typed AS source
ON target.`customer_id` = source.`customer_id` AND target.`_lsn` = source.`_lsn` AND target.`_command_id` = source.`_command_id` AND target.`_seqval` = source.`_seqval`
WHEN NOT MATCHED THEN INSERT (`customer_id`, `email`, `first_name`, `last_name`, `phone`, `street`, `city`, `postal_code`, `country_code`, `marketing_opt_in`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval`)
  VALUES (source.`customer_id`, source.`email`, source.`first_name`, source.`last_name`, source.`phone`, source.`street`, source.`city`, source.`postal_code`, source.`country_code`, source.`marketing_opt_in`, source.`created_at`, source.`updated_at`, source.`_is_deleted`, source.`_repairs`, source.`_lsn`, source.`_command_id`, source.`_seqval`);

MERGE INTO `silver`.`customer_history` AS target
USING (
  SELECT `customer_id`, max(_lsn) AS _lsn
  FROM (SELECT `customer_id`, _lsn FROM `bronze`.`customers` WHERE _operation = 1
    UNION ALL SELECT `customer_id`, _lsn FROM `silver`.`customers` WHERE _is_deleted) AS deleted
  GROUP BY `customer_id`
) AS source
ON target.`customer_id` = source.`customer_id`
WHEN MATCHED AND NOT target._is_deleted AND target._lsn <= source._lsn THEN UPDATE SET
  target.`email` = NULL,
  target.`first_name` = NULL,
  target.`last_name` = NULL,
  target.`phone` = NULL,
  target.`street` = NULL,
  target.`city` = NULL,
  target.`postal_code` = NULL,
  target._is_deleted = true;
