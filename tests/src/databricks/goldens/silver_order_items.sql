-- silver.order_items: one row per order line
CREATE OR REPLACE TEMPORARY VIEW changes AS
SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY `order_item_id` ORDER BY _lsn DESC, _command_id DESC, _seqval DESC, _operation DESC) AS _position
  FROM (SELECT * FROM `bronze`.`order_items` WHERE _lsn > (SELECT coalesce(max(_lsn), '') FROM `silver`.`order_items`)) AS unseen
) AS numbered
WHERE _position = 1;

CREATE OR REPLACE TEMPORARY VIEW typed AS
WITH model AS (
-- Order lines; impossible quantities and unknown products are set aside.
select
  order_item_id,
  order_id,
  product_id,
  line_number,
  quantity,
  unit_price,
  discount_amount,
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
  CAST(`order_item_id` AS BIGINT) AS `order_item_id`,
  CAST(`order_id` AS BIGINT) AS `order_id`,
  CAST(`product_id` AS BIGINT) AS `product_id`,
  CAST(`line_number` AS SMALLINT) AS `line_number`,
  CAST(`quantity` AS INT) AS `quantity`,
  CAST(`unit_price` AS DECIMAL(10,2)) AS `unit_price`,
  CAST(`discount_amount` AS DECIMAL(10,2)) AS `discount_amount`,
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
  typed.`order_item_id`,
  typed.`order_id`,
  typed.`product_id`,
  typed.`line_number`,
  typed.`quantity`,
  typed.`unit_price`,
  typed.`discount_amount`,
  typed.`created_at`,
  typed.`updated_at`,
  typed.`_is_deleted`,
  typed.`_repairs`,
  typed.`_lsn`,
  typed.`_command_id`,
  typed.`_seqval`,
  CASE WHEN typed._is_deleted THEN '' ELSE concat_ws(',',
    CASE WHEN NOT coalesce(quantity between 1 and 1000, false) THEN 'quantity_impossible' END,
    CASE WHEN expected_2._key IS NULL AND typed.`product_id` IS NOT NULL THEN 'product_orphan' END
  ) END AS _reasons
FROM typed
LEFT JOIN (SELECT `product_id` AS _key FROM `silver`.`products` UNION SELECT `product_id` FROM `silver`.`products_quarantine`) AS expected_2 ON expected_2._key = typed.`product_id`;

MERGE INTO `silver`.`order_items_quarantine` AS target
USING refined AS source
ON target.`order_item_id` = source.`order_item_id`
WHEN MATCHED AND source._reasons <> '' AND source._lsn >= target._lsn THEN UPDATE SET
  target.`order_item_id` = source.`order_item_id`,
  target.`order_id` = source.`order_id`,
  target.`product_id` = source.`product_id`,
  target.`line_number` = source.`line_number`,
  target.`quantity` = source.`quantity`,
  target.`unit_price` = source.`unit_price`,
  target.`discount_amount` = source.`discount_amount`,
  target.`created_at` = source.`created_at`,
  target.`updated_at` = source.`updated_at`,
  target.`_is_deleted` = source.`_is_deleted`,
  target.`_repairs` = source.`_repairs`,
  target.`_lsn` = source.`_lsn`,
  target.`_command_id` = source.`_command_id`,
  target.`_seqval` = source.`_seqval`,
  target.`_reasons` = source.`_reasons`
WHEN MATCHED AND NOT (source._reasons <> '') AND source._lsn >= target._lsn THEN DELETE
WHEN NOT MATCHED AND source._reasons <> '' THEN INSERT (`order_item_id`, `order_id`, `product_id`, `line_number`, `quantity`, `unit_price`, `discount_amount`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval`, `_reasons`)
  VALUES (source.`order_item_id`, source.`order_id`, source.`product_id`, source.`line_number`, source.`quantity`, source.`unit_price`, source.`discount_amount`, source.`created_at`, source.`updated_at`, source.`_is_deleted`, source.`_repairs`, source.`_lsn`, source.`_command_id`, source.`_seqval`, source.`_reasons`);

MERGE INTO `silver`.`order_items` AS target
USING refined AS source
ON target.`order_item_id` = source.`order_item_id`
WHEN MATCHED AND source._reasons = '' AND source._lsn >= target._lsn THEN UPDATE SET
  target.`order_item_id` = source.`order_item_id`,
  target.`order_id` = source.`order_id`,
  target.`product_id` = source.`product_id`,
  target.`line_number` = source.`line_number`,
  target.`quantity` = source.`quantity`,
  target.`unit_price` = source.`unit_price`,
  target.`discount_amount` = source.`discount_amount`,
  target.`created_at` = source.`created_at`,
  target.`updated_at` = source.`updated_at`,
  target.`_is_deleted` = source.`_is_deleted`,
  target.`_repairs` = source.`_repairs`,
  target.`_lsn` = source.`_lsn`,
  target.`_command_id` = source.`_command_id`,
  target.`_seqval` = source.`_seqval`
WHEN MATCHED AND NOT (source._reasons = '') AND source._lsn >= target._lsn THEN DELETE
WHEN NOT MATCHED AND source._reasons = '' THEN INSERT (`order_item_id`, `order_id`, `product_id`, `line_number`, `quantity`, `unit_price`, `discount_amount`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval`)
  VALUES (source.`order_item_id`, source.`order_id`, source.`product_id`, source.`line_number`, source.`quantity`, source.`unit_price`, source.`discount_amount`, source.`created_at`, source.`updated_at`, source.`_is_deleted`, source.`_repairs`, source.`_lsn`, source.`_command_id`, source.`_seqval`);

MERGE INTO `silver`.`order_items` AS target
USING (
  SELECT
    held.`order_item_id` AS `order_item_id`,
    held.`order_id` AS `order_id`,
    held.`product_id` AS `product_id`,
    held.`line_number` AS `line_number`,
    held.`quantity` AS `quantity`,
    held.`unit_price` AS `unit_price`,
    held.`discount_amount` AS `discount_amount`,
    held.`created_at` AS `created_at`,
    held.`updated_at` AS `updated_at`,
    true AS `_is_deleted`,
    '' AS `_repairs`,
    taken._lsn AS `_lsn`,
    0 AS `_command_id`,
    '0x00000000000000000000' AS `_seqval`
  FROM (SELECT `order_item_id`, `order_id`, `product_id`, `line_number`, `quantity`, `unit_price`, `discount_amount`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval` FROM `silver`.`order_items` UNION ALL SELECT `order_item_id`, `order_id`, `product_id`, `line_number`, `quantity`, `unit_price`, `discount_amount`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval` FROM `silver`.`order_items_quarantine`) AS held
  JOIN (SELECT max(_lsn) AS _lsn FROM `bronze`.`order_items` WHERE _seqval = '0x00000000000000000000') AS taken ON held._lsn < taken._lsn
  LEFT ANTI JOIN (SELECT `order_item_id`, _lsn FROM `bronze`.`order_items` WHERE _seqval = '0x00000000000000000000') AS named
    ON named.`order_item_id` = held.`order_item_id` AND named._lsn = taken._lsn
  WHERE NOT held._is_deleted
) AS source
ON target.`order_item_id` = source.`order_item_id`
WHEN MATCHED THEN UPDATE SET
  target.`order_item_id` = source.`order_item_id`,
  target.`order_id` = source.`order_id`,
  target.`product_id` = source.`product_id`,
  target.`line_number` = source.`line_number`,
  target.`quantity` = source.`quantity`,
  target.`unit_price` = source.`unit_price`,
  target.`discount_amount` = source.`discount_amount`,
  target.`created_at` = source.`created_at`,
  target.`updated_at` = source.`updated_at`,
  target.`_is_deleted` = source.`_is_deleted`,
  target.`_repairs` = source.`_repairs`,
  target.`_lsn` = source.`_lsn`,
  target.`_command_id` = source.`_command_id`,
  target.`_seqval` = source.`_seqval`
WHEN NOT MATCHED THEN INSERT (`order_item_id`, `order_id`, `product_id`, `line_number`, `quantity`, `unit_price`, `discount_amount`, `created_at`, `updated_at`, `_is_deleted`, `_repairs`, `_lsn`, `_command_id`, `_seqval`)
  VALUES (source.`order_item_id`, source.`order_id`, source.`product_id`, source.`line_number`, source.`quantity`, source.`unit_price`, source.`discount_amount`, source.`created_at`, source.`updated_at`, source.`_is_deleted`, source.`_repairs`, source.`_lsn`, source.`_command_id`, source.`_seqval`);

MERGE INTO `silver`.`order_items_quarantine` AS target
USING (SELECT `order_item_id` FROM `silver`.`order_items` WHERE _is_deleted) AS source
ON target.`order_item_id` = source.`order_item_id`
WHEN MATCHED THEN DELETE;
