-- silver.payments: one row per payment
CREATE OR REPLACE TEMPORARY VIEW changes AS
SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY `payment_id` ORDER BY _lsn DESC, _command_id DESC, _seqval DESC, _operation DESC) AS _position
  FROM (SELECT * FROM `bronze`.`payments` WHERE _lsn > (SELECT coalesce(max(_lsn), '') FROM `silver`.`payments`)) AS unseen
) AS numbered
WHERE _position = 1;

CREATE OR REPLACE TEMPORARY VIEW typed AS
WITH model AS (
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
)
SELECT
  CAST(`payment_id` AS BIGINT) AS `payment_id`,
  CAST(`order_id` AS BIGINT) AS `order_id`,
  CAST(`method` AS STRING) AS `method`,
  CAST(`status` AS STRING) AS `status`,
  CAST(`amount` AS DECIMAL(12,2)) AS `amount`,
  CAST(`provider_reference` AS STRING) AS `provider_reference`,
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
  typed.`payment_id`,
  typed.`order_id`,
  typed.`method`,
  typed.`status`,
  typed.`amount`,
  typed.`provider_reference`,
  typed.`created_at`,
  typed.`updated_at`,
  typed.`_is_deleted`,
  typed.`_repairs`,
  typed.`_lsn`,
  typed.`_command_id`,
  typed.`_seqval`,
  CASE WHEN typed._is_deleted THEN '' ELSE concat_ws(',',
    CASE WHEN expected_1._first <> typed.`payment_id` THEN 'duplicate' END,
    CASE WHEN expected_2._key IS NULL AND typed.`order_id` IS NOT NULL THEN 'order_orphan' END
  ) END AS _reasons
FROM typed
LEFT JOIN (SELECT _value, coalesce(min(_held), min(_key)) AS _first FROM (SELECT held.`provider_reference` AS _value, held.`payment_id` AS _held, held.`payment_id` AS _key FROM `silver`.`payments` AS held LEFT ANTI JOIN typed ON typed.`payment_id` = held.`payment_id` WHERE NOT held._is_deleted AND held.`provider_reference` IS NOT NULL UNION ALL SELECT `provider_reference`, NULL, `payment_id` FROM typed WHERE NOT _is_deleted AND `provider_reference` IS NOT NULL) AS candidates GROUP BY _value) AS expected_1 ON expected_1._value = typed.`provider_reference`
LEFT JOIN (SELECT `order_id` AS _key FROM `silver`.`orders` UNION SELECT `order_id` FROM `silver`.`orders_quarantine`) AS expected_2 ON expected_2._key = typed.`order_id`;

MERGE INTO `silver`.`payments_quarantine` AS target
USING refined AS source
ON target.`payment_id` = source.`payment_id`
WHEN MATCHED AND source._reasons <> '' AND source._lsn >= target._lsn THEN UPDATE SET
  target.`payment_id` = source.`payment_id`,
  target.`order_id` = source.`order_id`,
  target.`method` = source.`method`,
  target.`status` = source.`status`,
  target.`amount` = source.`amount`,
  target.`provider_reference` = source.`provider_reference`,
  target.`created_at` = source.`created_at`,
  target.`updated_at` = source.`updated_at`,
  target.`_is_deleted` = source.`_is_deleted`,
  target.`_repairs` = source.`_repairs`,
  target.`_lsn` = source.`_lsn`,
  target.`_command_id` = source.`_command_id`,
  target.`_seqval` = source.`_seqval`,
  target.`_reasons` = source.`_reasons`
