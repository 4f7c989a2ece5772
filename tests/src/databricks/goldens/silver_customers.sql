-- silver.customers: one row per customer
CREATE OR REPLACE TEMPORARY VIEW changes AS
SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY `customer_id` ORDER BY _lsn DESC, _command_id DESC, _seqval DESC, _operation DESC) AS _position
  FROM (SELECT * FROM `bronze`.`customers` WHERE _lsn > (SELECT coalesce(max(_lsn), '') FROM `silver`.`customers`)) AS unseen
) AS numbered
WHERE _position = 1;

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

CREATE OR REPLACE TEMPORARY VIEW refined AS
SELECT
  typed.`customer_id`,
  typed.`email`,
  typed.`first_name`,
  typed.`last_name`,
  typed.`phone`,
  typed.`street`,
  typed.`city`,
  typed.`postal_code`,
  typed.`country_code`,
  typed.`marketing_opt_in`,
  typed.`created_at`,
  typed.`updated_at`,
  typed.`_is_deleted`,
  typed.`_repairs`,
  typed.`_lsn`,
  typed.`_command_id`,
  typed.`_seqval`,
  '' AS _reasons
FROM typed;

MERGE INTO `silver`.`customers_quarantine` AS target
USING refined AS source
ON target.`customer_id` = source.`customer_id`
WHEN MATCHED AND source._reasons <> '' AND source._lsn >= target._lsn THEN UPDATE SET
  target.`customer_id` = source.`customer_id`,
  target.`email` = source.`email`,
  target.`first_name` = source.`first_name`,
  target.`last_name` = source.`last_name`,
  target.`phone` = source.`phone`,
  target.`street` = source.`street`,
  target.`city` = source.`city`,
  target.`postal_code` = source.`postal_code`,
  target.`country_code` = source.`country_code`,
  target.`marketing_opt_in` = source.`marketing_opt_in`,
  target.`created_at` = source.`created_at`,
  target.`updated_at` = source.`updated_at`,
  target.`_is_deleted` = source.`_is_deleted`,
  target.`_repairs` = source.`_repairs`,
  target.`_lsn` = source.`_lsn`,
  target.`_command_id` = source.`_command_id`,
  target.`_seqval` = source.`_seqval`,
  target.`_reasons` = source.`_reasons`
WHEN MATCHED AND NOT (source._reasons <> '') AND source._lsn >= target._lsn THEN DELETE
WHEN NOT MATCHED AND source._reasons <> '' THEN INSERT (`customer_id`, `email`, `first_name`, `last_name`, `phone`, `street`, `city`, `postal_code`, `country_code`, `marketing_opt_in`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval`, `_reasons`)
  VALUES (source.`customer_id`, source.`email`, source.`first_name`, source.`last_name`, source.`phone`, source.`street`, source.`city`, source.`postal_code`, source.`country_code`, source.`marketing_opt_in`, source.`created_at`, source.`updated_at`, source.`_is_deleted`, source.`_repairs`, source.`_lsn`, source.`_command_id`, source.`_seqval`, source.`_reasons`);

MERGE INTO `silver`.`customers` AS target
USING refined AS source
ON target.`customer_id` = source.`customer_id`
WHEN MATCHED AND source._reasons = '' AND source._lsn >= target._lsn THEN UPDATE SET
  target.`customer_id` = source.`customer_id`,
  target.`email` = source.`email`,
  target.`first_name` = source.`first_name`,
  target.`last_name` = source.`last_name`,
  target.`phone` = source.`phone`,
  target.`street` = source.`street`,
  target.`city` = source.`city`,
  target.`postal_code` = source.`postal_code`,
  target.`country_code` = source.`country_code`,
  target.`marketing_opt_in` = source.`marketing_opt_in`,
  target.`created_at` = source.`created_at`,
  target.`updated_at` = source.`updated_at`,
  target.`_is_deleted` = source.`_is_deleted`,
  target.`_repairs` = source.`_repairs`,
  target.`_lsn` = source.`_lsn`,
  target.`_command_id` = source.`_command_id`,
  target.`_seqval` = source.`_seqval`
WHEN MATCHED AND NOT (source._reasons = '') AND source._lsn >= target._lsn THEN DELETE
WHEN NOT MATCHED AND source._reasons = '' THEN INSERT (`customer_id`, `email`, `first_name`, `last_name`, `phone`, `street`, `city`, `postal_code`, `country_code`, `marketing_opt_in`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval`)
  VALUES (source.`customer_id`, source.`email`, source.`first_name`, source.`last_name`, source.`phone`, source.`street`, source.`city`, source.`postal_code`, source.`country_code`, source.`marketing_opt_in`, source.`created_at`, source.`updated_at`, source.`_is_deleted`, source.`_repairs`, source.`_lsn`, source.`_command_id`, source.`_seqval`);