WHEN MATCHED AND NOT (source._reasons <> '') AND source._lsn >= target._lsn THEN DELETE
WHEN NOT MATCHED AND source._reasons <> '' THEN INSERT (`payment_id`, `order_id`, `method`, `status`, `amount`, `provider_reference`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval`, `_reasons`)
  VALUES (source.`payment_id`, source.`order_id`, source.`method`, source.`status`, source.`amount`, source.`provider_reference`, source.`created_at`, source.`updated_at`, source.`_is_deleted`, source.`_repairs`, source.`_lsn`, source.`_command_id`, source.`_seqval`, source.`_reasons`);

MERGE INTO `silver`.`payments` AS target
USING refined AS source
ON target.`payment_id` = source.`payment_id`
WHEN MATCHED AND source._reasons = '' AND source._lsn >= target._lsn THEN UPDATE SET
  target.`payment_id` = source.`payment_id`,
  target.`order_id` = source.`order_id`,
  target.`method` = source.`method`,
  target.`status` = source.`status`,
  target.`amount` = source.`amount`,
  target.`provider_reference` = source.`provider_reference`,
  target.`created_at` = source.`created_at`,
  target.`updated_at` = source.`updated_at`,
  target.`_is_deleted` = source.`_is_deleted`,
  target.`_repairs` = source.`_repairs`,
  target.`_lsn` = source.`_lsn`,
  target.`_command_id` = source.`_command_id`,
  target.`_seqval` = source.`_seqval`
WHEN MATCHED AND NOT (source._reasons = '') AND source._lsn >= target._lsn THEN DELETE
WHEN NOT MATCHED AND source._reasons = '' THEN INSERT (`payment_id`, `order_id`, `method`, `status`, `amount`, `provider_reference`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval`)
  VALUES (source.`payment_id`, source.`order_id`, source.`method`, source.`status`, source.`amount`, source.`provider_reference`, source.`created_at`, source.`updated_at`, source.`_is_deleted`, source.`_repairs`, source.`_lsn`, source.`_command_id`, source.`_seqval`);

MERGE INTO `silver`.`payments` AS target
USING (
  SELECT
    held.`payment_id` AS `payment_id`,
    held.`order_id` AS `order_id`,
    held.`method` AS `method`,
    held.`status` AS `status`,
    held.`amount` AS `amount`,
    held.`provider_reference` AS `provider_reference`,
    held.`created_at` AS `created_at`,
    held.`updated_at` AS `updated_at`,
    true AS `_is_deleted`,
    '' AS `_repairs`,
    taken._lsn AS `_lsn`,
    0 AS `_command_id`,
    '0x00000000000000000000' AS `_seqval`
  FROM (SELECT `payment_id`, `order_id`, `method`, `status`, `amount`, `provider_reference`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval` FROM `silver`.`payments` UNION ALL SELECT `payment_id`, `order_id`, `method`, `status`, `amount`, `provider_reference`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval` FROM `silver`.`payments_quarantine`) AS held
  JOIN (SELECT max(_lsn) AS _lsn FROM `bronze`.`payments` WHERE _seqval = '0x00000000000000000000') AS taken ON held._lsn < taken._lsn
  LEFT ANTI JOIN (SELECT `payment_id`, _lsn FROM `bronze`.`payments` WHERE _seqval = '0x00000000000000000000') AS named
    ON named.`payment_id` = held.`payment_id` AND named._lsn = taken._lsn
  WHERE NOT held._is_deleted
) AS source
ON target.`payment_id` = source.`payment_id`
WHEN MATCHED THEN UPDATE SET
  target.`payment_id` = source.`payment_id`,
  target.`order_id` = source.`order_id`,
  target.`method` = source.`method`,
  target.`status` = source.`status`,
  target.`amount` = source.`amount`,
  target.`provider_reference` = source.`provider_reference`,
  target.`created_at` = source.`created_at`,
  target.`updated_at` = source.`updated_at`,
  target.`_is_deleted` = source.`_is_deleted`,
  target.`_repairs` = source.`_repairs`,
  target.`_lsn` = source.`_lsn`,
  target.`_command_id` = source.`_command_id`,
  target.`_seqval` = source.`_seqval`
WHEN NOT MATCHED THEN INSERT (`payment_id`, `order_id`, `method`, `status`, `amount`, `provider_reference`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval`)
  VALUES (source.`payment_id`, source.`order_id`, source.`method`, source.`status`, source.`amount`, source.`provider_reference`, source.`created_at`, source.`updated_at`, source.`_is_deleted`, source.`_repairs`, source.`_lsn`, source.`_command_id`, source.`_seqval`);

MERGE INTO `silver`.`payments_quarantine` AS target
USING (SELECT `payment_id` FROM `silver`.`payments` WHERE _is_deleted) AS source
ON target.`payment_id` = source.`payment_id`
WHEN MATCHED THEN DELETE;