MERGE INTO `silver`.`customers` AS target
USING (
  SELECT
    held.`customer_id` AS `customer_id`,
    CAST(NULL AS STRING) AS `email`,
    CAST(NULL AS STRING) AS `first_name`,
    CAST(NULL AS STRING) AS `last_name`,
    CAST(NULL AS STRING) AS `phone`,
    CAST(NULL AS STRING) AS `street`,
    CAST(NULL AS STRING) AS `city`,
    CAST(NULL AS STRING) AS `postal_code`,
    held.`country_code` AS `country_code`,
    held.`marketing_opt_in` AS `marketing_opt_in`,
    held.`created_at` AS `created_at`,
    held.`updated_at` AS `updated_at`,
    true AS `_is_deleted`,
    '' AS `_repairs`,
    taken._lsn AS `_lsn`,
    0 AS `_command_id`,
    '0x00000000000000000000' AS `_seqval`
  FROM (SELECT `customer_id`, `email`, `first_name`, `last_name`, `phone`, `street`, `city`, `postal_code`, `country_code`, `marketing_opt_in`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval` FROM `silver`.`customers` UNION ALL SELECT `customer_id`, `email`, `first_name`, `last_name`, `phone`, `street`, `city`, `postal_code`, `country_code`, `marketing_opt_in`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval` FROM `silver`.`customers_quarantine`) AS held
  JOIN (SELECT max(_lsn) AS _lsn FROM `bronze`.`customers` WHERE _seqval = '0x00000000000000000000') AS taken ON held._lsn < taken._lsn
  LEFT ANTI JOIN (SELECT `customer_id`, _lsn FROM `bronze`.`customers` WHERE _seqval = '0x00000000000000000000') AS named
    ON named.`customer_id` = held.`customer_id` AND named._lsn = taken._lsn
  WHERE NOT held._is_deleted
) AS source
ON target.`customer_id` = source.`customer_id`
WHEN MATCHED THEN UPDATE SET
  target.`customer_id` = source.`customer_id`,
  target.`email` = source.`email`,
  target.`first_name` = source.`first_name`,
  target.`last_name` = source.`last_name`,
  target.`phone` = source.`phone`,
  target.`street` = source.`street`,
  target.`city` = source.`city`,
  target.`postal_code` = source.`postal_code`,
  target.`country_code` = source.`country_code`,
  target.`marketing_opt_in` = source.`marketing_opt_in`,
  target.`created_at` = source.`created_at`,
  target.`updated_at` = source.`updated_at`,
  target.`_is_deleted` = source.`_is_deleted`,
  target.`_repairs` = source.`_repairs`,
  target.`_lsn` = source.`_lsn`,
  target.`_command_id` = source.`_command_id`,
  target.`_seqval` = source.`_seqval`
WHEN NOT MATCHED THEN INSERT (`customer_id`, `email`, `first_name`, `last_name`, `phone`, `street`, `city`, `postal_code`, `country_code`, `marketing_opt_in`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval`)
  VALUES (source.`customer_id`, source.`email`, source.`first_name`, source.`last_name`, source.`phone`, source.`street`, source.`city`, source.`postal_code`, source.`country_code`, source.`marketing_opt_in`, source.`created_at`, source.`updated_at`, source.`_is_deleted`, source.`_repairs`, source.`_lsn`, source.`_command_id`, source.`_seqval`);

MERGE INTO `silver`.`customers_quarantine` AS target
USING (SELECT `customer_id` FROM `silver`.`customers` WHERE _is_deleted) AS source
ON target.`customer_id` = source.`customer_id`
WHEN MATCHED THEN DELETE;
